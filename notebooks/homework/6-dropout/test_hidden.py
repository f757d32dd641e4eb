"""Inference, fresh masks and patience."""

import numpy as np
import pytest


@pytest.mark.points(2)
def test_inference(submission, credit):
    """In inference dropout does nothing."""
    dropout, x = submission.Dropout(0.5, rng=0), np.random.default_rng(0).normal(size=(4, 3))
    for _ in range(2):
        with credit.part("predict"):
            assert np.allclose(dropout.predict(x), x), "predict returns x as it is"


@pytest.mark.points(2)
def test_masks(submission, credit):
    """Each forward draws anew, and backward takes the mask of the last one."""
    dropout, x = submission.Dropout(0.5, rng=0), np.ones((20, 20))
    first, second = dropout.forward(x), dropout.forward(x)
    with credit.part("fresh"):
        assert not np.allclose(first, second), "each forward draws a mask of its own"
    with credit.part("the same mask"):
        dx, _ = dropout.backward(x)
        assert np.allclose(dx, second), "backward takes the mask of forward"


@pytest.mark.points(2)
def test_l2_leaves_gradients(submission, credit):
    """The given gradients stay as they are, and the penalty sums over all weights."""
    params = {"0.W": np.ones((2, 2)), "2.W": np.ones((2, 1)), "2.b": np.ones(1)}
    grads = {key: np.zeros(array.shape) for key, array in params.items()}
    with credit.part("the gradients"):
        found = submission.with_l2(params, grads, 2.0)
        assert np.allclose(found["2.W"], 2), "every weight has its penalty"
        assert np.allclose(grads["2.W"], 0), "return a new dict with new arrays"
    with credit.part("the sum"):
        assert np.isclose(submission.l2_penalty(params, 1.0), 3), "over all weights"


@pytest.mark.points(2)
def test_patience(submission, credit):
    """Early stopping counts epochs without an improvement on the best."""
    with credit.part("stop"):
        assert submission.stopped_after([3, 2, 2.5, 2.4, 1], 2) == 4, "2.4 is no better than 2"
    with credit.part("go on"):
        assert submission.stopped_after([3, 4, 2, 3, 1], 2) == 5, "count anew at an improvement"
    with credit.part("equal"):
        assert submission.stopped_after([1, 1, 1, 1], 2) == 3, "an equal loss is no improvement"
