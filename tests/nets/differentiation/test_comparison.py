import re
import sys

import numpy as np
import pytest

from layers import Dropout, Exp, FullyConnected, Multiply, ReLU, SoftmaxCE
from nets import Graph
from nets.differentiation import compare
from tests.nets.differentiation.functions import X, net, net_gradient, quiz

WAYS = [
    "forward difference",
    "centred difference",
    "complex step",
    "forward mode",
    "symbolic",
    "reverse mode",
]


def graph():
    return Graph(("x", "y"), "f", {"e": (Exp(), "x"), "f": (Multiply(), "e", "y")})


def f(x, y):
    return np.exp(x) * y


def test_all_ways_agree_on_a_function_and_its_graph():
    found = compare(f, 1.0, 2.0, layer=graph())
    assert list(found.outcomes) == WAYS
    assert not any(outcome.reason for outcome in found.outcomes.values())
    for way in WAYS:
        np.testing.assert_allclose(found[way].gradient, (2 * np.e, np.e), rtol=1e-6)
        assert found[way].seconds > 0


def test_error_and_evaluations_tell_the_ways_apart():
    found = compare(quiz, 2.0, 3.0)
    errors = [found[way].error for way in WAYS[:5]]
    assert 1e-9 < errors[0] < 1e-6
    assert 1e-12 < errors[1] < 1e-8
    assert max(errors[2:]) < 1e-15
    assert [found[way].evaluations for way in WAYS[:5]] == [3, 4, 2, 2, 1]


def test_a_layer_is_compared_by_its_values_and_its_backward():
    found = compare(FullyConnected(2, 3, rng=0), X)
    assert found["reverse mode"].evaluations == 1
    assert found["centred difference"].error < 1e-8
    for way in ("complex step", "forward mode", "symbolic"):
        assert "FullyConnected 2 -> 3: expected x to be an array of real" in found[way].reason


def test_a_students_layer_that_takes_any_numbers_is_compared_in_every_way():
    class Square:
        def __init__(self):
            self.params = {}

        def forward(self, x):
            self.x = x
            return x * x

        def backward(self, dout):
            return 2 * self.x * dout, {}

    found = compare(Square(), 3.0)
    assert not any(outcome.reason for outcome in found.outcomes.values())
    assert all(found[way].gradient == pytest.approx(6.0) for way in WAYS)


@pytest.mark.parametrize(
    ("layer", "xs"),
    [(SoftmaxCE(), (X, np.array([1, 0, 1]))), (Dropout(0.5, rng=0), (X,)), (ReLU(), (X,))],
    ids=["loss", "random", "kinks"],
)
def test_losses_and_random_layers_are_one_function_in_all_ways(layer, xs):
    found = compare(layer, *xs)
    assert found["centred difference"].error < 1e-8


def test_a_wrong_backward_shows_as_an_error():
    class Off(Multiply):
        def backward(self, dout):
            (dx, dy), grads = super().backward(dout)
            return (1.01 * dx, dy), grads

    wrong = Graph(("x", "y"), "f", {"e": (Exp(), "x"), "f": (Off(), "e", "y")})
    assert compare(f, 1.0, 2.0, layer=wrong)["reverse mode"].error == pytest.approx(0.01, rel=0.01)


def test_ways_that_cannot_say_why():
    found = compare(np.abs, 1.0)
    assert found["complex step"].gradient is None
    assert "drops the imaginary part" in found["complex step"].reason
    assert "pass layer=" in found["reverse mode"].reason
    text = repr(found)
    assert "reverse mode: TypeError: reverse_mode: expected the same function as a layer" in text
    assert [line.split("  ")[0] for line in text.split("\n")[1:4]] == [
        "forward difference",
        "centred difference",
        "forward mode",
    ]


def test_errors_may_be_measured_by_what_is_known():
    found = compare(net, X, exact=net_gradient(X), without=("symbolic",))
    assert "symbolic" not in found.outcomes
    assert found["forward mode"].error < 1e-15
    assert "Errors are measured by what was passed as exact." in repr(found)


def test_without_sympy_the_others_are_compared(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    found = compare(quiz, 2.0, 3.0)
    assert "symbolic derivatives need SymPy" in found["symbolic"].reason
    assert "Errors are measured by the way 'forward mode'." in repr(found)


def test_where_nothing_is_exact_a_sentence_asks_for_it():
    sentence = (
        "compare: no exact way can differentiate this function, so the errors cannot be measured; "
        "pass exact=, or the same function as layer="
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        compare(np.arctan, 1.0)


def test_the_layer_that_is_compared_is_left_alone():
    layer = FullyConnected(2, 2, rng=0)
    layer.forward(X)
    before = layer.backward(X)[0]
    compare(layer, 2 * X)
    assert np.array_equal(layer.backward(X)[0], before)


def test_ways_that_there_are_not_are_refused():
    with pytest.raises(ValueError, match=r"compare: expected without to name .* got 'symbolik'"):
        compare(np.sin, 1.0, without=("symbolik",))
    with pytest.raises(KeyError, match="there is no way 'x'; the ways are forward difference"):
        compare(np.sin, 1.0)["x"]
