"""The colours of all pictures: of the palette of Okabe and Ito (2008), for all readers."""

BLUE, VERMILION = "#0072B2", "#D55E00"
SKY = "#2389CB"  # for blue lines on a page that may be light or dark
# The same, for a light shade behind words on any page.
BLUE_RGB, VERMILION_RGB, GREY_RGB = "0,114,178", "213,94,0", "128,128,128"
