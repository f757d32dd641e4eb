"""A layer made of layers: one dict of parameters, which stays the same object while it is valid."""

import copy
import pickle

import numpy as np
import pytest

from layers import FullyConnected, Layer, ReLU, gradcheck
from layers.core.composite import Composite, prefixed


class Chain(Composite):
    """Runs its layers in a row."""

    def __init__(self, *layers):
        self.layers = layers

    def named_layers(self):
        return [(str(index), layer) for index, layer in enumerate(self.layers)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        grads = {}
        for name, layer in reversed(self.named_layers()):
            dout, grads[name] = layer.backward(dout)
        return dout, prefixed((name, grads[name]) for name, _ in self.named_layers())


class Plain:
    def __init__(self):
        self.params = {"W": np.ones(2)}
        self.buffers = {"mean": np.zeros(2)}


class Lazy(Layer):
    """Makes its parameter when it sees its first input."""

    def forward(self, x):
        self.params.setdefault("W", np.full(x.shape[-1], 2.0))
        return x * self.params["W"]


def chain():
    return Chain(FullyConnected(2, 3), Chain(ReLU(), FullyConnected(3, 1)))


def test_it_needs_named_layers():
    with pytest.raises(NotImplementedError, match=r"^Composite does not define named_layers\(\)$"):
        _ = Composite().params


def test_it_is_checked_like_any_layer():
    report = gradcheck(chain(), np.random.default_rng(0).normal(size=(4, 2)))
    report.raise_if_failed()
    assert "1.1.W" in str(report)


def test_keys_are_a_name_a_dot_and_the_key():
    W = np.ones(1)
    assert prefixed([(0, {"W": W}), ("a", {"b": W}), ("c", {})]) == {"0.W": W, "a.b": W}


def test_the_same_dict_is_returned_until_something_changes():
    nested = chain()
    assert nested.params is nested.params
    assert list(nested.params) == ["0.W", "0.b", "1.1.W", "1.1.b"]


def test_assigning_writes_into_the_layers():
    made = Chain(FullyConnected(1, 2, bias=False), Plain())
    made.params = {"0.W": [[1, 2]], "1.W": [3, 4]}
    made.buffers = {"1.mean": [5, 6]}
    assert made.layers[0].params["W"].tolist() == [[1, 2]]
    assert made.layers[1].buffers["mean"].tolist() == [5, 6]


def test_a_parameter_that_a_layer_makes_later_is_there():
    lazy = Chain(ReLU(), Lazy())
    assert list(lazy.params) == []
    lazy.forward(np.ones((4, 3)))
    assert list(lazy.params) == ["1.W"]
    assert lazy.params["1.W"] is lazy.layers[1].params["W"]


def test_an_array_that_a_student_replaces_is_found():
    student = Plain()
    around = Chain(ReLU(), student)
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
    first = chain()
    assert first.params["0.W"].dtype == float
    second = copied(first)
    inner = second.layers[1].layers[1]
    for key, array in second.params.items():
        assert array is (second.layers[0] if key < "1" else inner).params[key[-1]]
