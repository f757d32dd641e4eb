"""Repeated characters, shapes, and a real text."""

import numpy as np
import pytest

from layers import Embedding

TEXT = "she sells sea shells by the sea shore; the shells she sells are sea shells, i am sure. "


@pytest.mark.points(3)
def test_repeated(submission, credit):
    """A character that occurs twice gets the sum of its gradients."""
    credit.gradients(
        submission.Embedding(4, 2, rng=1),
        np.array([[1, 1], [1, 2], [0, 1]]),
        reference=Embedding(4, 2),
    )


@pytest.mark.points(2)
def test_shapes(submission, credit):
    """The net gives a score for every character."""
    net = submission.model(7, 3, dim=4, hidden=5, rng=0)
    with credit.part("scores"):
        assert np.shape(net.forward(np.zeros((6, 3), int))) == (6, 7), "(N, vocabulary)"
    with credit.part("parameters"):
        sizes = sorted(np.size(array) for array in net.params.values())
        assert sizes == sorted([28, 60, 5, 35, 7]), "an embedding and two fully connected layers"


@pytest.mark.points(3)
def test_text(submission, credit):
    """It learns a tongue twister."""
    letters = sorted(set(TEXT))
    ids = np.array([letters.index(letter) for letter in 3 * TEXT])
    x, y = submission.windows(ids, 4)
    net = submission.model(len(letters), 4, rng=0)
    before = submission.perplexity(net, x, y)
    submission.train(net, x, y, 300, rng=0)
    with credit.part("before"):
        assert before > len(letters) / 3, "before training it knows nothing"
        assert before < 10 * len(letters), "exp of the mean loss, not of its sum"
    with credit.part("after"):
        assert submission.perplexity(net, x, y) < 2, "after training it is rarely surprised"
