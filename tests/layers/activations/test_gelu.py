import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import GELU, assert_gradients


def below(x):
    """The probability that a standard normal number is below x."""
    return math.erfc(-x / math.sqrt(2)) / 2


def density(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def test_by_hand():
    gelu = GELU()
    y = gelu.forward([[0.0, 1.0], [-1.0, 2.0]])  # Φ(1) = 0.841345, Φ(2) = 0.977250
    np.testing.assert_allclose(y, [[0.0, 0.841345], [-0.158655, 1.954500]], atol=1e-6)
    dx, grads = gelu.backward([[4.0, 1.0], [1.0, -1.0]])  # φ(1) = 0.241971, φ(2) = 0.053991
    expected = [[2.0, 1.083315], [-0.083315, -1.085232]]
    np.testing.assert_allclose(dx, expected, atol=1e-6)
    assert grads == {}


def test_at_0_both_sides_meet_to_the_last_bit():
    gelu = GELU()
    assert gelu.forward([0.0, -0.0]).tolist() == [0.0, 0.0]
    assert gelu.backward([1.0, 1.0])[0].tolist() == [0.5, 0.5]


def test_the_values_are_those_of_the_error_function():
    x = np.linspace(-12, 12, 24_001)
    gelu = GELU()
    y = gelu.forward(x)
    dx, _ = gelu.backward(np.ones_like(x))
    expected = [value * below(value) for value in x.tolist()]
    slopes = [below(value) + value * density(value) for value in x.tolist()]
    np.testing.assert_allclose(y, expected, rtol=5e-14)
    np.testing.assert_allclose(dx, slopes, rtol=1e-12, atol=1e-15)


def test_far_out_it_is_0_or_x_and_nothing_overflows():
    gelu = GELU()
    y = gelu.forward([-np.inf, -1e308, -50.0, 50.0, 1e308, np.inf])
    assert y.tolist() == [0.0, 0.0, 0.0, 50.0, 1e308, np.inf]
    assert gelu.backward(np.ones(6))[0].tolist() == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]


def test_nan_stays_nan():
    gelu = GELU()
    assert np.isnan(gelu.forward([np.nan])).all()
    assert np.isnan(gelu.backward([1.0])[0]).all()


def test_float32_is_correct_to_the_last_digits():
    dtype = np.float32
    x = np.linspace(-8, 8, 1001).astype(dtype)
    gelu = GELU()
    y = gelu.forward(x)
    dx, _ = gelu.backward(np.ones_like(x))
    eps = np.finfo(dtype).eps
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_allclose(y, [v * below(v) for v in x.tolist()], rtol=0, atol=8 * eps)
    slopes = [below(v) + v * density(v) for v in x.tolist()]
    np.testing.assert_allclose(dx, slopes, rtol=0, atol=8 * eps)


def test_the_largest_short_number():
    largest = float(np.finfo(np.float32).max)
    assert GELU().forward(np.array([largest, -largest], np.float32)).tolist() == [largest, 0.0]


def test_the_gradient_is_correct_far_and_near():
    assert_gradients(GELU(), np.array([-20.0, -5.0, -0.75, -1e-9, 0.0, 1e-9, 0.3, 8.0, 40.0]))


@given(hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_side=4), elements=st.floats(-9, 9)))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(x):
    gelu = GELU()
    y = gelu.forward(x)
    dx, _ = gelu.backward(np.ones(x.shape))
    assert y.shape == dx.shape == x.shape
    for before, after in zip(np.ravel(x), np.ravel(y), strict=True):
        assert after == pytest.approx(before * below(before), rel=1e-13)


@given(hnp.arrays(np.float64, 5, elements=st.floats(-30, 30)))
@settings(deadline=None, max_examples=40, derandomize=True)
def test_both_sides_differ_by_x(x):
    gelu = GELU()
    np.testing.assert_allclose(gelu.forward(x) - gelu.forward(-x), x, rtol=1e-14)
