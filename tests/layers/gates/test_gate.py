"""What all gates share: numbers beside arrays, and inputs of one shape."""

import re

import numpy as np
import pytest

from layers import (
    Add,
    AddConstant,
    Concat,
    Copy,
    Exp,
    Log,
    Max,
    Multiply,
    MultiplyConstant,
    Reciprocal,
    Sin,
    assert_gradients,
)
from layers.gates.gate import plain
from nets import Sequential

OF_ONE = [Exp, Log, Sin, Reciprocal, lambda: AddConstant(2.0), lambda: MultiplyConstant(3.0)]
OF_SEVERAL = [Add, Multiply, Max]


def exactly(text):
    return "^" + re.escape(text) + "$"


@pytest.mark.parametrize("make", OF_ONE)
@pytest.mark.parametrize("x", [2.0, 2, np.float64(2), np.array(2.0), np.array(2), np.int8(2)])
def test_a_number_gives_a_python_number(make, x):
    gate = make()
    y = gate.forward(x)
    dx, grads = gate.backward(1.5)
    assert type(y) is type(gate.predict(x)) is type(dx) is float
    assert grads == {}
    assert y == gate.forward(np.array([2.0]))[0]
    assert dx == gate.backward(np.array([1.5]))[0][0]


@pytest.mark.parametrize("make", OF_SEVERAL)
@pytest.mark.parametrize("x", [2.0, 2, np.float64(2), np.array(2.0), np.array(2), np.int8(2)])
def test_several_numbers_give_a_python_number(make, x):
    gate = make()
    y = gate.forward(x, 3.0, x)
    dx, grads = gate.backward(1.5)
    assert type(y) is float
    assert [type(part) for part in dx] == [float] * 3
    assert grads == {}
    assert y == gate.forward(np.array([2.0]), np.array([3.0]), np.array([2.0]))[0]
    assert dx == tuple(part[0] for part in gate.backward(np.array([1.5]))[0])


@pytest.mark.parametrize("make", [*OF_ONE, lambda: Copy(2)])
def test_the_gradient_of_a_number_is_correct(make):
    assert_gradients(make(), 1.7)


@pytest.mark.parametrize("make", OF_SEVERAL)
def test_the_gradient_of_several_numbers_is_correct(make):
    assert_gradients(make(), -2.0, 5.0)
    assert_gradients(make(), -2.0, 5.0, 0.0)


@pytest.mark.parametrize("make", OF_SEVERAL)
def test_a_number_of_float32_stays_one(make):
    gate = make()
    y = gate.forward(np.float32(2), np.float32(3))
    dx, _ = gate.backward(1.0)
    assert {part.dtype for part in (y, *dx)} == {np.dtype(np.float32)}


@pytest.mark.parametrize("make", [*OF_SEVERAL, Concat])
def test_the_longest_dtype_among_the_inputs_counts(make):
    gate = make()
    y = gate.forward(np.ones(2, np.float32), np.ones(2))
    dx, _ = gate.backward(np.ones(y.shape))
    assert {part.dtype for part in (y, *dx)} == {np.dtype(np.float64)}
    assert gate.forward(np.ones(2, np.float32), [1, 2]).dtype == np.float64


def test_plain_returns_arrays_unchanged():
    for array in (np.ones(1), np.ones((1, 1)), np.ones((), np.float32)):
        assert plain(array) is array
    assert type(plain(np.array(2.0))) is float


SHAPES = [((2, 3), (3,)), ((3,), (3, 1)), ((3,), (1,)), ((2,), ()), ((2, 3), (3, 2)), ((0,), (1,))]


@pytest.mark.parametrize("make", OF_SEVERAL)
@pytest.mark.parametrize("shapes", SHAPES)
def test_inputs_are_never_broadcast(make, shapes):
    gate = make()
    message = (
        f"{type(gate).__name__}: expected inputs of the same shape, got {shapes[0]} and "
        f"{shapes[1]}; reshape or repeat some of them, because they are never broadcast"
    )
    for verb in (gate.forward, gate.predict):
        with pytest.raises(ValueError, match=exactly(message)):
            verb(*map(np.ones, shapes))


def test_all_shapes_are_shown():
    with pytest.raises(ValueError, match=re.escape("got (2,) and (2,) and (3,);")):
        Add().forward(np.ones(2), np.ones(2), np.ones(3))


@pytest.mark.parametrize("make", [*OF_SEVERAL, Concat])
@pytest.mark.parametrize("xs", [(), (np.ones(3),)])
def test_fewer_than_two_inputs_are_refused(make, xs):
    gate = make()
    message = (
        f"{type(gate).__name__}: expected at least two inputs, got {len(xs)}; "
        "a Sequential passes on only one: put this gate into a Graph"
    )
    with pytest.raises(TypeError, match=exactly(message)):
        gate.forward(*xs)


@pytest.mark.parametrize("make", [*OF_SEVERAL, Concat])
def test_the_input_that_is_not_an_array_is_named(make):
    gate = make()
    message = f"{type(gate).__name__}: expected x1 to be an array of numbers, got None"
    with pytest.raises(TypeError, match=exactly(message)):
        gate.forward(np.ones(3), None)


@pytest.mark.parametrize("make", [*OF_SEVERAL, Concat])
def test_a_chain_cannot_hold_a_gate_of_several_inputs(make):
    net = Sequential(Exp(), make())
    message = (
        f"layer 1 ({type(net[1]).__name__}): expected at least two inputs, got 1; "
        "a Sequential passes on only one: put this gate into a Graph"
    )
    for verb in (net.forward, net.predict):
        with pytest.raises(TypeError, match=exactly(message)):
            verb(np.ones((2, 3)))


@pytest.mark.parametrize("layers", [(Exp(), Copy(2)), (Exp(), Copy(2), Exp())])
def test_a_chain_cannot_hold_a_gate_of_several_outputs(layers):
    net = Sequential(*layers)
    message = (
        "layer 1 (Copy 2): expected one output, got a tuple of 2; "
        "in a Graph, several nodes may take one value"
    )
    for verb in (net.forward, net.predict):
        with pytest.raises(TypeError, match=exactly(message)):
            verb(np.ones((2, 3)))


def test_a_chain_of_gates_is_the_sigmoid_of_the_lectures():
    """w = (2, -3, -3), x = (-1, -2): w0 x0 + w1 x1 + w2 = 1, and 0.73 comes out."""
    net = Sequential(MultiplyConstant(-1.0), Exp(), AddConstant(1.0), Reciprocal())
    values, x = [], 2 * -1.0 + -3 * -2.0 + -3
    for gate in net:
        x = gate.forward(x)
        values.append(round(x, 2))
    assert values == [-1.0, 0.37, 1.37, 0.73]
    gradients, dout = [], 1.0
    for gate in reversed(list(net)):
        dout, _ = gate.backward(dout)
        gradients.append(round(dout, 2))
    assert gradients == [-0.53, -0.53, -0.2, 0.2]
    assert_gradients(net, np.random.default_rng(0).normal(size=(4, 3)))
