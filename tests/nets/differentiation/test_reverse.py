import copy

import numpy as np
import pytest

from layers import MSE, Add, Dropout, FullyConnected, Max, Multiply, ReLU, SoftmaxCE
from nets import Graph, Sequential
from nets.differentiation import centred_difference, number_of, reverse_mode
from tests.nets.differentiation.functions import X

LABELS = np.array([1, 0, 1])
DOUT = np.random.default_rng(5).normal(size=(3, 2))


def graph():
    nodes = {"a": (Add(), "x", "y"), "b": (Max(), "y", "z"), "f": (Multiply(), "a", "b")}
    return Graph(("x", "y", "z"), "f", nodes)


LAYERS = {
    "net": (Sequential(FullyConnected(2, 2, rng=0), ReLU()), (X,), DOUT),
    "dropout": (Dropout(0.5, rng=0), (X,), DOUT),
    "loss": (SoftmaxCE(), (X, LABELS), 1.0),
    "graph": (graph(), (1.0, 2.0, 0.0), 1.0),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_reverse_mode_agrees_with_differences(kind):
    layer, xs, dout = LAYERS[kind]
    numeric = centred_difference(number_of(layer, dout), *xs)
    found = reverse_mode(copy.deepcopy(layer), *xs, dout=dout)
    pairs = zip(found, numeric, strict=True) if isinstance(found, tuple) else [(found, numeric)]
    for a, b in pairs:
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-9)


def test_the_example_of_the_lecture():
    assert reverse_mode(graph(), 1, 2, 0) == (2.0, 5.0, 0.0)


def test_a_target_gets_no_gradient():
    dy, dt = reverse_mode(MSE(), X, DOUT)
    np.testing.assert_allclose(dy, 2 * (X - DOUT) / X.size)
    assert dt is None


def test_the_function_of_a_layer_leaves_the_layer_alone():
    layer = FullyConnected(2, 2, rng=0)
    layer.forward(X)
    dx, _ = layer.backward(DOUT)
    f = number_of(layer, DOUT)
    assert f(2 * X) == pytest.approx(np.sum(layer.predict(2 * X) * DOUT))
    assert np.array_equal(layer.backward(DOUT)[0], dx)


def test_the_function_of_a_random_layer_is_one_function():
    f = number_of(Dropout(0.5, rng=0), DOUT)
    assert f(X) == f(X)
