"""What is said of a run that ended worse than guessing."""

import numpy as np
import pytest

from layers import MSE, BinaryCE, FullyConnected, Hinge, SigmoidCE, SoftmaxCE
from nets.training.guessing import remark

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4))
LABELS = RNG.integers(0, 10, 50)
TARGETS = np.stack([100 + 3 * RNG.normal(size=50), RNG.normal(size=50)], axis=1)  # variance 5
SPREAD = TARGETS.var(axis=0).mean()


@pytest.mark.parametrize(
    ("loss", "y", "cost", "said"),
    [
        (SoftmaxCE(), LABELS, np.log(10), "where guessing among 10 classes costs 2.30: try"),
        (SigmoidCE(), LABELS > 5, np.log(2), "where giving both classes a probability of 1/2"),
        (BinaryCE(), LABELS > 5, np.log(2), "where giving both classes a probability of 1/2"),
        (MSE(), TARGETS, SPREAD, f"where predicting the mean of the targets costs {SPREAD:.2f}:"),
    ],
)
def test_a_loss_of_more_than_twice_that_of_guessing_is_said(loss, y, cost, said):
    net = FullyConnected(4, 10, rng=0)
    assert said in remark([1.0, 2.1 * cost], net, loss, X, y)
    assert remark([9.0, 1.9 * cost], net, loss, X, y) == ""


def test_a_loss_that_still_falls_from_far_above_needs_time_or_other_targets():
    net = FullyConnected(4, 2, rng=0)
    assert remark([90.0, 50.0], net, MSE(), X, TARGETS).endswith("targets to about 1")
    assert remark([90.0, 95.0], net, MSE(), X, TARGETS).endswith("a smaller learning rate")


def test_of_other_losses_equal_targets_and_no_epochs_nothing_is_said():
    class Doubled(MSE):
        """Costs twice as much."""

    net = FullyConnected(4, 2, rng=0)
    assert remark([1.0, 1e9], net, Doubled(), X, TARGETS) == ""
    assert remark([1.0, 1e9], net, Hinge(), X, LABELS) == ""
    assert remark([1.0, 1e9], net, MSE(), X, np.full((50, 2), 7.0)) == ""
    assert remark([], net, MSE(), X, TARGETS) == ""
