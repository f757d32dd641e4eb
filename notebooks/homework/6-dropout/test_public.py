"""What students can check themselves."""

import numpy as np
import pytest


@pytest.mark.points(3)
def test_dropout(submission, credit):
    """Dropout in training."""
    y = submission.Dropout(0.25, rng=0).forward(np.ones((100, 100)))
    with credit.part("kept entries"):
        assert np.isclose(np.max(y), 4 / 3), "divide what is kept by 1 - p"
    with credit.part("dropped entries"):
        assert abs(np.mean(y == 0) - 0.25) < 0.02, "p is the probability of dropping an entry"
    with credit.part("the mean"):
        assert abs(np.mean(y) - 1) < 0.03, "the mean of y is that of x"


@pytest.mark.points(2)
def test_dropout_gradient(submission, credit):
    """The gradient of dropout."""
    credit.gradients(submission.Dropout(0.4, rng=1), np.random.default_rng(0).normal(size=(5, 4)))


@pytest.mark.points(2)
def test_l2(submission, credit):
    """The penalty and its gradient."""
    params = {"W": np.array([[3.0, 4.0]]), "b": np.array([7.0])}
    with credit.part("the penalty"):
        assert np.isclose(submission.l2_penalty(params, 0.1), 1.25), "half the sum of squares"
    with credit.part("the gradient"):
        grads = submission.with_l2(params, {"W": np.ones((1, 2)), "b": np.ones(1)}, 0.1)
        assert np.allclose(grads["W"], [[1.3, 1.4]]), "the slope of strength / 2 W**2 is strength W"
    with credit.part("biases"):
        assert np.allclose(grads["b"], 1), "biases are left out"
