import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Tanh


def test_by_hand():
    tanh = Tanh()
    y = tanh.forward([[0.0, math.log(2)], [-math.log(2), math.log(3)]])
    np.testing.assert_allclose(y, [[0.0, 0.6], [-0.6, 0.8]], rtol=1e-14)
    dx, grads = tanh.backward([[1.0, 100.0], [-100.0, 100.0]])
    np.testing.assert_allclose(dx, [[1.0, 64.0], [-64.0, 36.0]], rtol=1e-13)
    assert grads == {}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_it_is_flat_and_nothing_overflows(dtype):
    largest = np.finfo(dtype).max
    tanh = Tanh()
    x = np.array([-largest, -1e4, 0.0, 1e4, largest], dtype)
    assert tanh.forward(x).tolist() == [-1.0, -1.0, 0.0, 1.0, 1.0]
    assert tanh.backward(np.ones(5))[0].tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]


def test_near_0_it_is_x():
    assert Tanh().forward([1e-200, -1e-20]).tolist() == [1e-200, -1e-20]


def test_infinity_has_a_value_and_nan_stays_nan():
    y = Tanh().forward([np.inf, -np.inf, np.nan])
    assert y[:2].tolist() == [1.0, -1.0]
    assert np.isnan(y[2])


@given(hnp.arrays(np.float64, hnp.array_shapes(max_side=4), elements=st.floats(-300, 300)))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(x):
    tanh = Tanh()
    y = tanh.forward(x)
    dx, _ = tanh.backward(np.ones(x.shape))
    assert y.shape == dx.shape == x.shape
    for before, after, slope in zip(x.flat, y.flat, dx.flat, strict=True):
        assert after == pytest.approx(math.tanh(before), rel=1e-14)
        assert slope == pytest.approx(1 / math.cosh(before) ** 2, rel=1e-9, abs=1e-15)
