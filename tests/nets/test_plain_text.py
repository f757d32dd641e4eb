"""What is printed is ASCII, which every terminal can show: Windows has cp1252, and a pipe less."""

import numpy as np
import pytest

from layers import MSE, AddConstant, Embedding, FullyConnected, MultiplyConstant, ReLU, SoftmaxCE
from nets import Graph, Sequential
from tests.layers.table import ROWS

X, LABELS = np.array([[1.0, -2.0], [-1e-9, 3.0]]), np.array([0, 1])


def net():
    return Sequential(FullyConnected(2, 3, rng=0), ReLU(), FullyConnected(3, 2, rng=1))


def deep():
    return Sequential(
        *(layer for n in range(40) for layer in (FullyConnected(2, 2, rng=n), ReLU()))
    )


def graph():
    nodes = {
        "a": (MultiplyConstant(-1), "x"),
        "b": (AddConstant(-0.5), "a"),
        "f": (MSE(), "b", "t"),
    }
    return Graph(("x", "t"), "f", nodes)


def error(call):
    with pytest.raises((ValueError, KeyError, OSError)) as caught:
        call()
    return caught.value


PRINTED = {
    "net": net,
    "net in a net": lambda: Sequential(net(), graph()),
    "graph": graph,
    "summary": lambda: net().summary(),
    "summary of long names": lambda: Sequential(Embedding(10**3, 10**2, rng=0)).summary(),
    "trace": lambda: net().trace(X, LABELS, SoftmaxCE()),
    "trace of a deep net": lambda: deep().trace(X, LABELS, SoftmaxCE()),
    "trace of a graph": lambda: graph().trace((X, X)),
    "trace without a gradient": lambda: net().trace(X, net().predict(X), MSE()),
    "step": lambda: net().trace(-X, LABELS, SoftmaxCE())[0],
    "last step": lambda: net().trace(-X, LABELS, SoftmaxCE())[-1],
    "verdict": lambda: deep().trace(X, LABELS, SoftmaxCE()).verdict,
    "drawing": lambda: graph().draw(),
    "params": lambda: net().params,
    "error of a layer": lambda: error(lambda: net().forward(X[:, :1])),
    "error of a graph": lambda: error(lambda: Graph("x", "b", {"a": (ReLU(), "x")})),
    "error of params": lambda: error(lambda: net().params["0.w"]),
    "error of loading": lambda: error(lambda: Sequential.load("missing")),
}


@pytest.mark.parametrize("make", PRINTED.values(), ids=PRINTED)
@pytest.mark.parametrize("how", [str, repr])
def test_what_is_printed_is_ascii(make, how):
    assert how(make()).isascii()


def test_what_layers_are_called_is_ascii():
    for row in ROWS:
        layer = row.make()
        assert repr(layer).isascii()
        assert layer.label.isascii()
