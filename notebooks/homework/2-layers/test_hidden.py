"""The same on other inputs, and what goes wrong most often."""

import numpy as np
import pytest

from layers import FullyConnected, SoftmaxCE
from nets import Sequential
from optimizers import SGD


def filled(layer):
    """The layer with a bias that is not 0 everywhere, which would hide mistakes."""
    layer.params["b"][...] = np.arange(1.0, 1 + layer.params["b"].size)
    return layer


@pytest.mark.points(3)
def test_square(submission, credit):
    """The gradients where W is square, which hides a transposed W from the shapes."""
    x = np.random.default_rng(2).normal(size=(5, 3))
    credit.gradients(
        filled(submission.FullyConnected(3, 3, rng=1)), x, reference=FullyConnected(3, 3)
    )


@pytest.mark.points(2)
def test_large_batch(submission, credit):
    """The gradients of a batch that is as wide as it is long."""
    x = np.random.default_rng(3).normal(size=(4, 4))
    credit.gradients(
        filled(submission.FullyConnected(4, 4, rng=2)), x, reference=FullyConnected(4, 4)
    )


@pytest.mark.points(1)
def test_one_example(submission):
    """A single example keeps its axis, and its bias gradient is dout."""
    layer = submission.FullyConnected(3, 2, rng=0)
    layer.forward(np.ones((1, 3)))
    dx, grads = layer.backward(np.array([[2.0, -1.0]]))
    assert np.shape(dx) == (1, 3), "dx has to have the shape of x"
    assert np.allclose(grads["b"], [2.0, -1.0]), "for one example the gradient of b is dout"


@pytest.mark.points(1)
def test_kink(submission):
    """The slope of ReLU at 0 is 0."""
    relu = submission.ReLU()
    relu.forward(np.zeros((2, 2)))
    dx, _ = relu.backward(np.ones((2, 2)))
    assert np.allclose(dx, 0), "where x is exactly 0, let the slope be 0"


@pytest.mark.points(2)
def test_twice(submission, credit):
    """Each backward answers for itself, and for the last forward."""
    x, dout = np.random.default_rng(4).normal(size=(5, 3)), np.ones((5, 2))
    # The result of a new layer; other tests check that it is correct.
    new = submission.FullyConnected(3, 2, rng=0)
    new.forward(x)
    _, first = new.backward(dout)
    alone = first["W"].copy()
    layer = submission.FullyConnected(3, 2, rng=0)
    with credit.part("after a forward on other inputs"):
        layer.forward(np.zeros((5, 3)))
        layer.forward(x)
        _, grads = layer.backward(dout)
        assert np.allclose(grads["W"], alone), "the gradient of W belongs to the last forward"
    with credit.part("a second backward"):
        _, again = layer.backward(dout)
        assert np.allclose(again["W"], alone), "gradients are not to be summed over calls"


@pytest.mark.points(3)
def test_a_net_learns(submission):
    """Two of the layers with a ReLU between them learn exclusive or."""
    x, labels = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    net = Sequential(
        submission.FullyConnected(2, 16, rng=0),
        submission.ReLU(),
        submission.FullyConnected(16, 2, rng=1),
    )
    loss, optimizer = SoftmaxCE(), SGD(0.5, momentum=0.8)
    for _ in range(30):
        value = loss.forward(net.forward(x), labels)
        dscores, _ = loss.backward()
        _, grads = net.backward(dscores)
        optimizer.step(net.params, grads)
    assert value < 0.4, "the loss does not fall as it should"
