import xml.etree.ElementTree as ET

from nets.differentiation.word_table import Table

TABLE = Table(("way", "n < 3"), [("a & b", "1"), ("long name", "12345678")], ["note <i>"])


def test_text_is_aligned():
    assert repr(TABLE).split("\n") == [
        "way           n < 3",
        "a & b             1",
        "long name  12345678",
        "note <i>",
    ]


def test_html_is_escaped():
    root = ET.fromstring(f"<div>{TABLE._repr_html_()}</div>")
    assert [cell.text for cell in root.iter("th")] == ["way", "n < 3"]
    assert [cell.text for cell in root.iter("td")] == ["a & b", "1", "long name", "12345678"]
    assert root.find("p").text == "note <i>"
    assert [cell.get("style") for cell in root.iter("th")] == [
        "text-align:left",
        "text-align:right",
    ]
