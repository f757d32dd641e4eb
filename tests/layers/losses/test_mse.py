import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import MSE, assert_gradients


def test_by_hand():
    mse = MSE()
    assert mse.forward([[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [5.0, 1.0]]) == 3.5
    dy, grads = mse.backward()
    assert dy.tolist() == [[0.5, 0.0], [-1.0, 1.5]]
    assert grads == {}


def test_dout_is_a_factor():
    mse = MSE()
    mse.forward([1.0, 2.0], [0.0, 4.0])
    assert mse.backward(10)[0].tolist() == [10.0, -20.0]
    assert mse.backward(0)[0].tolist() == [0.0, 0.0]


def test_it_is_0_where_the_targets_are_met():
    mse = MSE()
    assert mse.forward([1.0, 2.0], [1, 2]) == 0.0
    assert mse.backward()[0].tolist() == [0.0, 0.0]


def test_a_single_number():
    mse = MSE()
    assert mse.forward(1.0, 3.0) == 4.0
    assert mse.backward()[0] == -4.0
    assert mse.forward(1.0, 3.0, [5.0]) == 4.0
    assert mse.backward()[0] == -4.0


def test_targets_are_cast_to_the_dtype_of_y():
    mse = MSE()
    mse.forward(np.ones(2, np.float32), np.array([0.1, 0.2]))
    assert mse.backward()[0].dtype == np.float32
    mse.forward(np.ones(2, int), np.array([0.1, 0.2], np.float32))
    assert mse.backward()[0].dtype == np.float64


@pytest.mark.parametrize(
    ("y", "t"),
    [
        ((6,), (6, 1)),
        ((6, 1), (6,)),
        ((6, 1), (1, 6)),
        ((6, 3), (6,)),
        ((6, 3), (3,)),
        ((6, 3), (1, 3)),
        ((6,), ()),
        ((), (1,)),
        ((0,), (1,)),
    ],
)
def test_targets_of_another_shape_are_never_broadcast(y, t):
    message = (
        f"MSE: expected targets t of shape {y}, the shape of y, got {t}; "
        "reshape one of them, because they are never broadcast"
    )
    mse = MSE()
    for verb in (mse.forward, mse.predict):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(np.ones(y), np.ones(t))
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        mse.check(y, np.ones(t))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_an_empty_batch_is_refused(shape):
    message = f"MSE: expected at least one example, got y of shape {shape}; the mean of an empty"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        MSE().forward(np.ones(shape), np.ones(shape))


def test_check_gives_the_targets_as_an_array():
    assert MSE().check((2,), [1, 2]).tolist() == [1, 2]


def test_weights_by_hand():
    mse = MSE()
    y, t = [[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [5.0, 1.0]]
    assert mse.forward(y, t, [3.0, 1.0]) == 2.0  # 3/4 of 1/2 and 1/4 of 13/2
    assert mse.backward()[0].tolist() == [[0.75, 0.0], [-0.5, 0.75]]


def test_equal_weights_change_nothing():
    rng = np.random.default_rng(0)
    y, t = rng.normal(size=(2, 5, 3))
    plain, weighted = MSE(), MSE()
    assert weighted.forward(y, t, np.full(5, 7.0)) == pytest.approx(plain.forward(y, t), rel=1e-15)
    np.testing.assert_allclose(weighted.backward()[0], plain.backward()[0], rtol=1e-15)


def test_weights_are_forgotten_by_the_next_forward():
    mse = MSE()
    mse.forward([1.0, 2.0], [0.0, 4.0], [1.0, 0.0])
    mse.forward([1.0, 2.0], [0.0, 4.0])
    assert mse.backward()[0].tolist() == [1.0, -2.0]


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 1), (2, 2)])
def test_there_is_one_weight_for_each_example(shape):
    message = f"MSE: expected sample_weight of shape (2,), one for each example, got {shape}"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        MSE().forward(np.ones((2, 2)), np.ones((2, 2)), np.ones(shape))


@given(
    hnp.array_shapes(min_dims=1, max_dims=3, max_side=4),
    st.data(),
    st.sampled_from([np.float32, np.float64]),
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_an_integer_weight_repeats_an_example(shape, data, dtype):
    times = data.draw(st.lists(st.integers(0, 3), min_size=shape[0], max_size=shape[0]).filter(any))
    rng = np.random.default_rng(0)
    y, t = rng.normal(size=(2, *shape)).astype(dtype)
    mse = MSE()
    weighted = mse.forward(y, t, times)
    dy, _ = mse.backward()
    eps = 100 * float(np.finfo(dtype).eps)
    assert weighted == pytest.approx(
        mse.forward(np.repeat(y, times, 0), np.repeat(t, times, 0)), eps
    )
    repeated, _ = mse.backward()
    assert dy.dtype == dtype
    expected = np.zeros(shape)
    np.add.at(expected, np.repeat(np.arange(shape[0]), times), repeated)
    np.testing.assert_allclose(dy, expected, rtol=eps, atol=eps)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_side=4), elements=st.floats(-1e3, 1e3))
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(y):
    t = np.full(y.shape, 0.5)
    mse = MSE()
    expected = math.fsum((value - 0.5) ** 2 for value in np.ravel(y)) / y.size
    assert mse.forward(y, t) == pytest.approx(expected, rel=1e-13)
    dy, _ = mse.backward(y.size)
    np.testing.assert_allclose(dy, [] if not y.size else 2 * y - 1, rtol=1e-13)
    assert dy.shape == y.shape


def test_the_gradient_is_correct_where_the_targets_are_met_and_far_away():
    y = np.array([[1.0, 2.0], [1e4, -1e-4]])
    assert_gradients(MSE(), y, np.array([[1.0, 2.0], [0.0, 0.0]]))
