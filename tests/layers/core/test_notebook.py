"""How a layer shows itself in a notebook."""

import math

import numpy as np
import pytest

from layers import Embedding, FullyConnected, Layer, ReLU
from layers.core.notebook import (
    LONGEST,
    MOST,
    Html,
    cut,
    layer_page,
    norm,
    number,
    table,
    text,
    title,
)


def test_words_are_escaped_once_and_html_is_left():
    assert text("<b>\x00") == "&lt;b&gt;\N{REPLACEMENT CHARACTER}"
    assert text(Html("<b>")) == "<b>"


def test_cut_words_end_in_dots():
    assert cut("short") == "short"
    assert cut("x" * 1000) == "x" * (LONGEST - 3) + "..."


class Plain:
    pass


class Wide(Layer):
    def __repr__(self):
        return "Wide(\n    1,\n)"


def test_a_title_is_one_short_line():
    assert title(ReLU()) == "ReLU()"
    assert title(Wide()) == "Wide(...)"
    assert title(Plain()) == "Plain"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-1.5, "-1.5"),
        (1234.5, "1,234"),
        (1e9, "1e+09"),
        (math.inf, "inf"),
    ],
)
def test_numbers_have_three_digits(value, shown):
    assert number(value) == shown


def test_a_norm_is_of_all_arrays_and_overflows_last():
    assert norm() == 0
    assert norm(None, np.zeros((0, 2))) == 0
    assert norm(np.array([3, 0]), np.array([[4.0]])) == 5
    assert norm(np.full(4, 1e200)) == pytest.approx(2e200)
    assert norm(np.full(4, 1e-200)) == pytest.approx(2e-200)
    assert norm(np.full(4, 30000, np.float16)) == pytest.approx(60000, rel=1e-2)
    assert math.isinf(norm(np.array([1.0, -math.inf])))
    assert math.isnan(norm(np.array([1.0, math.nan])))


def test_a_table_aligns_words_left_and_numbers_right():
    page = table(("a", "b"), [("<i>", "1")])
    assert '<td style="text-align:left">&lt;i&gt;</td><td style="text-align:right">1</td>' in page
    assert page.count("<tr>") == 2


def test_a_layer_shows_its_call_what_it_computes_and_its_parameters():
    layer = FullyConnected(3, 2)
    layer.params = {"W": [[3, 0], [0, -4], [0, 0]], "b": [0, 1]}
    page = layer._repr_html_()
    assert page == layer_page(layer)
    assert "<b>FullyConnected(3, 2)</b>" in page
    assert "y = x W + b." in page
    for cell in ("W", "(3, 2)", "float64", "5", "\N{MINUS SIGN}4", "3", "b", "(2,)"):
        assert f">{cell}</td>" in page
    assert "<table" not in ReLU()._repr_html_()


def test_frozen_numbers_are_shown_and_an_empty_array_has_no_extremes():
    class Odd(Layer):
        def __init__(self):
            self.params = {"W": np.zeros((0, 2))}

    assert ">nan</td>" in Odd()._repr_html_()
    assert "W (not trained)" in Embedding(3, 2, trainable=False)._repr_html_()


class Nasty(Layer):
    """<script>alert(1)</script>"""

    def __init__(self, count):
        self.params = {f"<b>{i}" + "x" * 1000: np.ones(2) for i in range(count)}

    def __repr__(self):
        return "Nasty<img>" * 1000


def test_names_with_html_are_escaped_and_a_layer_of_many_parameters_stays_short():
    page = Nasty(1000)._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>0" not in page
    assert f"… {1000 - MOST} more" in page
    assert len(page) < 20_000


def test_a_subclass_does_not_show_the_words_of_its_base():
    class Own(ReLU):
        pass

    assert "Rectified" not in Own()._repr_html_()
