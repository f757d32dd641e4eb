import numpy as np
import pytest

from layers import FullyConnected, Layer, ReLU, he_normal, uniform
from layers.describe import arguments, shown


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
