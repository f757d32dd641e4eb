"""What students can check themselves."""

import numpy as np
import pytest

from layers import SoftmaxCE

SCORES = np.array([[3.2, 5.1, -1.7], [0.0, 1.0, 0.5]])


@pytest.mark.points(2)
def test_softmax(submission, credit):
    """Softmax of the cat, the car and the frog."""
    p = submission.softmax(SCORES)
    with credit.part("rows"):
        assert np.allclose(np.sum(p, axis=1), 1), "each row sums to 1: sum over the classes"
    with credit.part("values"):
        assert np.allclose(p[0], [0.13, 0.87, 0.0], atol=5e-3), "exp of each, by the sum of all"


@pytest.mark.points(2)
def test_loss(submission):
    """The loss of the cat is 2.04."""
    loss = submission.SoftmaxCE().forward(SCORES[:1], np.array([0]))
    assert np.isclose(loss, 2.0404, atol=1e-3), "-log p of the correct class, to base e"


@pytest.mark.points(3)
def test_gradient(submission, credit):
    """The gradient of the loss."""
    scores = np.random.default_rng(0).normal(size=(5, 4))
    credit.gradients(
        submission.SoftmaxCE(), scores, np.array([0, 3, 1, 1, 2]), reference=SoftmaxCE()
    )
