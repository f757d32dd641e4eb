"""The dict of a net's parameters: one object as long as that is right."""

import copy
import pickle

import numpy as np
import pytest

from layers import FullyConnected, Layer, ReLU
from nets import Sequential


class Plain:
    def __init__(self):
        self.params = {"W": np.ones(2)}


class Lazy(Layer):
    """Makes its parameter when it sees its first input."""

    def forward(self, x):
        self.params.setdefault("W", np.full(x.shape[-1], 2.0))
        return x * self.params["W"]

    def backward(self, dout):
        return dout, {"W": dout.sum(axis=0)}


def net():
    return Sequential(FullyConnected(2, 3), Sequential(ReLU(), FullyConnected(3, 1)))


def test_the_same_dict_comes_as_long_as_nothing_has_changed():
    nested = net()
    assert nested.params is nested.params
    assert list(nested.params) == ["0.W", "0.b", "1.1.W", "1.1.b"]


def test_a_parameter_that_a_layer_makes_later_is_there():
    lazy = Sequential(ReLU(), Lazy())
    assert list(lazy.params) == []
    lazy.forward(np.ones((4, 3)))
    assert list(lazy.params) == ["1.W"]
    assert lazy.params["1.W"] is lazy[1].params["W"]


def test_an_array_that_a_student_exchanges_is_found():
    class Student(Plain):
        def forward(self, x):
            return x

        def backward(self, dout):
            return dout, {"W": dout}

    student = Student()
    around = Sequential(ReLU(), student)
    before = around.params["1.W"]
    student.params["W"] = np.zeros(2)
    assert around.params["1.W"] is student.params["W"] is not before
    student.params = {"V": np.zeros(1)}
    assert list(around.params) == ["1.V"]


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda layer: pickle.loads(pickle.dumps(layer)),
        lambda layer: layer.astype("f4"),
    ],
)
def test_a_copy_shows_its_own_layers(copied):
    first = net()
    assert first.params["0.W"].dtype == float
    second = copied(first)
    for key, array in second.params.items():
        assert array is (second[0] if key < "1" else second[1][1]).params[key[-1]]
