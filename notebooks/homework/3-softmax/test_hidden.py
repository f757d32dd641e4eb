"""Stability, means and shapes."""

import numpy as np
import pytest

from layers import SoftmaxCE


@pytest.mark.points(3)
def test_stable(submission, credit):
    """Scores of a thousand overflow nothing."""
    scores, labels = np.array([[1000.0, 0.0, -1000.0], [-1e4, 1e4, 0.0]]), np.array([0, 1])
    loss = submission.SoftmaxCE()
    with credit.part("softmax"):
        p = submission.softmax(scores)
        assert np.isfinite(p).all(), "subtract the largest score of each row before exp"
        assert np.allclose(np.sum(p, axis=1), 1), "each row sums to 1"
    with credit.part("the loss where the correct class wins"):
        assert np.isclose(loss.forward(scores, labels), 0), "the loss is about 0 here"
    with credit.part("the loss where it loses"):
        value = loss.forward(scores, np.array([2, 0]))
        assert np.isclose(value, 11000), "take no log of a probability, and clip nothing"


@pytest.mark.points(2)
def test_mean(submission, credit):
    """The loss and its gradient are means over the batch."""
    rng = np.random.default_rng(1)
    scores, labels = rng.normal(size=(8, 3)), rng.integers(0, 3, 8)
    ours, loss = SoftmaxCE(), submission.SoftmaxCE()
    with credit.part("the loss"):
        expected = ours.forward(scores, labels)
        assert np.isclose(loss.forward(scores, labels), expected), "divide by N, once"
    with credit.part("its gradient"):
        expected, _ = ours.backward()
        assert np.allclose(loss.backward()[0], expected), "divide by N, once, and not by C"


@pytest.mark.points(2)
def test_square(submission, credit):
    """The gradient where there are as many examples as classes."""
    scores = np.random.default_rng(2).normal(size=(4, 4))
    credit.gradients(submission.SoftmaxCE(), scores, np.array([1, 1, 0, 3]), reference=SoftmaxCE())


@pytest.mark.points(1)
def test_number(submission):
    """The loss is a number, not an array."""
    value = submission.SoftmaxCE().forward(np.zeros((2, 2)), np.array([0, 1]))
    assert np.shape(value) == (), "the mean over the batch is one number"
    assert np.isclose(value, np.log(2)), "with equal scores the loss is log C"
