"""Curves inside a page."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

from nets.display.chart import HEIGHT, POINTS, WIDTH, Line, chart, ticks

SVG = "{http://www.w3.org/2000/svg}"


def paths(picture):
    """The points of the curves."""
    tree = ET.fromstring(picture)
    found = [path.get("d") for path in tree.iter(f"{SVG}path") if path.get("stroke-width")]
    return [
        [tuple(map(float, point)) for point in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]
        for path in found
        if "h" not in path
    ]


def words(picture):
    return [text.text for text in ET.fromstring(picture).iter(f"{SVG}text")]


def test_a_falling_curve_falls_inside_the_picture():
    (points,) = paths(chart("loss", [Line("training", [1, 2, 3], [2.0, 1.0, 0.5])], "epoch"))
    xs, ys = zip(*points, strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys)  # the axis of pictures points down
    assert xs[0] > 0
    assert xs[-1] < WIDTH
    assert ys[0] > 0
    assert ys[-1] < HEIGHT


def test_words_name_the_axes_and_two_curves():
    lines = [Line("training", [1, 9], [0.0, 1.0]), Line("validation", [1, 9], [0.0, 0.5])]
    found = words(chart("loss", lines, "epoch"))
    for word in ("loss", "epoch", "1", "9", "0.5", "training", "validation"):
        assert word in found
    assert "training" not in words(chart("loss", lines[:1], "epoch"))


def test_two_curves_differ_in_more_than_colour():
    lines = [Line("a", [1, 2], [0.0, 1.0]), Line("b", [1, 2], [1.0, 0.0])]
    assert chart("t", lines, "x").count("stroke-dasharray") == 2  # the curve and its legend


def test_words_have_the_colour_of_the_page_and_are_escaped():
    picture = chart("<b>&", [Line("x", [1, 2], [1.0, 2.0])], "<i>")
    assert 'fill="currentColor"' in picture
    assert "<b>" not in picture
    assert words(picture)[0] == "<b>&"


def test_a_range_leaves_room_for_what_is_to_come():
    line = Line("a", [1, 2], [1.0, 2.0])
    ((_, (half, _)),) = paths(chart("t", [line], "x", (1, 3)))
    ((_, (full, _)),) = paths(chart("t", [line], "x"))
    assert half < full


def test_what_is_not_finite_breaks_the_curve():
    picture = chart("t", [Line("a", [1, 2, 3, 4, 5], [1, 2, math.nan, 4, math.inf])], "x")
    path = re.search(r'd="(M[^"]*)" fill="none"', picture)[1]
    assert re.sub(r"[\d. ]", "", path) == "MLM"


def test_one_point_is_a_dot_and_none_is_a_title():
    assert "<circle" in chart("t", [Line("a", [1], [0.0])], "x")
    for values in ([], [math.nan]):
        assert words(chart("t", [Line("a", [1][: len(values)], values)], "x")) == ["t", "x"]


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 1e-300, 1e300])
def test_a_level_curve_is_in_the_middle(value):
    (points,) = paths(chart("t", [Line("a", [1, 2], [value, value])], "x"))
    assert points[0][1] == points[1][1]
    assert 0.3 * HEIGHT < points[0][1] < 0.7 * HEIGHT


def test_a_long_curve_is_thinned_and_keeps_its_end():
    values = [1 / n for n in range(1, 10_001)]
    line = Line("a", range(10_000), values)
    (points,) = paths(chart("t", [line], "x"))
    assert POINTS / 2 < len(points) <= POINTS + 1
    assert points[-1] == paths(chart("t", [Line("a", [0, 9999], [1, 1e-4])], "x"))[0][-1]


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-3, 4), (0.123, 0.124), (1e-9, 2e-7), (5, 1e6), (1e-290, 1e-280)]
)
def test_ticks_are_few_and_inside(low, high):
    found = ticks(low, high)
    assert 2 <= len(found) <= 6
    slack = 1e-6 * (high - low)
    assert all(low - slack <= tick <= high + slack for tick in found)
    assert found == sorted(set(found))
