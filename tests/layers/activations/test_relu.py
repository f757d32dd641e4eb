import numpy as np
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from layers import ReLU, assert_gradients


def test_by_hand():
    relu = ReLU()
    assert relu.forward([[-2.0, 3.0], [0.5, -0.1]]).tolist() == [[0.0, 3.0], [0.5, 0.0]]
    dx, grads = relu.backward([[10.0, 20.0], [-30.0, 40.0]])
    assert dx.tolist() == [[0.0, 20.0], [-30.0, 0.0]]
    assert grads == {}


def test_the_slope_at_the_kink_is_0():
    relu = ReLU()
    assert relu.forward([0.0, -0.0]).tolist() == [0.0, 0.0]
    dx, _ = relu.backward([5.0, -5.0])
    assert dx.tolist() == [0.0, 0.0]


def test_the_mask_is_that_of_x_whatever_the_sign_of_dout():
    relu = ReLU()
    relu.forward([-1.0, -1.0, 1.0, 1.0])
    dx, _ = relu.backward([-1.0, 1.0, -1.0, 1.0])
    assert dx.tolist() == [0.0, 0.0, -1.0, 1.0]


def test_nan_stays_nan_and_infinity_infinity():
    y = ReLU().forward([np.nan, np.inf, -np.inf])
    assert np.isnan(y[0])
    assert y[1:].tolist() == [np.inf, 0.0]


def test_the_smallest_numbers_count():
    relu = ReLU()
    tiny = 5e-324
    assert relu.forward([tiny, -tiny]).tolist() == [tiny, 0.0]
    assert relu.backward([1.0, 1.0])[0].tolist() == [1.0, 0.0]


def test_the_gradient_is_correct_next_to_kinks():
    assert_gradients(ReLU(), np.array([-1.0, 0.0, -0.0, 1e-9, -1e-9, 2.0]))


def test_a_single_number():
    relu = ReLU()
    assert relu.forward(2) == 2.0
    assert relu.backward(3.0)[0] == 3.0


@given(
    hnp.arrays(
        hnp.floating_dtypes(endianness="=", sizes=(32, 64)),
        hnp.array_shapes(min_dims=0, max_side=4),
    )
)
@settings(deadline=None, max_examples=80, derandomize=True)
def test_entry_by_entry(x):
    relu = ReLU()
    y = relu.forward(x)
    dx, _ = relu.backward(np.full(x.shape, 3.0))
    assert y.shape == dx.shape == x.shape
    assert y.dtype == dx.dtype == x.dtype
    for before, after, slope in zip(np.ravel(x), np.ravel(y), np.ravel(dx), strict=True):
        assert slope == (3 if before > 0 else 0)
        assert np.isnan(after) if np.isnan(before) else after == (before if before > 0 else 0)
