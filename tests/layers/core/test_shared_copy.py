import copy

import numpy as np
import pytest

from layers import Dropout, FullyConnected, Layer, ReLU
from layers.core.base import predict
from layers.core.shared_copy import shared_copy

X = np.array([1.0, 2.0])


class Square(Layer):
    def forward(self, x):
        self.x = x
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout, {}


class InADict(Layer):
    def __init__(self):
        self.cache = {}

    def forward(self, x):
        self.cache["x"] = x
        return x**2

    def backward(self, dout):
        return 2 * self.cache["x"] * dout, {}


class InAList(InADict):
    def __init__(self):
        self.stack = []

    def forward(self, x):
        self.stack.append(x)
        return x**2

    def backward(self, dout):
        return 2 * self.stack[-1] * dout, {}


class InABuffer(Layer):
    def __init__(self):
        self.buffer = np.zeros(2)

    def forward(self, x):
        self.buffer[...] = x
        return x**2

    def backward(self, dout):
        return 2 * self.buffer * dout, {}


class RunningMean(Layer):
    """What is not trained, in a dict that has been declared."""

    def __init__(self):
        self.buffers = {"mean": np.zeros(2)}

    def forward(self, x):
        self.x = x
        self.buffers["mean"] += x
        return x**2

    def backward(self, dout):
        return 2 * self.x * dout, {}


class Undeclared(RunningMean):
    """A plain dict, as a class without a base class has it."""

    buffers = None


class Inside(Layer):
    def __init__(self):
        self.inner = InADict()

    def forward(self, x):
        return self.inner.forward(x)

    def backward(self, dout):
        return self.inner.backward(dout)


class InsideAList(Layer):
    def __init__(self):
        self.parts = [Square()]

    def forward(self, x):
        return self.parts[0].forward(x)

    def backward(self, dout):
        return self.parts[0].backward(dout)


class InsideATuple(InsideAList):
    def __init__(self):
        self.parts = (Square(),)


class Plain:
    """No base class, and so no predict of its own."""

    params = {}  # noqa: RUF012, as a student writes it

    forward, backward = Square.forward, Square.backward


class Slots:
    """No attributes but those named here."""

    __slots__ = ("params", "x")

    def __init__(self):
        self.params = {}

    forward, backward = Square.forward, Square.backward


@pytest.mark.parametrize(
    "kind",
    [
        Square,
        InADict,
        InAList,
        InABuffer,
        RunningMean,
        Undeclared,
        Inside,
        InsideAList,
        InsideATuple,
        Plain,
        Slots,
    ],
)
def test_predict_does_not_change_what_forward_cached(kind):
    layer = kind()
    layer.forward(X)
    held = copy.deepcopy(getattr(layer, "buffers", {}))
    assert predict(layer, np.array([5.0, 5.0])).tolist() == [25.0, 25.0]
    assert layer.backward(1.0)[0].tolist() == [2.0, 4.0]
    assert str(getattr(layer, "buffers", {})) == str(held)


@pytest.mark.parametrize("kind", [Square, InADict, Plain, Slots])
def test_a_bystander_is_another_object_of_the_same_class(kind):
    layer = kind()
    twin = shared_copy(layer)
    assert type(twin) is kind
    assert twin is not layer
    twin.forward(X)
    assert not hasattr(layer, "x")


@pytest.mark.parametrize("extra", [None, [1, 2]])
def test_the_parameters_are_the_very_same_arrays(extra):
    layer = FullyConnected(2, 1)
    layer.extra = extra
    twin = shared_copy(layer)
    assert twin.params["W"] is layer.params["W"]
    assert twin.params["b"] is layer.params["b"]


def test_the_parameters_of_a_plain_class_are_the_very_same_arrays():
    class Scale(Plain):
        def __init__(self):
            self.params = {"a": np.ones(2)}

    layer = Scale()
    assert shared_copy(layer).params["a"] is layer.params["a"]


def test_functions_and_numbers_that_a_layer_holds_are_shared():
    class Function(Square):
        def __init__(self):
            self.function, self.size = (lambda x: x), 3

    layer = Function()
    assert shared_copy(layer).function is layer.function
    assert shared_copy(layer).size == 3


@pytest.mark.parametrize("layer", [FullyConnected(2, 1), ReLU(), Dropout(0.5)])
def test_what_the_bystander_keeps_is_not_the_layers(layer):
    shared_copy(layer).forward(np.ones((3, 2)))
    with pytest.raises(RuntimeError, match="before forward"):
        layer.backward(1.0)


def test_further_objects_are_shared_where_asked_for():
    class Holds(Plain):
        def __init__(self):
            self.params, self.inside = {}, [np.random.default_rng(0), []]

    layer = Holds()
    rng, other = shared_copy(layer, layer.inside[:1]).inside
    assert rng is layer.inside[0]
    assert other is not layer.inside[1]
    assert shared_copy(layer).inside[0] is not rng
