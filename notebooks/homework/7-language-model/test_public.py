"""What students can check themselves."""

import numpy as np
import pytest

from layers import Embedding


@pytest.mark.points(2)
def test_windows(submission, credit):
    """The windows of a short text."""
    x, y = submission.windows(np.array([5, 6, 7, 8]), 2)
    with credit.part("windows"):
        assert np.array_equal(x, [[5, 6], [6, 7]]), "every window that something follows"
    with credit.part("what follows"):
        assert np.array_equal(y, [7, 8]), "the character after each window"


@pytest.mark.points(3)
def test_embedding(submission, credit):
    """The gradient of the embedding."""
    credit.gradients(
        submission.Embedding(5, 3, rng=0), np.array([[0, 1], [3, 4]]), reference=Embedding(5, 3)
    )


@pytest.mark.points(3)
def test_training(submission, credit):
    """The loss falls on a text that repeats itself."""
    x, y = submission.windows(np.arange(200) % 4, 3)
    net = submission.model(4, 3, rng=0)
    with credit.part("training"):
        losses = submission.train(net, x, y, 100, rng=0)
        assert len(losses) == 100, "one loss for each step"
        assert losses[-1] < 0.3, "what follows is certain here, so the loss goes to 0"
    with credit.part("perplexity"):
        assert submission.perplexity(net, x, y) < 1.4, "a text that is known has perplexity 1"
