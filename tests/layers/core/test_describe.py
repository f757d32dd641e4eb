import numpy as np
import pytest

from layers import FullyConnected, Layer, ReLU, he_normal, uniform
from layers.core.describe import arguments, shown
from nets import Graph, Sequential


class Shown(Layer):
    def __init__(self, size, *more, scale=1.0, dtype=None, rng=None, **rest):
        self.size = size
        self.scale = scale
        self.dtype = np.dtype(dtype or np.float64)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Shown(3), "Shown(3, ...)"),
        (Shown(3, 4, 5, other=6), "Shown(3, ...)"),
        (Shown("a", scale=1.0, rng=5), "Shown('a', ...)"),
        (Shown(3, scale=2.5), "Shown(3, scale=2.5, ...)"),
        (Shown(3, dtype="float32"), "Shown(3, dtype='float32', ...)"),
        (Shown(3, dtype="float64"), "Shown(3, ...)"),
        (ReLU(), "ReLU()"),
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

    assert repr(Hidden(3)) == "Hidden(...)"


def test_what_follows_an_unknown_argument_is_named():
    class Partly(Layer):
        def __init__(self, size, out, *, step=1, scale=1.0):
            self.out, self.scale = out, scale

    assert repr(Partly(3, 4)) == "Partly(out=4, ...)"
    assert repr(Partly(3, 4, scale=2)) == "Partly(out=4, scale=2, ...)"


def test_an_argument_that_cannot_be_read_is_unknown():
    class Raises(Layer):
        def __init__(self, size=3):
            pass

        @property
        def size(self):
            raise RuntimeError

    assert repr(Raises()) == "Raises(...)"


def test_an_argument_that_cannot_be_compared_with_its_default_is_shown():
    class Takes(Layer):
        def __init__(self, parts=(1, 2)):
            self.parts = parts

    assert repr(Takes((np.zeros(2), np.ones(2)))).startswith("Takes(parts=(array([0., 0.]), ")


def recursive():
    found = []
    found.append(found)
    return found


LARGE = {
    "words": [f"word {n}" for n in range(50_000)],
    "a tuple": tuple(range(50_000)),
    "a set": set(range(50_000)),
    "a dict": {f"word {n}": n for n in range(50_000)},
    "lists in lists": [[[list(range(100))] * 100] * 100] * 100,
    "itself": recursive(),
    "text": "word " * 50_000,
    "bytes": b"word" * 50_000,
    "a number": 10**5000,
    "an array": np.zeros((300, 300)),
    "a small array of long numbers": np.random.default_rng(0).normal(size=(2, 4)),
    "strings": np.full(999, "word"),
    "objects": np.full(999, None),
    "arrays": [np.zeros(100)] * 100,
    "an object": type("Thing", (), {"__repr__": lambda self: "thing\n" * 50_000})(),
    "an object that has no repr": type("Thing", (), {"__repr__": lambda self: 1 / 0})(),
}


@pytest.mark.parametrize("large", LARGE.values(), ids=LARGE)
def test_a_repr_has_a_line_or_two_whatever_the_arguments(large):
    class Takes(Layer):
        def __init__(self, one, two, three=None, **others):
            self.one, self.two, self.three, self.others = one, two, three, others

    layer = Takes(large, large, large, more=large)
    assert len(repr(layer)) < 400
    assert "\n" not in repr(layer)
    assert len(layer._repr_html_()) < 400
    assert len(Sequential(layer).summary().__repr__()) < 400
    assert len(Graph("x", "a", {"a": (layer, "x")})._repr_html_()) < 4000
    assert len(Sequential(layer)._repr_html_()) < 4000


def test_a_repr_of_many_arguments_is_short():
    names = [f"argument_{n}" for n in range(200)]
    body = "\n".join(f"    self.{name} = {name}" for name in names)
    scope = {}
    exec(f"def init(self, {', '.join(names)}):\n{body}", scope)
    layer = type("Many", (Layer,), {"__init__": scope["init"]})(*range(200))
    assert repr(layer).startswith("Many(0, 1, 2, ")
    assert len(repr(layer)) < 400


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.int32(1), "1"),
        (np.float32(0.5), "0.5"),
        (np.float64(0.1), "0.1"),
        (np.True_, "True"),
        (np.str_("a"), "'a'"),
        (np.float32, "'float32'"),
    ],
)
def test_numbers_of_numpy_are_shown_as_those_of_python(value, text):
    class Takes(Layer):
        def __init__(self, value):
            self.value = value

    assert repr(Takes(value)) == f"Takes({text})"


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


def test_a_layer_without_base_class_can_be_shown():
    class Plain:
        pass

    assert shown(Plain()) == "Plain()"


@pytest.mark.parametrize(
    ("init", "text"),
    [(he_normal, "he_normal"), (uniform(0.5), "uniform(0.5)"), ("zeros", "'zeros'")],
)
def test_functions_are_shown_by_their_names(init, text):
    layer = FullyConnected(3, 2, weight_init=init)
    assert shown(layer) == f"FullyConnected(3, 2, weight_init={text})"


def test_arrays_are_compared_with_the_default_by_identity():
    default = np.zeros(2)

    class Scale(Layer):
        def __init__(self, by=default):
            self.by = by

    assert shown(Scale()) == "Scale()"
    assert shown(Scale(np.zeros(2))) == "Scale(by=array([0., 0.]))"
    assert shown(Scale(2.0)) == "Scale(by=2.0)"
