import math

import pytest

from nets.display.text import HEIGHTS, sparkline


def test_it_spans_all_heights():
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
