"""What students can check themselves."""

import numpy as np
import pytest

from layers import SoftmaxCE
from nets import datasets


@pytest.mark.points(4)
def test_net(submission, credit):
    """The gradients of the net, with a loss after it."""
    x = np.random.default_rng(0).normal(size=(5, 6))
    net = submission.TwoLayerNet(6, 4, 3, rng=0)
    for key in ("b1", "b2"):  # zeros would hide mistakes
        net.params[key][...] = np.arange(1.0, 1 + net.params[key].size)
    credit.gradients(net, x, loss=(SoftmaxCE(), np.array([0, 1, 2, 2, 1])))


@pytest.mark.points(2)
def test_momentum(submission):
    """Two steps with momentum 0.9."""
    params, rule = {"W": np.array([1.0, 2.0])}, submission.Momentum(0.1, 0.9)
    for _ in range(2):
        rule.step(params, {"W": np.array([1.0, -1.0])})
    assert not np.allclose(params["W"], [1, 2]), "the step has to write into the parameters"
    assert np.allclose(params["W"], [0.71, 2.29]), "after two steps v is 1.9 times the gradient"


@pytest.mark.points(4)
def test_curves(submission, credit):
    """The loss curves on digits, for momentum 0 and 0.9."""
    data = datasets.digits(dtype=np.float64)
    found = submission.curves(data.x_train[:600], data.y_train[:600], 5)
    for momentum in (0.0, 0.9):
        with credit.part(f"momentum {momentum}"):
            curve = found[momentum]
            assert len(curve) == 5, "one loss for each epoch"
            assert curve[-1] < curve[0], "the loss has to fall"
    with credit.part("both"):
        assert found[0.9][-1] < found[0.0][-1] / 2, "momentum 0.9 falls much faster here"
