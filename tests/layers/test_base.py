import copy
import pickle
import re

import numpy as np
import pytest

from layers import Dropout, FullyConnected, Layer, Params, ReLU, assert_gradients
from layers.base import label, predict
from layers.bystander import bystander
from layers.cached import Cached
from layers.describe import arguments


class Verbs(Layer):
    """y = W x, whatever way W got there."""

    def forward(self, x):
        self._x = np.asarray(x, float)
        return self.params["W"] * self._x

    def backward(self, dout):
        dW = (dout * self._x).sum(axis=0)
        return self.params["W"] * dout, {"W": dW}


class Dict(Verbs):
    def __init__(self):
        self.params = {"W": np.array([2.0, 3.0])}


class KeyByKey(Verbs):
    def __init__(self):
        self.params["W"] = np.array([2.0, 3.0])


class WithSuper(Verbs):
    def __init__(self):
        super().__init__()
        self.params = {}
        self.params["W"] = np.array([2.0, 3.0])


class OfTheClass(Verbs):
    params = {"W": np.array([2.0, 3.0])}  # noqa: RUF012, what a student may write


class Plain:
    """No base class at all."""

    def __init__(self):
        self.params = {"W": np.array([2.0, 3.0])}

    forward, backward = Verbs.forward, Verbs.backward


X = np.array([[1.0, -1.0], [0.5, 4.0], [2.0, 1.0]])
students = pytest.mark.parametrize("kind", [Dict, KeyByKey, WithSuper, OfTheClass, Plain])
subclasses = pytest.mark.parametrize("kind", [Dict, KeyByKey, WithSuper])


@students
def test_a_students_layer_works(kind):
    layer = kind()
    assert layer.forward(X).tolist() == [[2.0, -3.0], [1.0, 12.0], [4.0, 3.0]]
    dx, grads = layer.backward(np.ones((3, 2)))
    assert dx.tolist() == [[2.0, 3.0]] * 3
    assert grads["W"].tolist() == [3.5, 4.0]


@pytest.mark.parametrize("kind", [Dict, KeyByKey, WithSuper, Plain])
def test_a_students_layer_is_checked_and_stays_as_it_was(kind):
    layer = kind()
    assert_gradients(layer, X)
    assert layer.params["W"].tolist() == [2.0, 3.0]


def test_params_of_the_class_are_copied_too():
    class OfThisClass(Verbs):
        params = {"W": np.array([2.0, 3.0])}  # noqa: RUF012, what a student may write

    other = OfThisClass().astype(np.float32)
    assert other.params["W"].dtype == np.float32
    assert other.params["W"] is not OfThisClass.params["W"]


@students
def test_a_students_layer_predicts(kind):
    assert predict(kind(), X).tolist() == [[2.0, -3.0], [1.0, 12.0], [4.0, 3.0]]


@subclasses
def test_params_of_a_subclass_are_params(kind):
    layer = kind()
    assert type(layer.params) is Params
    assert layer.params is layer.params


@subclasses
def test_assigning_an_entry_writes_through(kind):
    layer = kind()
    W = layer.params["W"]
    layer.params["W"] = [5.0, 7.0]
    assert layer.params["W"] is W
    assert W.tolist() == [5.0, 7.0]
    assert layer.predict(X[:1]).tolist() == [[5.0, -7.0]]


@subclasses
def test_assigning_params_a_second_time_writes_through(kind):
    layer = kind()
    params, W = layer.params, layer.params["W"]
    layer.params = {"W": np.array([5.0, 7.0])}
    assert layer.params is params
    assert layer.params["W"] is W
    assert W.tolist() == [5.0, 7.0]


@subclasses
@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        ({"V": np.ones(2)}, KeyError, "expected the parameters 'W', got 'V'"),
        ({}, KeyError, "expected the parameters 'W', got none"),
        ({"W": np.ones(2), "b": np.ones(2)}, KeyError, "expected the parameters 'W', got 'W', 'b'"),
        ({"W": np.ones(3)}, ValueError, r"parameter 'W': expected an array of shape \(2,\), got "),
        ({"W": "abc"}, TypeError, "parameter 'W': expected real numbers"),
    ],
)
def test_other_params_are_refused_a_second_time(kind, arrays, error, message):
    layer = kind()
    with pytest.raises(error, match=message):
        layer.params = arrays
    assert layer.params["W"].tolist() == [2.0, 3.0]


def test_params_that_are_no_arrays_are_refused():
    class Listed(Layer):
        def __init__(self):
            self.params = {"W": [1.0, 2.0]}

    with pytest.raises(TypeError, match=r"^parameter 'W': expected a NumPy array, got list$"):
        Listed()


def test_params_hold_the_arrays_themselves():
    W = np.ones(2)

    class Held(Layer):
        def __init__(self):
            self.params = {"W": W}

    assert Held().params["W"] is W


def test_a_layer_without_params_has_an_empty_dict_of_its_own():
    one, other = ReLU(), ReLU()
    assert one.params == {}
    assert one.params is one.params
    assert one.params is not other.params


@pytest.mark.parametrize("verb", ["forward", "backward"])
def test_a_layer_that_lacks_a_verb_says_which(verb):
    class Half(Layer):
        pass

    argument = {"forward": "x", "backward": "dout"}[verb]
    message = f"Half does not define {verb}({argument})"
    with pytest.raises(NotImplementedError, match="^" + re.escape(message) + "$"):
        getattr(Half(), verb)(1.0)


def test_predict_of_a_layer_that_lacks_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"^Layer does not define forward\(x\)$"):
        Layer().predict(1.0)


@subclasses
def test_predict_leaves_the_cache_of_a_students_layer_alone(kind):
    layer = kind()
    layer.forward(X)
    layer.predict(10 * X)
    _, grads = layer.backward(np.ones((3, 2)))
    assert grads["W"].tolist() == [3.5, 4.0]


def test_predict_runs_on_the_same_parameters():
    layer = Dict()
    layer.params["W"][0] = 10
    assert layer.predict(X[:1]).tolist() == [[10.0, -3.0]]
    assert bystander(layer).params["W"] is layer.params["W"]


def test_predict_is_asked_where_there_is_one():
    x = np.ones(1000)
    assert predict(Dropout(0.5, rng=0), x).tolist() == x.tolist()


def test_predict_takes_several_inputs():
    class Add(Layer):
        def forward(self, a, b):
            return a + b

    assert Add().predict(1.0, 2.0) == 3.0
    assert predict(Add(), 1.0, 2.0) == 3.0


def test_the_label_is_the_name_of_the_class():
    assert ReLU().label == label(ReLU()) == "ReLU"
    assert label(Plain()) == "Plain"
    assert label(FullyConnected(5, 2)) == "FullyConnected 5 -> 2"


class Keeping(Layer):
    _x = Cached()

    def forward(self, x):
        self._x = x
        return x

    def backward(self, dout):
        return self._x * dout, {}


def test_what_forward_keeps_is_found():
    layer = Keeping()
    layer.forward(3.0)
    assert layer.backward(2.0) == (6.0, {})


def test_what_forward_has_not_kept_yet_is_missed_with_a_sentence():
    message = (
        "Keeping: backward was called before forward; call forward(x) first, because backward "
        "needs what it keeps"
    )
    with pytest.raises(RuntimeError, match="^" + re.escape(message) + "$"):
        Keeping().backward(2.0)


def test_one_layers_cache_is_not_that_of_another():
    Keeping().forward(3.0)
    with pytest.raises(RuntimeError, match="before forward"):
        Keeping().backward(2.0)


def test_the_declaration_is_seen_on_the_class():
    assert isinstance(Keeping._x, Cached)


def test_what_is_missing_names_the_layer_with_its_sizes():
    with pytest.raises(RuntimeError, match=r"^FullyConnected 5 -> 2: backward was called before"):
        FullyConnected(5, 2).backward(np.ones((1, 2)))


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))]
)
def test_copies_leave_out_what_forward_kept_and_nothing_else(duplicate):
    layer = Keeping()
    layer.note = "hello"
    layer.forward(3.0)
    other = duplicate(layer)
    assert other.note == "hello"
    assert "_x" in vars(layer)
    assert "_x" not in vars(other)
    assert layer.backward(1.0) == (3.0, {})


class Shown(Layer):
    def __init__(self, size, *more, scale=1.0, dtype=None, rng=None, **rest):
        self.size = size
        self.scale = scale
        self.dtype = np.dtype(dtype or np.float64)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Shown(3), "Shown(3)"),
        (Shown(3, 4, 5, other=6), "Shown(3)"),
        (Shown("a", scale=1.0, rng=5), "Shown('a')"),
        (Shown(3, scale=2.5), "Shown(3, scale=2.5)"),
        (Shown(3, dtype="float32"), "Shown(3, dtype='float32')"),
        (Shown(3, dtype="float64"), "Shown(3)"),
        (Dict(), "Dict()"),
        (FullyConnected(3, 2, bias=False), "FullyConnected(3, 2, bias=False)"),
    ],
)
def test_repr_shows_the_arguments_that_are_not_at_their_default(layer, text):
    assert repr(layer) == text


def test_the_arguments_of_a_layer_without_base_class_are_found():
    class Scale:
        def __init__(self, by, *, bias=0.0):
            self.by, self.bias = by, bias

    assert list(arguments(Scale(2.0))) == [("by", 2.0, True)]
    assert list(arguments(Scale(2.0, bias=1.0))) == [("by", 2.0, True), ("bias", 1.0, False)]


def test_repr_of_a_layer_that_does_not_keep_its_argument():
    class Hidden(Layer):
        def __init__(self, size):
            self._size = size

    assert repr(Hidden(3)) == "Hidden(Ellipsis)"


def test_repr_of_a_layer_that_keeps_an_array():
    class Scale(Layer):
        def __init__(self, by=None):
            self.by = np.ones(3) if by is None else by

    assert repr(Scale()).startswith("Scale(")


def test_repr_names_keywords_that_have_no_default():
    class Keyword(Layer):
        def __init__(self, *, size):
            self.size = size

    assert repr(Keyword(size=3)) == "Keyword(size=3)"


def test_a_subclass_of_a_layer_is_called_by_its_own_name():
    class Wide(FullyConnected):
        pass

    message = r"^Wide 5 -> 2: expected x of shape \(\.\.\., 5\), got \(6, 4\)$"
    with pytest.raises(ValueError, match=message):
        Wide(5, 2).forward(np.ones((6, 4)))
    assert repr(Wide(5, 2)) == "Wide(5, 2)"


def test_predict_leaves_alone_what_a_layer_keeps_in_a_dict_or_in_layers_inside():
    class InADict(Layer):
        def __init__(self):
            self.cache = {}

        def forward(self, x):
            self.cache["x"] = x
            return x**2

        def backward(self, dout):
            return 2 * self.cache["x"] * dout, {}

    class Inside(Layer):
        def __init__(self):
            self.square = InADict()
            self.buffer = np.zeros(2)

        def forward(self, x):
            self.buffer[...] = x
            return self.square.forward(x)

        def backward(self, dout):
            return self.square.backward(dout)[0] + 0 * self.buffer, {}

    class Plain:
        params = {}  # noqa: RUF012, as a student writes it

        def forward(self, x):
            self.x = x
            return x**2

        def backward(self, dout):
            return 2 * self.x * dout, {}

    for layer in (InADict(), Inside(), Plain()):
        layer.forward(np.array([1.0, 2.0]))
        assert predict(layer, np.array([5.0, 5.0])).tolist() == [25.0, 25.0]
        assert layer.backward(1.0)[0].tolist() == [2.0, 4.0]
