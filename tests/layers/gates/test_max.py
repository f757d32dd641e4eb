import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers import Max, assert_gradients


def test_by_hand():
    gate = Max()
    assert gate.forward([[1.0, 5.0]], [[2.0, -3.0]]).tolist() == [[2.0, 5.0]]
    (dx0, dx1), grads = gate.backward([[10.0, -20.0]])
    assert dx0.tolist() == [[0.0, -20.0]]
    assert dx1.tolist() == [[10.0, 0.0]]
    assert grads == {}


@pytest.mark.parametrize(
    ("xs", "shares"),
    [
        ((2.0, 2.0), (3.0, 3.0)),
        ((0.0, -0.0), (3.0, 3.0)),
        ((2.0, 1.0, 2.0), (3.0, 0.0, 3.0)),
        ((2.0, 2.0, 2.0), (2.0, 2.0, 2.0)),
        ((1.0, 1.0, 2.0), (0.0, 0.0, 6.0)),
        ((np.inf, np.inf), (3.0, 3.0)),
    ],
)
def test_a_tie_is_shared_equally(xs, shares):
    gate = Max()
    assert gate.forward(*xs) == max(xs)
    assert gate.backward(6.0)[0] == shares


def test_of_one_array_twice_the_slope_is_1():
    gate, x = Max(), np.array([3.0, -4.0])
    gate.forward(x, x)
    assert sum(gate.backward([1.0, 5.0])[0]).tolist() == [1.0, 5.0]


def test_the_gradient_is_correct_next_to_ties_which_are_set_aside():
    x0 = np.array([1.0, 2.0, 2.0, 0.0, 1e-9])
    x1 = np.array([1.0, 2.0 + 1e-9, 2.0, -0.0, -1e-9])
    assert_gradients(Max(), x0, x1)
    assert_gradients(Max(), x0, x1, x0)


def test_nan_stays_nan_on_either_side():
    gate = Max()
    assert np.isnan(gate.forward([np.nan, 1.0], [1.0, np.nan])).all()
    assert [part.tolist() for part in gate.backward([1.0, 1.0])[0]] == [[0.0, 0.0]] * 2


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=6))
@settings(deadline=None, max_examples=40, derandomize=True)
def test_nothing_of_dout_is_lost(xs):
    gate = Max()
    assert gate.forward(*xs) == max(xs)
    assert sum(gate.backward(1.0)[0]) == pytest.approx(1.0)
