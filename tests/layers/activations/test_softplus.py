import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Sigmoid, Softplus

LOG3 = math.log(3)


def test_by_hand():
    softplus = Softplus()
    y = softplus.forward([[0.0, LOG3], [-LOG3, math.log(9)]])
    expected = [[math.log(2), math.log(4)], [math.log(4 / 3), math.log(10)]]
    np.testing.assert_allclose(y, expected, rtol=1e-15)
    dx, grads = softplus.backward([[4.0, 16.0], [-16.0, 10.0]])
    np.testing.assert_allclose(dx, [[2.0, 12.0], [-4.0, 9.0]], rtol=1e-14)
    assert grads == {}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_it_is_0_or_x_and_nothing_overflows(dtype):
    largest = np.finfo(dtype).max
    softplus = Softplus()
    x = np.array([-np.inf, -largest, 1e4, largest, np.inf], dtype)
    assert softplus.forward(x).tolist() == [0.0, 0.0, 1e4, largest, np.inf]
    assert softplus.backward(np.ones(5))[0].tolist() == [0.0, 0.0, 1.0, 1.0, 1.0]


def test_small_values_keep_their_digits():
    softplus = Softplus()
    y = softplus.forward([-40.0, -700.0, 30.0])
    assert y[:2].tolist() == pytest.approx([math.exp(-40), math.exp(-700)], rel=1e-13, abs=0)
    assert y[2] - 30 == pytest.approx(math.exp(-30), rel=0.05)
    slopes = softplus.backward([1.0, 1.0, 1.0])[0]
    assert slopes[:2].tolist() == pytest.approx([math.exp(-40), math.exp(-700)], rel=1e-13, abs=0)


def test_nan_stays_nan():
    assert np.isnan(Softplus().forward([np.nan])).all()


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_side=4), elements=st.floats(-700, 700))
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(x):
    softplus = Softplus()
    y = softplus.forward(x)
    dx, _ = softplus.backward(np.ones(x.shape))
    assert y.shape == dx.shape == x.shape
    np.testing.assert_allclose(dx, Sigmoid().forward(x), rtol=1e-14)
    for before, after in zip(np.ravel(x), np.ravel(y), strict=True):
        assert after == pytest.approx(math.log1p(math.exp(before)), rel=1e-14)
