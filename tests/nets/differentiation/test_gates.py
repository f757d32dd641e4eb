"""Gates, and nets of gates, are differentiated in every way."""

import numpy as np
import pytest

import layers
from layers import (
    Add,
    AddConstant,
    Copy,
    Exp,
    Log,
    Max,
    Multiply,
    MultiplyConstant,
    Reciprocal,
    Sin,
)
from nets import Graph, Sequential
from nets.differentiation import compare
from nets.differentiation.gates import GATES, in_numpy

X = np.array([[0.7, 0.4]])
GATES_AND_INPUTS = [
    *[(gate, (X,)) for gate in (Exp(), Log(), Sin(), Reciprocal(), Copy(2))],
    *[(gate, (X,)) for gate in (AddConstant(2.0), MultiplyConstant(-2.0))],
    *[(gate, (X, X[:, ::-1].copy())) for gate in (Add(), Multiply(), Max())],
]


def test_every_gate_of_the_library_is_here():
    gates = {c for c in vars(layers).values() if "layers.gates" in getattr(c, "__module__", "")}
    assert gates == set(GATES) == {type(gate) for gate, _ in GATES_AND_INPUTS}


@pytest.mark.parametrize(("gate", "xs"), GATES_AND_INPUTS)
def test_every_way_goes_through_a_gate(gate, xs):
    np.testing.assert_allclose(in_numpy(gate)(*xs), gate.forward(*xs))
    found = compare(gate, *xs)
    if isinstance(gate, Max):  # SymPy has no derivative of a maximum here
        assert "no formula for a maximum" in found["symbolic"].reason
    assert all(o.error < 1e-5 or way == "symbolic" for way, o in found.outcomes.items())


@pytest.mark.parametrize(
    "net",
    [
        Sequential(Exp(), MultiplyConstant(2.0)),
        Graph(("x",), "y", {"e": (Exp(), "x"), "y": (Multiply(), "e", "x", "e")}),
        Sequential(Graph(("x",), "y", {"y": (Add(), "x", "x")}), Sin()),
    ],
)
def test_every_way_goes_through_nets_of_gates(net):
    found = compare(net, X)
    assert all(outcome.error < 1e-5 for outcome in found.outcomes.values())


def test_a_wrong_gate_of_a_student_is_found():
    class Off(Multiply):
        def backward(self, dout):
            (dx, dy), grads = super().backward(dout)
            return (1.01 * dx, dy), grads

    found = compare(Off(), 2.0, 3.0)
    assert found["centred difference"].error > 1e-3
