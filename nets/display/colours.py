"""The colours of all pictures, from Okabe and Ito (2008), for colour-blind readers, too."""

BLUE, VERMILION = "#0072B2", "#D55E00"
SKY = "#2389CB"  # for blue lines on a page that may be light or dark
# The same as light backgrounds of words on any page.
BLUE_RGB, VERMILION_RGB, GREY_RGB = "0,114,178", "213,94,0", "128,128,128"
