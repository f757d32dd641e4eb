import math
import xml.etree.ElementTree as ET

import pytest

from nets.display.text import HEIGHTS, WordTable, aligned, ends, sparkline

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


def test_a_sparkline_spans_all_heights():
    assert sparkline(range(8), 8) == HEIGHTS
    assert sparkline([1.0, 0.0], 8) == "█▁"


def test_a_long_curve_keeps_its_end():
    assert sparkline(range(1000, 0, -1), 5) == "▇▅▄▂▁"
    assert len(sparkline(range(13), 5)) == 5


@pytest.mark.parametrize(
    ("values", "shown"),
    [([], ""), ([math.nan], ""), ([3.0, 3.0], "▁▁"), ([1.0, math.nan, math.inf, 2.0], "▁  █")],
)
def test_what_is_level_or_not_finite_can_be_shown(values, shown):
    assert sparkline(values, 10) == shown
