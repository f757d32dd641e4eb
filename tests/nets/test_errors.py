"""An error inside a net gets its place put before its message."""

import re

import numpy as np
import pytest

from layers import FullyConnected, ReLU
from nets.errors import located


class Student:
    def __init__(self):
        self.params = {}


@pytest.mark.parametrize(
    ("layer", "message", "expected"),
    [
        (ReLU(), "ReLU: expected x", "layer 3 (ReLU): expected x"),
        (ReLU(), "expected x", "layer 3 (ReLU): expected x"),
        (ReLU(), "", "layer 3 (ReLU): "),
        (ReLU(), "ReLU", "layer 3 (ReLU): ReLU"),
        (ReLU(), "Tanh: expected x", "layer 3 (ReLU): Tanh: expected x"),
        (ReLU(), "ReLU: ReLU: twice", "layer 3 (ReLU): ReLU: twice"),
        (FullyConnected(5, 2), "FullyConnected 5 -> 2: no", "layer 3 (FullyConnected 5 -> 2): no"),
        (Student(), "Student: no", "layer 3 (Student): no"),
    ],
)
@pytest.mark.parametrize("kind", [ValueError, TypeError, RuntimeError, ArithmeticError])
def test_place_and_layer_precede_the_message_and_the_name_appears_once(
    kind, layer, message, expected
):
    error = kind(message)
    found = located(error, 3, layer)
    assert found is error
    assert str(found) == expected
    assert found.args == (expected,)


def test_a_node_of_a_graph_has_a_name_for_its_place():
    found = located(ValueError("ReLU: expected x"), "a", ReLU(), "node")
    assert str(found) == "node a (ReLU): expected x"


def test_the_message_of_a_key_error_reads_the_same():
    assert located(KeyError("W"), 0, ReLU()).args == ("layer 0 (ReLU): W",)


ODD = {
    "no message": (ValueError(), "layer 1 (Student): ValueError: "),
    "two": (OSError(2, "gone"), "layer 1 (Student): FileNotFoundError: [Errno 2] gone"),
    "a number": (KeyError(7), "layer 1 (Student): KeyError: 7"),
    "an array": (ValueError(np.ones(1)), "layer 1 (Student): ValueError: [1.]"),
    "five": (
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
        "layer 1 (Student): UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff",
    ),
}


@pytest.mark.parametrize("kind", ODD)
def test_an_error_without_one_message_becomes_a_runtime_error_with_a_cause(kind):
    error, expected = ODD[kind]
    args = error.args
    found = located(error, 1, Student())
    assert type(found) is RuntimeError
    assert str(found).startswith(expected)
    assert found.__cause__ is error
    assert error.args is args or error.args == args


def test_the_traceback_stays():
    try:
        np.ones((2, 3)) @ np.ones((2, 3))
    except ValueError as error:
        traceback = error.__traceback__
        found = located(error, 0, ReLU())
    assert found.__traceback__ is traceback
    assert re.match(r"layer 0 \(ReLU\): matmul", str(found))
