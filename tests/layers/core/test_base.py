import inspect
import re

import numpy as np
import pytest

import layers
from layers import Dropout, FullyConnected, Layer, Params, ReLU, SoftmaxCE, assert_gradients
from layers.core.base import predict
from layers.core.cache import Cached
from layers.core.checks import label
from layers.core.shared_copy import shared_copy


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


def test_params_that_are_not_arrays_are_refused():
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
def test_predict_does_not_change_the_cache_of_a_students_layer(kind):
    layer = kind()
    layer.forward(X)
    layer.predict(10 * X)
    _, grads = layer.backward(np.ones((3, 2)))
    assert grads["W"].tolist() == [3.5, 4.0]


def test_predict_runs_on_the_same_parameters():
    layer = Dict()
    layer.params["W"][0] = 10
    assert layer.predict(X[:1]).tolist() == [[10.0, -3.0]]
    assert shared_copy(layer).params["W"] is layer.params["W"]


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


def test_a_subclass_of_a_layer_is_called_by_its_own_name():
    class Wide(FullyConnected):
        pass

    message = r"^Wide 5 -> 2: expected x of shape \(\.\.\., 5\), got \(6, 4\)$"
    with pytest.raises(ValueError, match=message):
        Wide(5, 2).forward(np.ones((6, 4)))
    assert repr(Wide(5, 2)) == "Wide(5, 2)"


def without_self(function):
    signature = inspect.signature(function)
    return signature.replace(parameters=list(signature.parameters.values())[1:])


@pytest.mark.parametrize("name", [n for n in layers.__all__ if inspect.isclass(getattr(layers, n))])
def test_help_shows_the_arguments_of_the_constructor(name):
    kind = getattr(layers, name)
    signature = inspect.signature(kind)
    assert signature == without_self(kind.__init__)
    assert not {p.kind for p in signature.parameters.values()} & {
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
    }


def test_help_shows_the_arguments_of_a_custom_constructor():
    class Scaled(Layer):
        def __init__(self, scale, *rest, shift=0, **options):
            self.scale = scale

    class Late(Layer):
        pass

    assert str(inspect.signature(Scaled)) == "(scale, *rest, shift=0, **options)"
    assert str(inspect.signature(type("Deeper", (Scaled,), {}))) == str(inspect.signature(Scaled))
    Late.__init__ = lambda self, size=3: None
    assert str(inspect.signature(Late)) == "(size=3)"
    assert Scaled(1, 2, shift=3, other=4).scale == 1


ARGUMENTS = {
    "too few": (lambda: FullyConnected(3), "missing a required argument: 'out_features'"),
    "too many": (lambda: FullyConnected(3, 2, True), "too many positional arguments"),
    "a misspelt one": (lambda: FullyConnected(3, 2, b=1), "an unknown argument b$"),
    "another library's": (lambda: FullyConnected(units=3), "an unknown argument units$"),
    "x": (lambda: ReLU(np.ones(3)), "too many positional arguments; arrays are for forward"),
    "scores": (lambda: SoftmaxCE([[1.0]], labels=[0]), "arrays are for forward"),
}


@pytest.mark.parametrize(("make", "message"), ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_arguments_that_a_constructor_does_not_take_are_refused_with_those_it_does(make, message):
    kind = "FullyConnected|ReLU|SoftmaxCE"
    with pytest.raises(TypeError, match=rf"^({kind}): expected ({kind})\(.*\), got .*{message}"):
        make()


def test_a_call_says_which_pass_to_call():
    message = "^ReLU: a layer is not called like a function; call forward"
    with pytest.raises(TypeError, match=message):
        ReLU()(np.ones(3))
    with pytest.raises(TypeError, match=r"^FullyConnected 3 -> 2: a layer is not"):
        FullyConnected(3, 2)(x=np.ones(3))


def test_a_layer_may_keep_something_else_as_its_label():
    class Loss(Layer):
        _y = Cached()

        def forward(self, scores, labels):
            self.label = labels
            return float(scores.mean())

    loss = Loss()
    assert loss.label == label(loss) == "Loss"
    loss.forward(np.ones(2), [0, 1])
    assert label(loss) == "Loss"
    with pytest.raises(RuntimeError, match=r"^Loss: backward was called before forward"):
        _ = loss._y
