import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import Hinge, assert_gradients

# The cat, car and frog of CS231n: three images, their scores, and losses 2.9, 0 and 12.9.
SCORES = [[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]
LABELS = [0, 1, 2]


def test_the_cat_the_car_and_the_frog():
    loss = Hinge()
    singles = [loss.forward([s], [y]) for s, y in zip(SCORES, LABELS, strict=True)]
    assert singles == pytest.approx([2.9, 0.0, 12.9])
    assert loss.forward(SCORES, LABELS) == pytest.approx(15.8 / 3)
    dscores, grads = loss.backward(3)
    assert dscores.tolist() == [[-1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 1.0, -2.0]]
    assert grads == {}


def test_dout_is_a_factor():
    loss = Hinge()
    loss.forward([[0.0, 0.0]], [0])
    assert loss.backward(-4)[0].tolist() == [[4.0, -4.0]]


def test_at_the_kink_the_slope_is_0():
    loss = Hinge()
    assert loss.forward([[2.0, 1.0, 0.0]], [0]) == 0.0
    assert loss.backward()[0].tolist() == [[0.0, 0.0, 0.0]]


def test_equal_scores_cost_one_for_each_wrong_class():
    loss = Hinge()
    assert loss.forward(np.zeros((3, 5)), [0, 1, 1]) == pytest.approx(4.0)


def test_one_class_costs_nothing():
    loss = Hinge()
    assert loss.forward([[5.0], [7.0]], [0, 0]) == 0.0
    assert loss.backward()[0].tolist() == [[0.0], [0.0]]


def test_rows_of_the_gradient_sum_to_0():
    rng = np.random.default_rng(0)
    loss = Hinge()
    loss.forward(rng.normal(size=(20, 7)), rng.integers(7, size=20))
    np.testing.assert_allclose(loss.backward()[0].sum(axis=1), 0, atol=1e-15)


def test_scores_as_far_apart_as_can_be():
    loss = Hinge()
    assert loss.forward([[1e308, -1e308]], [0]) == 0.0
    assert loss.forward([[1e308, -1e308]], [1]) == np.inf
    assert loss.backward()[0].tolist() == [[1.0, -1.0]]


def test_nan_stays_visible():
    loss = Hinge()
    for scores in ([[0.0, np.nan]], [[np.nan, 0.0]], [[np.nan, np.nan]]):
        assert math.isnan(loss.forward(scores, [0]))
    assert math.isnan(loss.forward([[np.nan]], [0]))


@pytest.mark.parametrize("order", ["C", "F"])
def test_scores_may_lie_in_memory_column_by_column(order):
    loss = Hinge()
    scores = np.array(SCORES, order=order)
    assert loss.forward(scores, LABELS) == pytest.approx(15.8 / 3)
    assert loss.backward(3)[0][2].tolist() == [1.0, 1.0, -2.0]


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, -1], ValueError, "expected labels from 0 to 2, because there are 3 classes, got -1 "),
        ([0.0, 1.0], TypeError, "expected integer labels, got dtype float64; pass labels.astype("),
        (np.eye(2, 3), ValueError, "expected labels of shape (2,), one integer an example, got "),
        ([0], ValueError, "expected labels of shape (2,), one for each example, got (1,)"),
    ],
)
def test_invalid_labels_are_refused(labels, error, message):
    loss = Hinge()
    for verb in (loss.forward, loss.predict):
        with pytest.raises(error, match="^" + re.escape(f"Hinge: {message}")):
            verb(np.zeros((2, 3)), labels)
    with pytest.raises(error, match="^" + re.escape(f"Hinge: {message}")):
        loss.check((2, 3), labels)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 0), (2, 0)])
def test_scores_have_two_axes_or_more(shape):
    message = f"Hinge: expected scores of shape (N, C), got {shape}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Hinge().forward(np.zeros(shape), [0, 1])


def test_an_empty_batch_is_refused():
    message = "Hinge: expected at least one example, got scores of shape (0, 3); the mean of"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        Hinge().forward(np.zeros((0, 3)), np.zeros(0, int))


def test_weights_by_hand():
    loss = Hinge()
    assert loss.forward(SCORES, LABELS, [3.0, 1.0, 0.0]) == pytest.approx(0.75 * 2.9)
    dscores, _ = loss.backward()
    assert dscores.tolist() == [[-0.75, 0.75, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


def test_an_example_of_weight_0_does_not_count_at_any_scores():
    loss = Hinge()
    assert loss.forward([[0.0, 0.0], [1e308, -1e308]], [0, 1], [1.0, 0.0]) == 1.0


def test_weights_are_forgotten_by_the_next_forward():
    loss = Hinge()
    loss.forward(SCORES, LABELS, [1.0, 0.0, 0.0])
    assert loss.forward(SCORES, LABELS) == pytest.approx(15.8 / 3)
    assert loss.backward(3)[0][2].tolist() == [1.0, 1.0, -2.0]


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(1, 5), st.integers(1, 5)),
        elements=st.floats(-60, 60, width=16),
    )
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_example_by_example(scores):
    n, classes = scores.shape
    labels = np.arange(n) % classes
    expected, slopes = 0.0, np.zeros((n, classes))
    for i, y in enumerate(labels):
        for j in range(classes):
            term = float(scores[i, j]) - float(scores[i, y]) + 1
            if j != y and term > 0:
                expected += term / n
                slopes[i, j] += 1
                slopes[i, y] -= 1
    loss = Hinge()
    assert loss.forward(scores, labels) == pytest.approx(expected, rel=1e-5)
    dscores, _ = loss.backward(n)
    np.testing.assert_allclose(dscores, slopes, rtol=1e-6)
    assert dscores.dtype == scores.dtype


def test_the_gradient_is_correct_at_kinks_and_ties():
    scores = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [500.0, 0.0, 499.0]])
    for labels in ([0, 1, 0], [1, 2, 2]):
        assert_gradients(Hinge(), scores, np.array(labels))
    assert_gradients(Hinge(), scores, np.array([2, 1, 1]), np.array([1.0, 2.0, 0.5]))


def test_accuracy_by_hand():
    assert Hinge.accuracy(SCORES, LABELS) == pytest.approx(1 / 3)
    assert Hinge().accuracy(np.array(SCORES), [1, 1, 1]) == 1.0
    with pytest.raises(ValueError, match=r"^Hinge: expected labels of shape \(3,\), got \(1,\)$"):
        Hinge.accuracy(SCORES, [0])
    with pytest.raises(ValueError, match=r"^Hinge: expected at least one example, got \(0, 2\)$"):
        Hinge.accuracy(np.zeros((0, 2)), [])
