"""The same elsewhere, and what goes wrong most often."""

import numpy as np
import pytest

from nets import datasets


@pytest.mark.points(2)
def test_plain(submission, credit):
    """Without momentum it is gradient descent, and gradients stay as they are."""
    params, g = {"a": np.ones(2), "b": np.ones((2, 2))}, {"a": np.ones(2), "b": np.ones((2, 2))}
    submission.Momentum(0.5).step(params, g)
    with credit.part("the step"):
        assert np.allclose(params["a"], 0.5), "theta - learning_rate g"
        assert np.allclose(params["b"], 0.5), "every parameter moves"
    with credit.part("the gradients"):
        assert np.allclose(g["b"], 1), "leave the gradients as they are"
        assert np.allclose(params["b"], 0.5), "every parameter moves"


@pytest.mark.points(2)
def test_own_velocity(submission):
    """Each parameter has a velocity of its own."""
    params, rule = {"a": np.zeros(1), "b": np.zeros(1)}, submission.Momentum(1.0, 0.5)
    rule.step(params, {"a": np.array([1.0]), "b": np.array([0.0])})
    rule.step(params, {"a": np.array([0.0]), "b": np.array([0.0])})
    assert np.allclose(params["a"], -1.5), "v goes on where the gradient is 0"
    assert np.allclose(params["b"], 0), "the velocity of one parameter is not that of another"


@pytest.mark.points(6)
def test_digits(submission, credit):
    """The net reads digits that it has not seen."""
    data = datasets.digits(dtype=np.float64)
    net = submission.TwoLayerNet(64, 32, 10, rng=0)
    rule = submission.Momentum(0.05, 0.9)
    labels = data.y_train.copy()
    curve = submission.train(net, rule, data.x_train, labels, 10, 32, rng=0)
    accuracy = np.mean(net.forward(data.x_test).argmax(axis=1) == data.y_test)
    with credit.part("the curve"):
        assert len(curve) == 10, "one loss for each epoch"
        assert np.all(np.isfinite(curve)), "the losses are finite numbers"
        assert curve[-1] < 0.3, "the loss has to fall; are x and the labels shuffled together?"
    with credit.part("90 %"):
        assert accuracy > 0.9, "more than nine of ten test images are read correctly"
