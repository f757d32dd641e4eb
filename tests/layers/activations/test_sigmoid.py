import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Sigmoid


def test_by_hand():
    sigmoid = Sigmoid()
    y = sigmoid.forward([[0.0, math.log(3)], [-math.log(3), math.log(9)]])
    np.testing.assert_allclose(y, [[0.5, 0.75], [0.25, 0.9]], rtol=1e-15)
    dx, grads = sigmoid.backward([[4.0, 16.0], [-16.0, 100.0]])
    np.testing.assert_allclose(dx, [[1.0, 3.0], [-3.0, 9.0]], rtol=1e-14)
    assert grads == {}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_it_is_flat_and_nothing_overflows(dtype):
    largest = np.finfo(dtype).max
    x = np.array([-largest, -1e4, -0.0, 0.0, 1e4, largest], dtype)
    sigmoid = Sigmoid()
    assert sigmoid.forward(x).tolist() == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    assert sigmoid.backward(np.ones(6))[0].tolist() == [0.0, 0.0, 0.25, 0.25, 0.0, 0.0]


def test_small_probabilities_keep_their_digits():
    y = Sigmoid().forward([-40.0, -700.0])
    assert y[0] == pytest.approx(4.248354255291589e-18, rel=1e-14)
    assert y[1] == pytest.approx(9.859676543759770e-305, rel=1e-12)


def test_infinity_has_a_value_and_nan_stays_nan():
    y = Sigmoid().forward([np.inf, -np.inf, np.nan])
    assert y[:2].tolist() == [1.0, 0.0]
    assert np.isnan(y[2])


@given(hnp.arrays(np.float64, hnp.array_shapes(max_side=4), elements=st.floats(-700, 700)))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(x):
    sigmoid = Sigmoid()
    y = sigmoid.forward(x)
    dx, _ = sigmoid.backward(np.ones(x.shape))
    assert y.shape == dx.shape == x.shape
    for before, after, slope in zip(x.flat, y.flat, dx.flat, strict=True):
        assert after == pytest.approx(1 / (1 + math.exp(-before)), rel=1e-14)
        assert slope == pytest.approx(0.25 / math.cosh(before / 2) ** 2, rel=1e-9, abs=1e-15)


@given(hnp.arrays(np.float64, 5, elements=st.floats(-1e300, 1e300)))
@settings(deadline=None, max_examples=40, derandomize=True)
def test_both_sides_sum_to_1(x):
    sigmoid = Sigmoid()
    np.testing.assert_allclose(sigmoid.forward(x) + sigmoid.forward(-x), 1, rtol=1e-15)
