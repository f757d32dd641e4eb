import re

import numpy as np
import pytest

from layers import Dropout, FullyConnected, Layer
from layers.core.cast import cast, floating_dtype
from layers.core.describe import short


class Student:
    """No base class; the parameters have second names."""

    def __init__(self):
        self.W = np.array([0.1, 0.2])
        self.b = np.zeros(1)
        self.params = {"W": self.W, "b": self.b}
        self.others = {"again": [self.W]}
        self.steps = np.arange(3.0)

    def forward(self, x):
        return x @ self.W + self.b


class Subclass(Student, Layer):
    pass


class Pair:
    """Two layers whose parameters it shows as its own."""

    def __init__(self):
        self.first, self.second = FullyConnected(3, 2, rng=0), Student()

    @property
    def params(self):
        first = {f"0.{name}": array for name, array in self.first.params.items()}
        return first | {f"1.{name}": array for name, array in self.second.params.items()}


@pytest.mark.parametrize("dtype", ["float32", np.float32, np.dtype("float32"), "f4", "single"])
def test_a_dtype_may_be_named_in_any_way(dtype):
    assert floating_dtype(dtype) == np.float32


@pytest.mark.parametrize("dtype", [None, float, "float64", np.float64, "double"])
def test_float64_is_the_default(dtype):
    assert floating_dtype(dtype) == np.float64


@pytest.mark.parametrize(
    "dtype", [int, "int64", complex, bool, object, str, "U3", "abc", "float23", 3, [1, 2], "M8[D]"]
)
def test_anything_but_a_floating_dtype_is_refused(dtype):
    message = f"dtype: expected a floating dtype such as 'float32', got {short(dtype)}"
    for convert in (floating_dtype, FullyConnected(3, 2).astype):
        with pytest.raises(TypeError, match="^" + re.escape(message) + "$"):
            convert(dtype)


@pytest.mark.parametrize("kind", [Student, Subclass])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_a_parameter_of_two_names_stays_one_array(kind, dtype):
    other = cast(kind(), dtype)
    assert other.W is other.params["W"]
    assert other.b is other.params["b"]
    assert other.others["again"][0] is other.params["W"]
    assert other.W.dtype == other.b.dtype == dtype
    other.params["W"][...] = 1
    assert other.forward(np.ones(2)) == 2


@pytest.mark.parametrize("kind", [Student, Subclass])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_copy_is_independent(kind, dtype):
    layer = kind()
    other = cast(layer, dtype)
    other.W += 1
    other.steps += 1
    assert layer.W.tolist() == layer.params["W"].tolist() == [0.1, 0.2]
    assert layer.W.dtype == np.float64
    assert layer.steps.tolist() == [0.0, 1.0, 2.0]


def test_values_are_rounded_to_the_dtype():
    assert cast(Student(), np.float32).W.tolist() == [float(np.float32(v)) for v in (0.1, 0.2)]


def test_what_is_not_a_parameter_keeps_its_dtype():
    assert cast(Student(), np.float32).steps.dtype == np.float64


def test_integer_parameters_stay_integers():
    layer = Student()
    layer.params["counts"] = np.arange(3)
    other = cast(layer, np.float32)
    assert other.params["counts"].dtype == layer.params["counts"].dtype
    assert other.params["counts"] is not layer.params["counts"]


def test_parameters_of_layers_inside_are_cast():
    other = cast(Pair(), np.float32)
    assert {array.dtype for array in other.params.values()} == {np.dtype(np.float32)}
    assert other.second.W is other.params["1.W"]
    assert other.first.predict(np.ones((1, 3))).dtype == np.float32


def test_random_numbers_of_the_copy_go_on_from_the_same_state():
    dropout = Dropout(0.5, rng=0)
    other = dropout.astype(np.float32)
    x = np.ones(50)
    assert other.forward(x).tolist() == dropout.forward(x).tolist()


def test_parameters_that_are_views_into_one_vector_are_cast():
    class Flat:
        def __init__(self):
            self.theta = np.zeros(6)

        @property
        def params(self):
            return {"W": self.theta[:4].reshape(2, 2), "b": self.theta[4:]}

    assert cast(Flat(), np.float32).params["W"].dtype == np.float32


def test_parameters_that_stay_views_into_one_vector_are_cast_together():
    class Tied:
        def __init__(self):
            self.theta = np.zeros(6)
            self.params = {"W": self.theta[:4].reshape(2, 2), "b": self.theta[4:]}

    other = cast(Tied(), np.float32)
    other.theta += 1
    assert other.params["W"].tolist() == [[1.0, 1.0], [1.0, 1.0]]
