import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import BinaryCE, assert_gradients


def test_by_hand():
    loss = BinaryCE()
    value = loss.forward([0.75, 0.25, 0.5, 0.75], [1, 1, 0, 0])
    assert value == pytest.approx(math.log(4 / 3 * 4 * 2 * 4) / 4, rel=1e-15)
    dp, grads = loss.backward()
    np.testing.assert_allclose(dp, [-1 / 3, -1.0, 0.5, 1.0], rtol=1e-15)
    assert grads == {}


def test_dout_is_a_factor():
    loss = BinaryCE()
    loss.forward([0.5], [1])
    assert loss.backward(-4)[0].tolist() == [8.0]


def test_a_target_between_0_and_1_is_a_probability():
    loss = BinaryCE()
    assert loss.forward([0.25], [0.25]) == pytest.approx(math.log(4) - 0.75 * math.log(3))
    np.testing.assert_allclose(loss.backward()[0], [0.0], atol=1e-15)


def test_a_certain_and_correct_prediction_costs_nothing():
    loss = BinaryCE()
    value = loss.forward([0.0, 1.0], [0, 1])
    assert value == 0.0
    assert math.copysign(1, value) == 1.0  # not -0.0
    assert loss.backward()[0].tolist() == [0.5, -0.5]


def test_certainty_that_is_wrong_costs_everything():
    loss = BinaryCE()
    assert loss.forward([0.0, 1.0, 0.5], [1, 0, 1]) == np.inf
    assert loss.backward(3)[0].tolist() == [-np.inf, np.inf, -2.0]


def test_certainty_about_what_is_uncertain_costs_everything():
    loss = BinaryCE()
    assert loss.forward([0.0, 1.0], [0.5, 0.5]) == np.inf
    assert loss.backward()[0].tolist() == [-np.inf, np.inf]


def test_nothing_is_clipped():
    loss = BinaryCE()
    assert loss.forward([1e-300], [1]) == pytest.approx(300 * math.log(10), rel=1e-14)
    assert loss.backward()[0].tolist() == pytest.approx([-1e300], rel=1e-14)
    assert loss.forward([1e-300], [0]) == 1e-300  # log(1 - p) keeps its digits


def test_the_smallest_probability_of_what_happened():
    loss = BinaryCE()
    assert loss.forward([5e-324], [1]) == pytest.approx(744.44, abs=0.01)
    assert loss.backward()[0].tolist() == [-np.inf]


def test_nan_stays_visible():
    loss = BinaryCE()
    for t in (0, 1, 0.5):
        assert math.isnan(loss.forward([np.nan, 0.5], [t, 1]))
        assert np.isnan(loss.backward()[0][0])


@pytest.mark.parametrize("wrong", [-0.1, 1.5, 7.0, -np.inf])
def test_anything_but_a_probability_is_refused_with_its_place(wrong):
    message = (
        f"BinaryCE: expected probabilities p from 0 to 1, got {wrong} at [0, 2]; "
        "scores are for SigmoidCE"
    )
    loss = BinaryCE()
    for verb in (loss.forward, loss.predict, loss.accuracy):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb([[0.0, 1.0, wrong]], [[0, 1, 1]])
    with pytest.raises(RuntimeError, match="before forward"):
        loss.backward()


@pytest.mark.parametrize("t", [(6, 1), (1, 6), (), (5,)])
def test_targets_of_another_shape_are_never_broadcast(t):
    message = (
        f"BinaryCE: expected targets t of shape (6,), the shape of p, got {t}; "
        "reshape one of them, because they are never broadcast"
    )
    loss = BinaryCE()
    for verb in (loss.forward, loss.predict, loss.accuracy):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(np.ones(6), np.ones(t))
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        loss.check((6,), np.ones(t))


def test_targets_outside_are_refused():
    message = (
        "BinaryCE: expected targets t from 0 to 1, got -1 at [0]; 0 and 1 name the two classes"
    )
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        BinaryCE().forward([0.5, 0.5], [-1, 1])


@pytest.mark.parametrize("shape", [(0,), (0, 3)])
def test_an_empty_batch_is_refused(shape):
    message = f"BinaryCE: expected at least one example, got p of shape {shape}; the mean of"
    loss = BinaryCE()
    for verb in (loss.forward, loss.accuracy):
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            verb(np.ones(shape), np.ones(shape))


def test_weights_by_hand():
    loss = BinaryCE()
    value = loss.forward([[0.75, 0.5], [0.25, 0.5]], [[1, 0], [1, 0]], [3.0, 1.0])
    assert value == pytest.approx((3 * math.log(8 / 3) + math.log(8)) / 8)
    np.testing.assert_allclose(loss.backward()[0], [[-0.5, 0.75], [-0.5, 0.25]], rtol=1e-14)


def test_an_example_of_weight_0_does_not_count_even_where_its_loss_is_infinite():
    loss = BinaryCE()
    assert loss.forward([0.5, 0.0], [1, 1], [2.0, 0.0]) == pytest.approx(math.log(2))
    assert loss.backward()[0].tolist() == [-2.0, 0.0]


def test_weights_are_forgotten_by_the_next_forward():
    loss = BinaryCE()
    loss.forward([0.5, 0.5], [1, 0], [1.0, 0.0])
    loss.forward([0.5, 0.5], [1, 0])
    assert loss.backward()[0].tolist() == [-1.0, 1.0]


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(max_dims=2, max_side=5),
        elements=st.floats(0.0009765625, 0.9990234375, width=32),
    )
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(p):
    t = np.arange(p.size).reshape(p.shape) % 2
    loss, eps = BinaryCE(), 300 * float(np.finfo(p.dtype).eps)
    right = np.where(t == 1, p.astype(float), 1 - p.astype(float))
    expected = -math.fsum(map(math.log, right.flat)) / p.size
    assert loss.forward(p, t) == pytest.approx(expected, rel=eps, abs=eps)
    dp, _ = loss.backward(p.size)
    np.testing.assert_allclose(dp, np.where(t == 1, -1, 1) / right, rtol=eps)
    assert dp.dtype == p.dtype


def test_the_gradient_is_correct_close_to_certainty():
    p = np.array([1e-9, 1 - 1e-9, 1e-3, 0.999, 0.5])
    assert_gradients(BinaryCE(), p, np.array([0, 1, 1, 0, 1]))
    assert_gradients(BinaryCE(), p[2:], np.array([0.3, 0.9, 0.5]))


def test_accuracy_by_hand():
    assert BinaryCE.accuracy([0.9, 0.2, 0.6, 0.7], [1, 0, 0, 1]) == 0.75
    assert BinaryCE().accuracy([[0.9], [0.2]], [[0], [1]]) == 0.0
    assert BinaryCE.accuracy([0.5, 0.5 + 1e-15], [0, 1]) == 1.0  # 1/2 is not above 1/2


def test_accuracy_counts_nan_as_wrong():
    assert BinaryCE.accuracy([np.nan, np.nan, 1.0, 0.0], [0, 1, 1, 0]) == 0.5
