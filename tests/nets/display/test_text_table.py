import xml.etree.ElementTree as ET

from nets.display.text_table import WordTable, aligned, ends

TABLE = WordTable(("way", "n < 3"), [("a & b", "1"), ("long name", "12345678")], ["note <i>"])


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


def test_columns_are_aligned():
    assert aligned([["a", "bb", "c"], ["aaa", "b", "1.5"]], left=2) == [
        "a    bb    c",
        "aaa  b   1.5",
    ]


def test_few_things_are_all_shown_and_of_many_both_ends():
    assert ends([1, 2, 3], 3) == ([1, 2, 3], 0, [])
    assert ends([1, 2, 3, 4], 3) == ([1, 2], 1, [4])
