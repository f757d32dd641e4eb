import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from layers import Flatten


def test_each_example_becomes_a_row():
    flatten = Flatten()
    x = np.arange(12.0).reshape(2, 3, 2)
    assert flatten.forward(x).tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    dx, grads = flatten.backward(10 * x.reshape(2, 6))
    np.testing.assert_array_equal(dx, 10 * x)
    assert grads == {}


def test_the_last_axis_runs_fastest_whatever_the_order_in_memory():
    x = np.asfortranarray([[[1.0, 2.0], [3.0, 4.0]]])
    assert Flatten().forward(x).tolist() == [[1.0, 2.0, 3.0, 4.0]]


@pytest.mark.parametrize(
    ("shape", "flat"),
    [
        ((3,), (3, 1)),
        ((3, 4), (3, 4)),
        ((3, 4, 5), (3, 20)),
        ((1, 8, 8), (1, 64)),
        ((0, 8, 8), (0, 64)),
        ((3, 0, 8), (3, 0)),
        ((2, 1, 1, 1), (2, 1)),
    ],
)
def test_shapes(shape, flat):
    flatten = Flatten()
    assert flatten.forward(np.ones(shape)).shape == flat
    assert flatten.predict(np.ones(shape)).shape == flat
    assert flatten.backward(np.ones(flat))[0].shape == shape


def test_nothing_is_copied():
    flatten, x, dout = Flatten(), np.ones((2, 3, 4)), np.ones((2, 12))
    assert np.shares_memory(flatten.forward(x), x)
    assert np.shares_memory(flatten.backward(dout)[0], dout)


def test_a_single_number_has_no_batch_axis():
    with pytest.raises(ValueError, match=r"^Flatten: expected x of shape \(N, \.\.\.\), got a sin"):
        Flatten().forward(3.0)


def test_dout_in_the_shape_of_x_is_refused():
    flatten = Flatten()
    flatten.forward(np.ones((2, 3, 4)))
    with pytest.raises(ValueError, match=r"^Flatten: expected dout of shape \(2, 12\), the shape "):
        flatten.backward(np.ones((2, 3, 4)))


@given(
    hnp.arrays(
        hnp.floating_dtypes(endianness="=", sizes=(32, 64)),
        hnp.array_shapes(max_dims=4, max_side=4),
    )
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_there_and_back(x):
    flatten = Flatten()
    y = flatten.forward(x)
    dx, _ = flatten.backward(y)
    assert y.ndim == 2
    assert y.dtype == dx.dtype == x.dtype
    assert y.tobytes() == dx.tobytes() == x.tobytes()
    assert dx.shape == x.shape
