"""What students can check themselves."""

import numpy as np
import pytest

from layers import FullyConnected, ReLU


def filled(layer):
    """The layer with a bias that is not 0 everywhere, which would hide mistakes."""
    layer.params["b"][...] = np.arange(1.0, 1 + layer.params["b"].size)
    return layer


@pytest.mark.points(2)
def test_fully_connected_forward(submission):
    """FullyConnected.forward gives x W + b."""
    layer = submission.FullyConnected(2, 1)
    layer.params["W"][...] = [[3.0], [4.0]]
    layer.params["b"][...] = [5.0]
    y = layer.forward(np.array([[1.0, 2.0], [0.0, -1.0]]))
    assert np.shape(y) == (2, 1), "y has to have one row for each example, one column for each unit"
    assert np.allclose(y, [[16.0], [1.0]]), "y is not x W + b; is b added once to every row?"


@pytest.mark.points(3)
def test_fully_connected_backward(submission, credit):
    """The gradients of FullyConnected."""
    x = np.random.default_rng(0).normal(size=(4, 3))
    credit.gradients(
        filled(submission.FullyConnected(3, 2, rng=0)), x, reference=FullyConnected(3, 2)
    )


@pytest.mark.points(1)
def test_relu_forward(submission):
    """ReLU.forward gives max(0, x)."""
    y = submission.ReLU().forward(np.array([[-1.0, 2.0], [3.0, -4.0]]))
    assert np.allclose(y, [[0.0, 2.0], [3.0, 0.0]]), "what is negative becomes 0, the rest stays"


@pytest.mark.points(2)
def test_relu_backward(submission, credit):
    """The gradient of ReLU."""
    x = np.random.default_rng(1).normal(size=(4, 3))
    credit.gradients(submission.ReLU(), x, reference=ReLU())
