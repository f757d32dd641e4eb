import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Dropout, FullyConnected, ReLU, SoftmaxCE, zeros
from layers.core import checks

RELU, CE = ReLU(), SoftmaxCE()


def sentence(text):
    return "^" + re.escape(text) + "$"


@pytest.mark.parametrize("value", [1, 2.5, True, [1, 2], [[1.0], [2.0]], np.float32(1), range(3)])
def test_numbers_of_any_kind_become_an_array(value):
    array = checks.numbers("ReLU", "x", value)
    assert type(array) is np.ndarray
    assert array.tolist() == np.asarray(value).tolist()


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (None, TypeError, "ReLU: expected x to be an array of numbers, got None"),
        ("ab", TypeError, "ReLU: expected x to be an array of real numbers, got str of dtype <U2"),
        (
            [None, 1],
            TypeError,
            "ReLU: expected x to be an array of real numbers, got list of dtype object; "
            "convert it with np.array(..., dtype=float)",
        ),
        (
            1j,
            TypeError,
            "ReLU: expected x to be an array of real numbers, got complex of dtype complex128",
        ),
        (
            [[1.0], [2.0, 3.0]],
            ValueError,
            "ReLU: expected x to be a rectangular array, got rows of different lengths",
        ),
    ],
)
def test_anything_but_a_number_is_refused(value, error, message):
    with pytest.raises(error, match=sentence(message)):
        checks.numbers("ReLU", "x", value)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_an_array_that_fits_is_not_copied(dtype):
    x = np.ones(3, dtype)
    assert checks.floating(RELU, "x", x) is x
    assert checks.floating(RELU, "x", x, x.dtype) is x
    assert checks.upstream(RELU, x, (3,), x.dtype) is x


def test_floating_casts_to_the_dtype_that_is_asked_for():
    assert checks.floating(RELU, "x", np.ones(3), np.dtype(np.float32)).dtype == np.float32
    assert checks.floating(RELU, "x", [1, 2], np.dtype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("value", [3, [1, 2], np.array([1, 2], np.uint8), [True, False]])
def test_floating_turns_integers_into_float64(value):
    assert checks.floating(RELU, "x", value).dtype == np.float64


def test_floating_gives_a_plain_array_for_a_subclass():
    class Odd(np.ndarray):
        def __array_finalize__(self, other):
            self.odd = True

    x = np.ones((2, 2)).view(Odd)
    assert type(checks.floating(RELU, "x", x)) is np.ndarray
    assert type(checks.upstream(RELU, x, (2, 2), x.dtype)) is np.ndarray


def test_floating_names_what_it_was_given():
    with pytest.raises(TypeError, match=r"^SoftmaxCE: expected scores to be an array of numbers"):
        checks.floating(CE, "scores", None)


@given(
    hnp.array_shapes(min_dims=0, max_dims=3, max_side=4),
    hnp.array_shapes(min_dims=0, max_dims=3, max_side=4),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_upstream_takes_one_shape_only(shape, given_):
    dout = np.ones(given_, np.float32)
    if given_ == shape:
        assert checks.upstream(RELU, dout, shape, np.float64).dtype == np.float64
        return
    message = f"ReLU: expected dout of shape {shape}, the shape of the output, got {given_}"
    with pytest.raises(ValueError, match=sentence(message)):
        checks.upstream(RELU, dout, shape, np.float64)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.array(2), True + 1])
def test_a_factor_is_a_python_float(value):
    assert checks.factor(CE, value, np.dtype(float)) == 2.0
    assert type(checks.factor(CE, value, np.dtype(float))) is float


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, np.array(np.inf)])
def test_an_infinite_factor_is_nan(value):
    assert np.isnan(checks.factor(CE, value, np.dtype(float)))


@pytest.mark.parametrize("shape", [(1,), (3,), (1, 1)])
def test_a_factor_is_not_an_array(shape):
    message = (
        "SoftmaxCE: expected dout to be a number, because a loss is one, "
        f"got an array of shape {shape}"
    )
    with pytest.raises(ValueError, match=sentence(message)):
        checks.factor(CE, np.ones(shape), np.dtype(float))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_an_empty_batch_is_refused(shape):
    message = (
        f"SoftmaxCE: expected at least one example, got scores of shape {shape}; "
        "the mean of an empty batch is undefined"
    )
    with pytest.raises(ValueError, match=sentence(message)):
        checks.not_empty(CE, "scores", np.ones(shape))
    checks.not_empty(CE, "scores", np.ones(1))


@pytest.mark.parametrize("kind", [list, tuple, np.array])
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64", "int16"])
def test_labels_are_integers_of_any_width(kind, dtype):
    values = kind(np.array([0, 2, 1], dtype))
    assert checks.labels(CE, values, (3,), 3).tolist() == [0, 2, 1]


def test_labels_may_have_the_byte_order_of_another_machine():
    labels = np.array([0, 2, 1])
    labels = labels.astype(labels.dtype.newbyteorder())
    assert checks.labels(CE, labels, (3,), 3).tolist() == [0, 2, 1]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64"])
def test_labels_may_lie_apart_in_memory(dtype):
    table = np.array([[0, 9], [2, 9], [1, 9]], dtype)
    table.setflags(write=False)
    assert checks.labels(CE, table[:, 0], (3,), 3).tolist() == [0, 2, 1]
    assert checks.labels(CE, table[::-1, 0], (3,), 3).tolist() == [1, 2, 0]
    with pytest.raises(ValueError, match="got 9 at position 0"):
        checks.labels(CE, table[:, 1], (3,), 3)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        ("int8", -128),
        ("uint8", 255),
        ("int64", -(2**63)),
        ("int64", 2**63 - 1),
        ("uint64", 2**64 - 1),
    ],
)
def test_labels_at_the_ends_of_their_dtype_are_refused(dtype, value):
    with pytest.raises(ValueError, match=f"because there are 3 classes, got {value} at position 1"):
        checks.labels(CE, np.array([0, value], dtype), (2,), 3)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([0, 1], ValueError, "expected labels of shape (3,), one for each example, got (2,)"),
        (1, ValueError, "expected labels of shape (3,), one for each example, got ()"),
        (
            [[0], [1], [1]],
            ValueError,
            "expected labels of shape (3,), one for each example, got (3, 1); "
            "pass np.ravel(labels)",
        ),
        (
            np.eye(3, 2),
            ValueError,
            "expected labels of shape (3,), one integer an example, got (3, 2), which looks like "
            "one-hot rows; pass labels.argmax(axis=1)",
        ),
        (
            [0.0, 1.0, 1.0],
            TypeError,
            "expected integer labels, got dtype float64; pass labels.astype(int) if they are "
            "classes",
        ),
        (
            [True, False, True],
            TypeError,
            "expected integer labels, got dtype bool; pass labels.astype(int) if they are classes",
        ),
        (
            [0, 2, 5],
            ValueError,
            "expected labels from 0 to 1, because there are 2 classes, got 2 at position 1",
        ),
        (
            [0, 1, -1],
            ValueError,
            "expected labels from 0 to 1, because there are 2 classes, got -1 at position 2",
        ),
        (None, TypeError, "expected labels to be an array of numbers, got None"),
        (
            ["a", "b", "c"],
            TypeError,
            "expected labels to be an array of real numbers, got list of dtype <U1",
        ),
    ],
)
def test_invalid_labels_are_refused(values, error, message):
    with pytest.raises(error, match=sentence(f"SoftmaxCE: {message}")):
        checks.labels(CE, values, (3,), 2)


def test_a_column_of_labels_is_not_mistaken_for_one_hot():
    with pytest.raises(ValueError, match=r"one for each example, got \(3, 1\); pass"):
        checks.labels(CE, np.zeros((3, 1), int), (3,), 1)


@given(st.lists(st.integers(-2, 5), min_size=1, max_size=6), st.integers(1, 4))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_labels_are_taken_if_all_are_classes(values, classes):
    if all(0 <= value < classes for value in values):
        assert checks.labels(CE, values, (len(values),), classes).tolist() == values
    else:
        with pytest.raises(ValueError, match=f"because there are {classes} classes, got "):
            checks.labels(CE, values, (len(values),), classes)


def test_weights_are_scaled_to_sum_to_1():
    weights = [1, 2, 5]
    shares = checks.weights(CE, weights, (3,), np.dtype(np.float32))
    assert shares.tolist() == [0.125, 0.25, 0.625]
    assert shares.dtype == np.float32
    assert weights == [1, 2, 5]


@pytest.mark.parametrize("shape", [(), (2,), (3, 1), (1, 3)])
def test_there_is_one_weight_for_each_example(shape):
    message = f"SoftmaxCE: expected sample_weight of shape (3,), one for each example, got {shape}"
    if len(shape) == 2:
        message += "; pass np.ravel(sample_weight)"
    with pytest.raises(ValueError, match=sentence(message)):
        checks.weights(CE, np.ones(shape), (3,), np.dtype(float))


@pytest.mark.parametrize(
    "values", [[1, -1, 3], [0, 0, 0], [1, np.nan, 1], [1, np.inf, 1], [-1, -1, -1]]
)
def test_weights_that_have_no_mean_are_refused(values):
    message = "SoftmaxCE: expected sample_weight to be at least 0, finite and not all 0, got values"
    with pytest.raises(ValueError, match="^" + message):
        checks.weights(CE, values, (3,), np.dtype(float))


@pytest.mark.parametrize("value", [1, 7, np.int64(3), np.uint8(2)])
def test_a_count_is_a_python_int(value):
    assert checks.count("Any", "in_features", value) == value
    assert type(checks.count("Any", "in_features", value)) is int


@pytest.mark.parametrize("value", [0, -1, 2.0, 2.5, True, "3", None, np.array([3]), np.float64(3)])
def test_anything_but_a_count_is_refused(value):
    message = f"Any: expected size to be a positive integer, got {value!r}"
    with pytest.raises(ValueError, match=sentence(message)):
        checks.count("Any", "size", value)


@pytest.mark.parametrize("value", [1, -2.5, 0, np.float32(0.5), np.int8(3), np.longdouble(2)])
def test_a_real_is_a_python_float(value):
    assert checks.real("Any", "alpha", value) == value
    assert type(checks.real("Any", "alpha", value)) is float


@pytest.mark.parametrize("value", [True, "3", None, np.array(3.0), np.nan, -np.inf, 2j, 10**400])
def test_anything_but_a_real_number_is_refused(value):
    message = f"Any: expected alpha to be a finite number, got {value!r}"
    with pytest.raises(ValueError, match=sentence(message)):
        checks.real("Any", "alpha", value)


@pytest.mark.parametrize("value", [1, 0, -7, np.int64(3), np.uint8(2)])
def test_an_integer_becomes_a_python_int(value):
    assert checks.whole("Any", "axis", value) == value
    assert type(checks.whole("Any", "axis", value)) is int


@pytest.mark.parametrize("value", [2.0, True, "3", None, np.array(3), (1,)])
def test_anything_but_an_integer_is_refused(value):
    message = f"Any: expected axis to be an integer, got {value!r}"
    with pytest.raises(TypeError, match=sentence(message)):
        checks.whole("Any", "axis", value)


@pytest.mark.parametrize(
    ("x", "place"),
    [([[1.0, 2.0], [-3.0, -4.0]], " at [1, 0]"), ([1.0, -3.0], " at [1]"), (-3.0, "")],
)
def test_the_first_entry_that_is_not_allowed_is_named(x, place):
    x = np.array(x)
    message = f"ReLU: expected x above 0, got -3.0{place}; try 1"
    with pytest.raises(ValueError, match=sentence(message)):
        checks.allowed(RELU, "x above 0", x, x > 0, "; try 1")
    checks.allowed(RELU, "x below 5", x, x < 5)


def test_what_has_weight_0_is_not_counted():
    values = np.array([[1.0, 2.0], [np.inf, np.nan]])
    assert checks.counted(np.array([[1.0], [0.0]]), values).tolist() == [[1.0, 2.0], [0.0, 0.0]]
    assert checks.counted(0.25, values) is values


def test_a_generator_is_used_itself():
    rng = np.random.default_rng(0)
    assert checks.generator("Any", rng) is rng


def test_a_seed_makes_a_generator_that_draws_the_same():
    assert checks.generator("Any", 5).random() == np.random.default_rng(5).random()
    assert checks.generator("Any", None).random() != checks.generator("Any", None).random()


@pytest.mark.parametrize("value", [-1, 1.5, "seed", object(), [], True, np.array([1, 2])])
@pytest.mark.parametrize(
    ("make", "owner"),
    [
        (lambda rng: Dropout(0.5, rng=rng), "Dropout"),
        (lambda rng: FullyConnected(3, 2, rng=rng), "FullyConnected"),
        (lambda rng: zeros((2,), rng), "zeros"),
    ],
)
def test_anything_but_a_source_of_random_numbers_is_refused(value, make, owner):
    message = (
        f"{owner}: expected rng to be None, a seed (a non-negative integer) or a "
        f"numpy.random.Generator, got {value!r}"
    )
    with pytest.raises(TypeError, match=sentence(message)):
        make(value)
