import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import BinaryCE, Sigmoid, SigmoidCE, assert_gradients

LOG3 = math.log(3)


def test_by_hand():
    loss = SigmoidCE()
    scores = [LOG3, -LOG3, 0.0, LOG3]  # probabilities 3/4, 1/4, 1/2 and 3/4
    value = loss.forward(scores, [1, 1, 0, 0])
    assert value == pytest.approx(math.log(4 / 3 * 4 * 2 * 4) / 4, rel=1e-15)
    dscores, grads = loss.backward()
    np.testing.assert_allclose(dscores, [-0.0625, -0.1875, 0.125, 0.1875], rtol=1e-14)
    assert grads == {}


def test_dout_is_a_factor():
    loss = SigmoidCE()
    loss.forward([LOG3], [1])
    np.testing.assert_allclose(loss.backward(-4)[0], [1.0], rtol=1e-14)


def test_the_gradient_is_a_minus_y_over_n():
    rng = np.random.default_rng(0)
    scores, y = rng.normal(size=(6, 1)), rng.integers(2, size=(6, 1))
    a = Sigmoid().forward(scores)
    loss = SigmoidCE()
    loss.forward(scores, y)
    np.testing.assert_allclose(loss.backward()[0], (a - y) / 6, rtol=1e-15)


def test_composing_sigmoid_and_binary_cross_entropy_gives_the_same():
    """The derivation: dp = -y/a + (1 - y)/(1 - a), times da/ds = a (1 - a), is a - y."""
    rng = np.random.default_rng(0)
    scores, y = 3 * rng.normal(size=(6, 2)), rng.integers(2, size=(6, 2))
    sigmoid, of_p, of_scores = Sigmoid(), BinaryCE(), SigmoidCE()
    a = sigmoid.forward(scores)
    assert of_p.forward(a, y) == pytest.approx(of_scores.forward(scores, y), rel=1e-13)
    da, _ = of_p.backward()
    dscores, _ = sigmoid.backward(da)
    np.testing.assert_allclose(dscores, (a - y) / a.size, rtol=1e-12)
    np.testing.assert_allclose(dscores, of_scores.backward()[0], rtol=1e-12)


def test_a_target_between_0_and_1_is_a_probability():
    loss = SigmoidCE()
    assert loss.forward([LOG3], [0.75]) == pytest.approx(math.log(4) - 0.75 * LOG3)
    np.testing.assert_allclose(loss.backward()[0], [0.0], atol=1e-16)


@pytest.mark.parametrize("size", [1e3, 1e100, 1e308])
def test_large_scores_are_never_clipped(size):
    loss = SigmoidCE()
    assert loss.forward([size, -size], [1, 0]) == 0.0
    assert loss.backward()[0].tolist() == [0.0, 0.0]
    assert loss.forward([size, -size], [0, 1]) == size
    assert loss.backward()[0].tolist() == [0.5, -0.5]


def test_small_losses_keep_their_digits():
    assert SigmoidCE().forward([40.0], [1]) == pytest.approx(math.exp(-40), rel=1e-14, abs=0)


def test_targets_of_any_kind():
    loss = SigmoidCE()
    expected = loss.forward([0.5, -0.5], [1, 0])
    for t in ([True, False], (1.0, 0.0), np.array([1, 0], np.uint8), np.array([1, 0], np.float32)):
        assert loss.forward([0.5, -0.5], t) == expected


def test_a_single_number():
    loss = SigmoidCE()
    assert loss.forward(0.0, 1) == pytest.approx(math.log(2))
    assert loss.backward()[0] == -0.5


@pytest.mark.parametrize("t", [(6, 1), (1, 6), (), (5,)])
def test_targets_of_another_shape_are_never_broadcast(t):
    message = (
        f"SigmoidCE: expected targets t of shape (6,), the shape of the scores, got {t}; "
        "reshape one of them, because they are never broadcast"
    )
    loss = SigmoidCE()
    for verb in (loss.forward, loss.predict, loss.accuracy):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(np.ones(6), np.ones(t))
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        loss.check((6,), np.ones(t))


@pytest.mark.parametrize("wrong", [-1, 2, 1.5, -0.1, np.nan])
def test_targets_outside_are_refused_with_their_place(wrong):
    message = (
        f"SigmoidCE: expected targets t from 0 to 1, got {float(wrong)} at [1, 0]; "
        "0 and 1 name the two classes"
    )
    loss = SigmoidCE()
    t = np.array([[0, 1], [wrong, 1]], float)
    for verb in (loss.forward, loss.predict, loss.accuracy):
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            verb(np.ones((2, 2)), t)


def test_check_gives_the_targets_as_an_array():
    assert SigmoidCE().check((2,), [1, 0]).tolist() == [1, 0]


@pytest.mark.parametrize("shape", [(0,), (0, 3)])
def test_an_empty_batch_is_refused(shape):
    message = f"SigmoidCE: expected at least one example, got scores of shape {shape}; the mean"
    loss = SigmoidCE()
    for verb in (loss.forward, loss.accuracy):
        with pytest.raises(ValueError, match="^" + re.escape(message)):
            verb(np.ones(shape), np.ones(shape))


def test_weights_by_hand():
    loss = SigmoidCE()
    value = loss.forward([[LOG3, 0.0], [-LOG3, 0.0]], [[1, 0], [1, 0]], [3.0, 1.0])
    assert value == pytest.approx((3 * math.log(8 / 3) + math.log(8)) / 8)
    dscores, _ = loss.backward()
    expected = [[-0.09375, 0.1875], [-0.09375, 0.0625]]
    np.testing.assert_allclose(dscores, expected, rtol=1e-14)


def test_weights_are_forgotten_by_the_next_forward():
    loss = SigmoidCE()
    loss.forward([LOG3, LOG3], [1, 0], [1.0, 0.0])
    loss.forward([LOG3, LOG3], [1, 0])
    np.testing.assert_allclose(loss.backward()[0], [-0.125, 0.375], rtol=1e-14)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        hnp.array_shapes(max_dims=2, max_side=5),
        elements=st.floats(-60, 60, width=32),
    )
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_entry_by_entry(scores):
    t = np.arange(scores.size).reshape(scores.shape) % 2
    loss, eps = SigmoidCE(), 300 * float(np.finfo(scores.dtype).eps)
    signed = np.where(t == 1, -scores, scores).astype(float)
    expected = math.fsum(math.log1p(math.exp(s)) for s in signed.flat) / scores.size
    assert loss.forward(scores, t) == pytest.approx(expected, rel=eps, abs=eps)
    dscores, _ = loss.backward(scores.size)
    np.testing.assert_allclose(dscores, 1 / (1 + np.exp(-scores)) - t, atol=eps)
    assert dscores.dtype == scores.dtype


def test_the_gradient_is_correct_at_large_scores_and_at_0():
    scores = np.array([0.0, 40.0, -40.0, 500.0, -500.0, 1e-9])
    assert_gradients(SigmoidCE(), scores, np.array([0, 1, 0, 0, 1, 1]))


def test_accuracy_by_hand():
    assert SigmoidCE.accuracy([2.0, -1.0, 0.5, 3.0], [1, 0, 0, 1]) == 0.75
    assert SigmoidCE().accuracy([[2.0], [-1.0]], [[0], [1]]) == 0.0
    assert SigmoidCE.accuracy([0.0, 5e-324], [0, 1]) == 1.0  # 0 is not above 0


def test_accuracy_counts_nan_as_wrong():
    assert SigmoidCE.accuracy([np.nan, np.nan, 1.0, -1.0], [0, 1, 1, 0]) == 0.5
