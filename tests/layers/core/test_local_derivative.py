"""The local derivative of layers that treat each entry by itself, and their curves."""

import numpy as np
import pytest

import layers
from layers.core.local_derivative import curve, local_derivatives

X = np.array([[-2.0, 0.5, 1.0], [3.0, -0.25, 2.0]])


def derivative(layer, *xs):
    return local_derivatives(layer, xs, layer.forward(*xs))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), (X > 0) * 1.0),
        (layers.Tanh(), 1 - np.tanh(X) ** 2),
        (layers.Exp(), np.exp(X)),
        (layers.Flatten(), np.ones_like(X)),
        (layers.FullyConnected(3, 3), None),
    ],
)
def test_it_is_there_where_entries_do_not_mix(layer, expected):
    (found,) = derivative(layer, X)
    if expected is None:
        assert found is None
    else:
        np.testing.assert_allclose(found, expected)


def test_a_gate_has_one_for_each_input():
    first, second = derivative(layers.Multiply(), X, 2 * X)
    np.testing.assert_array_equal(first, 2 * X)
    np.testing.assert_array_equal(second, X)


def test_it_is_missing_where_there_is_no_gradient_or_another_shape():
    assert derivative(layers.MSE(), X, X) == (None, None)
    assert derivative(layers.Embedding(5, 2), np.array([[0, 1]])) == (None,)


def test_float32_is_distinguished_from_mixing():
    (found,) = derivative(layers.Sigmoid(), X.astype(np.float32))
    assert found.dtype == np.float32


def test_dropout_is_its_mask():
    dropout = layers.Dropout(0.5, rng=0)
    y = dropout.forward(np.ones((4, 5)))
    (found,) = local_derivatives(dropout, (np.ones((4, 5)),), y)
    np.testing.assert_array_equal(found, y)


class StudentsReLU:
    def __init__(self):
        self.params = {}

    def forward(self, x):
        _, _ = x.shape  # it takes matrices only
        self.x = x
        return x * (x > 0)

    def backward(self, dout):
        return dout * (self.x > 0), {}


@pytest.mark.parametrize(
    ("layer", "saturates", "switches_off"),
    [
        (layers.ReLU(), False, True),
        (StudentsReLU(), False, True),
        (layers.LeakyReLU(), False, False),
        (layers.Sigmoid(), True, False),
        (layers.Tanh(), True, False),
        (layers.HardTanh(), True, False),
        (layers.Softplus(), False, False),
    ],
)
def test_the_curve_shows_whether_an_activation_saturates_or_switches_off(
    layer, saturates, switches_off
):
    found = curve(layer, 20.0)
    assert (found.saturates, found.switches_off) == (saturates, switches_off)
    assert len(found.x) == len(found.y) == len(found.slope)
    assert (found.x[0], found.x[-1]) == (-20, 20)
    assert not hasattr(layer, "x")  # a copy ran


def test_the_steepest_slope_of_a_sigmoid_is_a_quarter():
    assert curve(layers.Sigmoid(), 4.0).steepest == pytest.approx(0.25)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dropout(0.5, rng=0),
        layers.Flatten(),
        layers.FullyConnected(1, 1),
        layers.Add(),
        layers.Reciprocal(),
        layers.MSE(),
        object(),
    ],
)
def test_what_is_not_an_activation_has_no_curve(layer):
    assert curve(layer, 4.0) is None


def test_looking_at_a_curve_draws_no_random_numbers():
    dropout, twin = layers.Dropout(0.5, rng=0), layers.Dropout(0.5, rng=0)
    curve(dropout, 4.0)
    np.testing.assert_array_equal(dropout.forward(X), twin.forward(X))
