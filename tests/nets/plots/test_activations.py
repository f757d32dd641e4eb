"""Activations are drawn as forward computes them, and derivatives as backward does."""

from typing import ClassVar

import numpy as np
import pytest
from matplotlib.colors import to_hex

from layers import FullyConnected, ReLU, Sigmoid, Tanh
from nets.plots import activations


class Step:
    """A student's layer that jumps."""

    params: ClassVar = {}

    def forward(self, x):
        return (x > 0) * 1.0

    def backward(self, dout):
        return 0 * dout, {}


class Sum:
    params: ClassVar = {}

    def forward(self, x):
        return x.sum()

    def backward(self, dout):
        raise AssertionError("there is nothing to draw")


def test_each_layer_has_a_place_with_its_name():
    figure = activations(ReLU(), Sigmoid(), Tanh(), Step(), ReLU())
    names = [axes.get_title() for axes in figure.axes]
    assert names == ["ReLU", "Sigmoid", "Tanh", "Step", "ReLU"]
    grid = figure.axes[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == (2, 4)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["y", "dy/dx"]


def test_the_curves_are_the_function_and_its_derivative():
    y, dy = activations(Tanh()).axes[0].lines[:2]
    x = np.linspace(-3, 3, 601)
    np.testing.assert_allclose(y.get_xydata(), np.stack([x, np.tanh(x)], axis=1), atol=1e-15)
    np.testing.assert_allclose(dy.get_ydata(), 1 / np.cosh(x) ** 2, atol=1e-14)
    assert [to_hex(line.get_color()) for line in (y, dy)] == ["#0072b2", "#d55e00"]
    assert y.get_linestyle() != dy.get_linestyle()


@pytest.mark.parametrize(("layer", "curve"), [(Step(), 0), (ReLU(), 1)])
def test_a_curve_is_broken_where_it_jumps_and_only_there(layer, curve):
    lines = activations(layer).axes[0].lines
    gaps = np.isnan(lines[curve].get_ydata())
    assert gaps.sum() == 1
    assert lines[curve].get_xdata()[gaps] == pytest.approx(0.01)
    assert not np.isnan(lines[1 - curve].get_ydata()).any()


def test_all_have_one_scale():
    figure = activations(ReLU(), Sigmoid())
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes}) == 1


def test_layers_stay_as_they_are():
    layer = Tanh()
    layer.forward(np.array([0.5]))
    before, _ = layer.backward(np.ones(1))
    activations(layer)
    assert layer.backward(np.ones(1))[0] == before


def test_layers_that_are_not_activations_are_refused():
    with pytest.raises(ValueError, match=r"activations: expected at least one layer, got none"):
        activations()
    match = r"such as ReLU\(\), but Sum does not work as one: it turns \(601,\) into \(\)$"
    with pytest.raises(ValueError, match=match):
        activations(Sum())
    with pytest.raises(ValueError, match="FullyConnected"):
        activations(FullyConnected(2, 2))
