import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import ELU, assert_gradients

LOG2 = math.log(2)


def test_by_hand():
    elu = ELU(4.0)
    y = elu.forward([[-LOG2, 3.0], [0.5, -2 * LOG2]])
    np.testing.assert_allclose(y, [[-2.0, 3.0], [0.5, -3.0]], rtol=1e-15)
    dx, grads = elu.backward([[10.0, 20.0], [-30.0, -40.0]])
    np.testing.assert_allclose(dx, [[20.0, 20.0], [-30.0, -40.0]], rtol=1e-14)
    assert grads == {}


def test_the_slope_at_0_is_alpha():
    for alpha in (1.0, 0.5):
        elu = ELU(alpha)
        assert elu.forward([0.0, -0.0]).tolist() == [0.0, 0.0]
        assert elu.backward([4.0, -4.0])[0].tolist() == [4 * alpha, -4 * alpha]


def test_alpha_is_1_unless_given():
    assert repr(ELU()) == "ELU()"
    assert repr(ELU(2)) == "ELU(alpha=2.0)"
    assert ELU().forward([-1000.0]).tolist() == [-1.0]


def test_small_negative_numbers_keep_their_digits():
    assert ELU().forward([-1e-20]).tolist() == [-1e-20]


def test_nothing_overflows_and_nan_stays_nan():
    elu = ELU()
    y = elu.forward([1e308, -1e308, np.inf, -np.inf, np.nan])
    assert y[:4].tolist() == [1e308, -1.0, np.inf, -1.0]
    assert np.isnan(y[4])
    assert elu.backward(np.ones(5))[0][:4].tolist() == [1.0, 0.0, 1.0, 0.0]


@pytest.mark.parametrize("alpha", [1.0, 0.3, 4.0])
def test_the_gradient_is_correct_next_to_0(alpha):
    assert_gradients(ELU(alpha), np.array([-1.0, 0.0, -0.0, 1e-9, -1e-9, 2.0, -30.0]))


@pytest.mark.parametrize("alpha", [0, 0.0, -1.0])
def test_alpha_is_above_0(alpha):
    with pytest.raises(ValueError, match=rf"^ELU: expected alpha above 0, got {alpha}$"):
        ELU(alpha)


@pytest.mark.parametrize("alpha", ["1", None, True, np.nan, np.inf])
def test_alpha_is_a_number(alpha):
    message = f"ELU: expected alpha to be a finite number, got {alpha!r}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        ELU(alpha)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_side=4), elements=st.floats(-700, 700)),
    st.floats(0.1, 10),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(x, alpha):
    elu = ELU(alpha)
    y = elu.forward(x)
    dx, _ = elu.backward(np.ones(x.shape))
    assert y.shape == dx.shape == x.shape
    for before, after, slope in zip(np.ravel(x), np.ravel(y), np.ravel(dx), strict=True):
        below = min(before, 0)
        expected = before if before > 0 else alpha * math.expm1(below)
        assert after == pytest.approx(expected, rel=1e-14)
        assert slope == pytest.approx(1 if before > 0 else alpha * math.exp(below), abs=1e-14)
