import xml.etree.ElementTree as ET

import pytest

from nets.display.svg import COLOURS, FONT, LONGEST, PAGE, arrow, box, image, text, width_of

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour):
    """Of WCAG 2, from 0 for black to 1 for white."""
    levels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in levels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    dark, light = sorted([luminance(a), luminance(b)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("kind", ["name", "symbol", "value", "gradient"])
def test_words_stand_out_from_the_page_and_from_boxes(kind, theme):
    for ground in ("page", "box"):
        assert contrast(COLOURS[kind][theme], COLOURS[ground][theme]) >= 4.5
    assert contrast(COLOURS["line"][theme], COLOURS["page"][theme]) >= 3


def test_an_image_is_a_document_with_a_page_of_its_own():
    root = ET.fromstring(image(120.4, 60, "a < b & c", [text(1, 2, "x", "name"), ""]))
    assert root.tag == f"{SVG}svg"
    assert (root.get("width"), root.get("viewBox")) == ("120", "0 0 120 60")
    assert root.find(f"{SVG}title").text == "a < b & c"
    assert root.find(f"{SVG}rect").get("fill") == COLOURS["page"][0]
    style = root.find(f"{SVG}style").text
    assert style.startswith("@media (prefers-color-scheme: dark) {")
    for kind, (_, colour) in COLOURS.items():
        assert f".hg-{kind}{{fill:{colour}}}" in style


def test_words_are_escaped_and_cut():
    hostile = '</text><script>alert("&")</script>'
    element = ET.fromstring(text(1, 2, hostile, "value"))
    assert element.text == hostile[: LONGEST - 3] + "..."
    assert len(element) == 0
    assert ET.fromstring(text(0, 0, "a\x00b\x1b", "name")).text == "a\ufffdb\ufffd"
    assert ET.fromstring(box(0, 0, 1, 1, 1, hostile))[0].text == hostile


def test_no_words_are_nothing():
    assert text(1, 2, "", "value") == ""


def test_words_are_where_they_were_put():
    element = ET.fromstring(text(1, 2.25, "x", "gradient", "end"))
    assert (element.get("x"), element.get("y"), element.get("text-anchor")) == ("1.0", "2.2", "end")
    assert element.get("font-style") == "italic"
    assert element.get("fill") == COLOURS["gradient"][0]


def test_an_arrow_is_level_in_pairs_and_bends_between_them():
    line = arrow([(0, 10), (5, 10), (25, 40), (30, 40)])
    path, tip = ET.fromstring(f"<g>{line}</g>")
    assert path.get("d") == "M0.0 10.0L5.0 10.0C15.0 10.0 15.0 40.0 25.0 40.0L30.0 40.0"
    assert tip.get("d").startswith("M30.0 40.0l-9")


@pytest.mark.parametrize(
    ("width", "shown"), [(PAGE, (880, 88)), (1100, (880, 88)), (5000, (3000, 60))]
)
def test_a_wide_image_shrinks_to_the_page_while_it_can_be_read(width, shown):
    height = {880: 88, 1100: 110, 5000: 100}[width]
    root = ET.fromstring(image(width, height, "", []))
    assert (int(root.get("width")), int(root.get("height"))) == shown
    assert root.get("viewBox") == f"0 0 {width} {height}"


def test_width_grows_with_the_letters_that_are_shown():
    assert width_of("") == 0
    assert 0 < width_of("a") < FONT
    assert width_of("a" * 99) == width_of("a" * LONGEST) == LONGEST * width_of("a")
