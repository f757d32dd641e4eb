import re

import numpy as np
import pytest

from layers.gradcheck.report.heatmap import NEGATIVE, POSITIVE, ZERO, heatmap

TILE = re.compile(r'<rect x="(\d+)" y="(\d+)"[^>]*fill="rgb\((\d+), (\d+), (\d+)\)"')


def colours(picture):
    """The tiles of the three panels, each a dict from a corner to a colour."""
    return [
        {(int(x), int(y)): tuple(map(int, rgb)) for x, y, *rgb in TILE.findall(svg)}
        for svg in re.findall(r"<svg.*?</svg>", picture)
    ]


def test_the_largest_entries_have_the_full_colours_and_0_is_grey():
    said, found, off = colours(heatmap("W", np.array([[4.0, -4.0, 0.0]]), np.zeros((1, 3))))
    assert list(said.values()) == list(off.values()) == [POSITIVE, NEGATIVE, ZERO]
    assert list(found.values()) == [ZERO] * 3


def test_both_gradients_share_one_scale():
    said, found, _ = colours(heatmap("W", np.array([[1.0, 2.0]]), np.array([[4.0, 2.0]])))
    assert found[0, 0] == POSITIVE
    assert said[56, 0] == found[56, 0] != POSITIVE


@pytest.mark.parametrize("ink", [POSITIVE, NEGATIVE])
def test_the_colours_differ_in_lightness_from_their_zero_for_every_eye(ink):
    assert abs(sum(ink) - sum(ZERO)) > 200


@pytest.mark.parametrize(
    ("shape", "tiles"),
    [((), 1), ((3,), 3), ((2, 3), 6), ((2, 2, 3), 12), ((9, 9), 81), ((30, 25), 400)],
)
def test_any_shape_is_drawn_as_rows_and_columns(shape, tiles):
    g = np.random.default_rng(0).normal(size=shape)
    for panel in colours(heatmap("x", g, 2 * g)):
        assert len(panel) == tiles


def test_of_a_large_tensor_the_part_around_the_worst_entry_is_drawn():
    said, found = np.zeros((2, 50, 60))
    said[45, 2] = 1.0
    picture = heatmap("W", said, found)
    assert "Rows 30 to 49, columns 0 to 19." in picture
    panel, *_ = colours(picture)
    assert panel[2 * 14, 15 * 14] == POSITIVE


def test_entries_that_were_not_compared_are_empty():
    picture = heatmap("W", np.array([[1.0, np.nan]]), np.array([[2.0, np.nan]]))
    assert [len(panel) for panel in colours(picture)] == [1, 1, 1]
    assert picture.count('stroke="#888"') == 3
    assert "nan" not in picture


def test_tiles_show_numbers_as_long_as_they_are_legible():
    few, many = (heatmap("x", np.ones((2, n)), np.full((2, n), 1 + 1e-9)) for n in (8, 9))
    assert few.count(">1</text>") == 32
    assert few.count(">0</text>") == 16  # a difference of rounding
    assert "</text>" not in many
    assert "<title>[1, 8]: 1</title>" in many


def test_infinite_entries_can_be_drawn():
    said = np.array([[np.inf, 1.0, -np.inf]])
    panel, *_ = colours(heatmap("x", said, np.array([[2.0, 1.0, 2.0]])))
    assert panel[0, 0] == POSITIVE
    assert panel[112, 0] == NEGATIVE


def test_the_worst_entry_is_framed_in_black_and_white():
    picture = heatmap("x", np.array([[1.0, 5.0]]), np.array([[1.0, 2.0]]))
    assert picture.count('<rect x="56.75" y="0.75"') == 3
    assert picture.count('stroke="#fff"') == picture.count('stroke="#000"') == 3


def test_the_longest_numbers_have_room_in_their_tiles():
    said = np.array([[1.0, -1.25e-5, -0.000125]])
    picture = heatmap("x", said, said)
    texts = re.findall(r'font-family="monospace">(.+?)</text>', picture)
    room = sorted(x for x, _ in colours(picture)[0])[1]
    letter = 0.61 * 11  # of a font of 11 pixels
    assert max(map(len, texts)) * letter < room
