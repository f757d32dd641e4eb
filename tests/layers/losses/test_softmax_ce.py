import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers import SoftmaxCE, assert_gradients, softmax
from layers.losses.softmax_ce import softmax as softmax_of_the_module

LOG3 = math.log(3)


def test_by_hand():
    loss = SoftmaxCE()
    scores = [[0.0, LOG3], [LOG3 + 5, 5.0]]  # probabilities 1/4, 3/4 and 3/4, 1/4
    assert loss.forward(scores, [0, 0]) == pytest.approx(math.log(4) - LOG3 / 2, rel=1e-15)
    dscores, grads = loss.backward()
    np.testing.assert_allclose(dscores, [[-0.375, 0.375], [-0.125, 0.125]], rtol=1e-14)
    assert grads == {}


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_equal_scores_cost_the_logarithm_of_the_number_of_classes(classes):
    loss = SoftmaxCE()
    assert loss.forward(np.zeros((3, classes)), [0, 1, 1]) == pytest.approx(math.log(classes))


def test_one_class_costs_nothing():
    loss = SoftmaxCE()
    assert loss.forward([[5.0], [7.0]], [0, 0]) == 0.0
    assert loss.backward()[0].tolist() == [[0.0], [0.0]]


def test_dout_is_a_factor():
    loss = SoftmaxCE()
    loss.forward([[0.0, LOG3]], [0])
    np.testing.assert_allclose(loss.backward(-4)[0], [[3.0, -3.0]], rtol=1e-14)


def test_rows_of_the_gradient_sum_to_0():
    rng = np.random.default_rng(0)
    loss = SoftmaxCE()
    loss.forward(100 * rng.normal(size=(20, 7)), rng.integers(7, size=20))
    dscores, _ = loss.backward()
    np.testing.assert_allclose(dscores.sum(axis=1), 0, atol=1e-16)
    assert (np.sign(dscores).sum(axis=1) >= -1).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_correct_predictions_with_the_largest_scores_cost_nothing(dtype):
    large = np.finfo(dtype).max
    loss = SoftmaxCE()
    scores = np.array([[large, -large, 0], [-large, -large, large]], dtype)
    assert loss.forward(scores, [0, 2]) == 0.0
    dscores, _ = loss.backward()
    assert dscores.dtype == dtype
    assert dscores.tolist() == [[0.0] * 3] * 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_largest_scores_that_are_wrong_push_with_all_their_weight(dtype):
    large = np.finfo(dtype).max
    loss = SoftmaxCE()
    assert loss.forward(np.array([[large, -large]], dtype), [1]) == np.inf
    assert loss.backward()[0].tolist() == [[1.0, -1.0]]


@pytest.mark.parametrize("size", [1e3, 1e100, 1e308])
def test_large_scores_are_never_clipped(size):
    loss = SoftmaxCE()
    assert loss.forward([[size, 0.0]], [1]) == size
    assert loss.forward([[0.0, -size], [0.0, -size]], [1, 0]) == size / 2
    assert loss.backward()[0].tolist() == [[0.5, -0.5], [0.0, 0.0]]
    assert loss.forward([[size, size]], [1]) == pytest.approx(math.log(2))


def test_scores_at_1e308_on_both_sides():
    loss = SoftmaxCE()
    assert loss.forward([[1e308, -1e308], [-1e308, 1e308]], [0, 1]) == 0.0
    assert softmax([1e308, -1e308, 1e308]).tolist() == [0.5, 0.0, 0.5]


def test_a_class_that_is_ruled_out_costs_nothing():
    loss = SoftmaxCE()
    assert loss.forward([[-np.inf, 0.0, LOG3]], [2]) == pytest.approx(math.log(4 / 3))
    np.testing.assert_allclose(loss.backward()[0], [[0.0, 0.25, -0.25]], rtol=1e-14)


def test_nan_stays_visible():
    loss = SoftmaxCE()
    assert math.isnan(loss.forward([[0.0, np.nan], [0.0, 0.0]], [0, 0]))
    dscores, _ = loss.backward()
    assert np.isnan(dscores[0]).all()
    assert dscores[1].tolist() == [-0.25, 0.25]


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, -1], ValueError, "expected labels from 0 to 2, because there are 3 classes, got -1 "),
        ([3, 0], ValueError, "expected labels from 0 to 2, because there are 3 classes, got 3 at "),
        ([0.0, 1.0], TypeError, "expected integer labels, got dtype float64; pass labels.astype("),
        ([True, False], TypeError, "expected integer labels, got dtype bool; pass labels.astype("),
        (np.eye(2, 3), ValueError, "expected labels of shape (2,), one integer an example, got "),
        (np.eye(2, 3, dtype=int), ValueError, "expected labels of shape (2,), one integer an exam"),
        ([0], ValueError, "expected labels of shape (2,), one for each example, got (1,)"),
        ([0, 1, 2], ValueError, "expected labels of shape (2,), one for each example, got (3,)"),
        ([[0], [1]], ValueError, "expected labels of shape (2,), one for each example, got (2, 1)"),
        (0, ValueError, "expected labels of shape (2,), one for each example, got ()"),
    ],
)
def test_invalid_labels_are_refused(labels, error, message):
    loss = SoftmaxCE()
    for verb in (loss.forward, loss.predict):
        with pytest.raises(error, match="^" + re.escape(f"SoftmaxCE: {message}")):
            verb(np.zeros((2, 3)), labels)
    with pytest.raises(error, match="^" + re.escape(f"SoftmaxCE: {message}")):
        loss.check((2, 3), labels)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 0)])
def test_scores_have_two_axes_or_more(shape):
    message = f"SoftmaxCE: expected scores of shape (N, C), got {shape}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        SoftmaxCE().forward(np.zeros(shape), [0, 1])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], "labels of shape (2, 3), one for each row of scores, got (2,)"),
        (np.zeros(6, int), "labels of shape (2, 3), one for each row of scores, got (6,)"),
        (np.zeros((2, 3, 4)), "labels of shape (2, 3), one integer each, got (2, 3, 4), which lo"),
        ([[0, 1, 2], [3, 4, 0]], "labels from 0 to 3, because there are 4 classes, got 4 at posi"),
    ],
)
def test_invalid_labels_of_sequences_are_refused(labels, message):
    with pytest.raises(ValueError, match="^" + re.escape(f"SoftmaxCE: expected {message}")):
        SoftmaxCE().forward(np.zeros((2, 3, 4)), labels)


def test_the_loss_of_sequences_is_the_mean_over_the_labels_that_are_not_padding():
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(2, 3, 4)), rng.integers(4, size=(2, 3))
    counts = np.array([[1, 1, 0], [1, 0, 0]])
    hidden = np.where(counts[:, :, None], scores, np.nan)
    loss, kept = SoftmaxCE(), counts > 0
    value = loss.forward(hidden, labels, counts)
    dscores, _ = loss.backward()
    assert value == pytest.approx(loss.forward(scores[kept], labels[kept]), rel=1e-14)
    np.testing.assert_allclose(dscores[kept], loss.backward()[0], rtol=1e-14)
    assert not dscores[~kept].any()
    message = r"SoftmaxCE: expected sample_weight of shape \(2, 3\), one for each label, got \(2,\)"
    with pytest.raises(ValueError, match=message):
        loss.forward(scores, labels, [1, 1])


def test_an_empty_batch_is_refused():
    message = "SoftmaxCE: expected at least one example, got scores of shape (0, 3); the mean of"
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        SoftmaxCE().forward(np.zeros((0, 3)), np.zeros(0, int))


def test_the_callers_labels_may_be_of_any_kind():
    loss = SoftmaxCE()
    scores = [[0.0, LOG3], [0.0, LOG3]]
    expected = loss.forward(scores, [0, 1])
    for labels in ((0, 1), np.array([0, 1], np.uint8), np.array([0, 1], np.int32)):
        assert loss.forward(scores, labels) == expected


def test_weights_by_hand():
    loss = SoftmaxCE()
    scores = [[0.0, LOG3], [0.0, LOG3]]
    value = loss.forward(scores, [0, 1], [1.0, 3.0])  # 1/4 of log 4 and 3/4 of log 4/3
    assert value == pytest.approx(math.log(4) - 0.75 * LOG3)
    dscores, _ = loss.backward()
    np.testing.assert_allclose(dscores, [[-0.1875, 0.1875], [0.1875, -0.1875]], rtol=1e-14)


def test_an_example_of_weight_0_does_not_count():
    loss = SoftmaxCE()
    value = loss.forward([[0.0, LOG3], [1e3, 0.0]], [0, 1], [2.0, 0.0])
    assert value == pytest.approx(math.log(4))
    assert loss.backward()[0][1].tolist() == [0.0, 0.0]


def test_an_example_of_weight_0_does_not_count_at_any_scores():
    loss = SoftmaxCE()
    assert loss.forward([[0.0, 0.0], [1e308, -1e308]], [0, 1], [1.0, 0.0]) == math.log(2)


def test_weights_are_forgotten_by_the_next_forward():
    loss, fresh = SoftmaxCE(), SoftmaxCE()
    scores, labels = [[0.0, LOG3], [0.0, LOG3]], [0, 1]
    loss.forward(scores, labels, [1.0, 0.0])
    assert loss.forward(scores, labels) == fresh.forward(scores, labels)
    assert loss.backward()[0].tolist() == fresh.backward()[0].tolist()


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6).filter(any), st.integers(1, 5))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_an_integer_weight_repeats_an_example(times, classes):
    rng = np.random.default_rng(0)
    n = len(times)
    scores, labels = rng.normal(size=(n, classes)), rng.integers(classes, size=n)
    loss = SoftmaxCE()
    weighted = loss.forward(scores, labels, times)
    dscores, _ = loss.backward()
    repeated = loss.forward(np.repeat(scores, times, axis=0), np.repeat(labels, times))
    assert weighted == pytest.approx(repeated, rel=1e-13, abs=1e-15)
    expected = np.zeros((n, classes))
    np.add.at(expected, np.repeat(np.arange(n), times), loss.backward()[0])
    np.testing.assert_allclose(dscores, expected, rtol=1e-13, atol=1e-15)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(1, 5), st.integers(1, 5)),
        elements=st.floats(-60, 60, width=32),
    )
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_example_by_example(scores):
    n, classes = scores.shape
    labels = np.arange(n) % classes
    p = [[math.exp(s) / math.fsum(map(math.exp, row)) for s in row] for row in scores.tolist()]
    expected = -math.fsum(math.log(p[i][label]) for i, label in enumerate(labels)) / n
    loss, eps = SoftmaxCE(), 300 * float(np.finfo(scores.dtype).eps)
    assert loss.forward(scores, labels) == pytest.approx(expected, rel=eps, abs=eps)
    dscores, _ = loss.backward(n)
    np.testing.assert_allclose(dscores, np.array(p) - np.eye(classes)[labels], atol=eps)
    assert dscores.dtype == scores.dtype


def test_the_gradient_is_correct_at_large_and_tied_scores():
    scores = np.array([[30.0, 30.0, -30.0], [0.0, 0.0, 0.0], [500.0, 0.0, 1.0]])
    assert_gradients(SoftmaxCE(), scores, np.array([0, 1, 0]))
    assert_gradients(SoftmaxCE(), scores, np.array([2, 1, 1]), np.array([1.0, 2.0, 0.5]))


def test_softmax_by_hand():
    np.testing.assert_allclose(softmax([0.0, LOG3]), [0.25, 0.75], rtol=1e-15)
    np.testing.assert_allclose(softmax([1000.0, 1000.0 + LOG3]), [0.25, 0.75], rtol=1e-12)
    assert softmax is softmax_of_the_module


def test_softmax_runs_along_the_last_axis_and_keeps_shape_and_dtype():
    scores = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32)
    p = softmax(scores)
    assert p.shape == scores.shape
    assert p.dtype == np.float32
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-6)
    np.testing.assert_array_equal(p[1, 2], softmax(scores[1, 2]))


def test_softmax_of_integers_and_of_an_empty_batch():
    assert softmax([2, 2]).tolist() == [0.5, 0.5]
    assert softmax(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize("scores", ["abc", None, [1j]])
def test_softmax_takes_numbers_only(scores):
    with pytest.raises(TypeError, match=r"^SoftmaxCE: expected scores to be an array"):
        softmax(scores)


def test_softmax_of_no_classes_is_refused():
    with pytest.raises(ValueError, match=r"^SoftmaxCE: expected scores"):
        softmax(np.zeros((2, 0)))


def test_accuracy_by_hand():
    scores = [[3.0, 1.0, 2.0], [0.0, 1.0, 0.5], [0.0, 0.0, 5.0], [1.0, 2.0, 3.0]]
    assert SoftmaxCE.accuracy(scores, [0, 1, 2, 2]) == 1.0
    assert SoftmaxCE.accuracy(scores, [0, 1, 0, 0]) == 0.5
    assert SoftmaxCE().accuracy(np.array(scores), np.array([1, 0, 0, 0])) == 0.0


@pytest.mark.parametrize("examples", [1, 5])
def test_accuracy_counts_classes_and_not_examples(examples):
    scores, last = np.eye(3)[[2] * examples], np.full(examples, 2)
    assert SoftmaxCE.accuracy(scores, last) == 1.0
    with pytest.raises(ValueError, match=r"expected labels from 0 to 2, because there are 3"):
        SoftmaxCE.accuracy(scores, last + 1)


@pytest.mark.parametrize("labels", [[[0], [1]], np.eye(2, dtype=int), [0], 0])
def test_accuracy_never_broadcasts(labels):
    with pytest.raises(ValueError, match="expected labels of shape"):
        SoftmaxCE.accuracy([[1.0, 0.0], [0.0, 1.0]], labels)


def test_accuracy_of_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match=r"^SoftmaxCE: expected at least one example"):
        SoftmaxCE.accuracy(np.zeros((0, 2)), np.zeros(0, int))


def test_accuracy_counts_nan_as_wrong():
    scores = np.array([[np.nan, 0.0], [1.0, 0.0], [0.0, np.nan]])
    assert SoftmaxCE.accuracy(scores, [0, 0, 1]) == pytest.approx(1 / 3)


def test_accuracy_of_words_is_refused():
    with pytest.raises(
        TypeError, match=r"^SoftmaxCE: expected scores to be an array of real numbers"
    ):
        SoftmaxCE.accuracy([["a", "b"]], [0])
