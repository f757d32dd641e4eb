import numpy as np
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from layers import HardTanh, assert_gradients


def test_by_hand():
    hard = HardTanh()
    assert hard.forward([[-2.0, 0.5], [-0.25, 7.0]]).tolist() == [[-1.0, 0.5], [-0.25, 1.0]]
    dx, grads = hard.backward([[10.0, 20.0], [-30.0, 40.0]])
    assert dx.tolist() == [[0.0, 20.0], [-30.0, 0.0]]
    assert grads == {}


def test_the_slope_at_the_kinks_is_0():
    hard = HardTanh()
    assert hard.forward([-1.0, 1.0]).tolist() == [-1.0, 1.0]
    assert hard.backward([5.0, 5.0])[0].tolist() == [0.0, 0.0]


def test_nan_stays_nan_and_infinity_is_cut_off():
    y = HardTanh().forward([np.nan, np.inf, -np.inf])
    assert np.isnan(y[0])
    assert y[1:].tolist() == [1.0, -1.0]


def test_the_gradient_is_correct_next_to_the_kinks():
    assert_gradients(HardTanh(), np.array([-1.0, 1.0, 1 + 1e-9, 1 - 1e-9, 0.0, 3.0, -3.0]))


@given(
    hnp.arrays(
        hnp.floating_dtypes(endianness="=", sizes=(32, 64)),
        hnp.array_shapes(min_dims=0, max_side=4),
    )
)
@settings(deadline=None, max_examples=80, derandomize=True)
def test_entry_by_entry(x):
    hard = HardTanh()
    y = hard.forward(x)
    dx, _ = hard.backward(np.full(x.shape, 3.0))
    assert y.shape == dx.shape == x.shape
    assert y.dtype == dx.dtype == x.dtype
    for before, after, slope in zip(np.ravel(x), np.ravel(y), np.ravel(dx), strict=True):
        assert slope == (3 if -1 < before < 1 else 0)
        assert np.isnan(after) if np.isnan(before) else after == min(max(before, -1), 1)
