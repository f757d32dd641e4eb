import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import LeakyReLU, assert_gradients


def test_by_hand():
    leaky = LeakyReLU(0.25)
    assert leaky.forward([[-2.0, 3.0], [0.5, -4.0]]).tolist() == [[-0.5, 3.0], [0.5, -1.0]]
    dx, grads = leaky.backward([[10.0, 20.0], [-30.0, -40.0]])
    assert dx.tolist() == [[2.5, 20.0], [-30.0, -10.0]]
    assert grads == {}


def test_the_slope_at_the_kink_is_the_negative_one():
    leaky = LeakyReLU(0.25)
    assert leaky.forward([0.0, -0.0]).tolist() == [0.0, 0.0]
    assert leaky.backward([4.0, -4.0])[0].tolist() == [1.0, -1.0]


def test_the_slope_is_a_hundredth_unless_given():
    leaky = LeakyReLU()
    assert leaky.negative_slope == 0.01
    assert leaky.forward([-100.0]).tolist() == [-1.0]
    assert repr(leaky) == "LeakyReLU()"
    assert repr(LeakyReLU(0.2)) == "LeakyReLU(negative_slope=0.2)"


def test_nan_stays_nan_and_infinity_infinity():
    leaky = LeakyReLU(0.25)
    y = leaky.forward([np.nan, np.inf, -np.inf])
    assert np.isnan(y[0])
    assert y[1:].tolist() == [np.inf, -np.inf]
    dx, _ = leaky.backward([1.0, 1.0, 1.0])
    assert np.isnan(dx[0])
    assert dx[1:].tolist() == [1.0, 0.25]


def test_the_gradient_is_correct_next_to_the_kink():
    assert_gradients(LeakyReLU(), np.array([-1.0, 0.0, -0.0, 1e-9, -1e-9, 2.0]))


@pytest.mark.parametrize("slope", [0, 0.0, 1, 1.5, -0.01])
def test_a_slope_that_is_not_between_0_and_1_is_refused(slope):
    message = (
        f"LeakyReLU: expected negative_slope between 0 and 1, got {slope!r}; "
        "with 0 it would be a ReLU"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        LeakyReLU(slope)


@pytest.mark.parametrize("slope", ["0.1", None, True, np.nan, np.inf, [0.1], 10**400, 0.1j])
def test_a_slope_that_is_not_a_number_is_refused(slope):
    message = f"LeakyReLU: expected negative_slope to be a finite number, got {slope!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        LeakyReLU(slope)


@given(
    hnp.arrays(
        hnp.floating_dtypes(endianness="=", sizes=(32, 64)),
        hnp.array_shapes(min_dims=0, max_side=4),
    ),
    st.floats(0.01, 0.99),
)
@settings(deadline=None, max_examples=80, derandomize=True)
def test_entry_by_entry(x, slope):
    leaky = LeakyReLU(slope)
    y = leaky.forward(x)
    dx, _ = leaky.backward(np.full(x.shape, 1.0))
    assert y.shape == dx.shape == x.shape
    assert y.dtype == dx.dtype == x.dtype
    k = x.dtype.type(slope)
    np.testing.assert_array_equal(y, np.where(x > 0, x, k * x))
    slopes = np.where(np.isnan(x), x, np.where(x > 0, 1, k))
    np.testing.assert_array_equal(dx, slopes.astype(x.dtype))
