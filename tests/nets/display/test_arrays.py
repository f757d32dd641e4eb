import numpy as np
import pytest

from nets.display.arrays import SMALL, WIDEST, array_html, array_text


def test_small_arrays_are_text_line_by_line():
    assert array_text(np.array([[1.0, -2.0], [0.5, 0.0]])) == ["[[ 1.  -2. ]", " [ 0.5  0. ]]"]
    assert array_text(2.5) == ["2.5"]
    assert array_text(1.0181710665564727) == ["1.02"]
    assert array_text(np.array([-0.0, 1.0])) == ["[0. 1.]"]


@pytest.mark.parametrize(
    "array", [None, np.zeros(0), np.zeros(SMALL + 1), np.zeros((2, WIDEST + 1))]
)
def test_large_ones_are_not_shown(array):
    assert array_text(array) == []
    assert array_html(array) == ""


def test_cells_are_shaded_by_sign_and_size():
    page = array_html(np.array([[1.0, -2.0], [np.nan, 0.0]]))
    assert page.count("table-row") == 2
    assert "rgba(0,114,178,0.23)" in page  # half of the largest, in blue
    assert "rgba(213,94,0,0.45)" in page
    assert ">\N{MINUS SIGN}2<" in page
    assert ">nan<" in page


@pytest.mark.parametrize(("shape", "rows"), [((), 1), ((3,), 1), ((2, 3, 4), 6)])
def test_any_number_of_axes_is_a_grid(shape, rows):
    assert array_html(np.ones(shape)).count("table-row") == rows


def test_integers_and_nothing_but_infinity_can_be_shown():
    assert ">7<" in array_html(np.array([7]))
    assert ">inf<" in array_html(np.array([np.inf]))
