"""What students can check themselves: the first step, by hand."""

import numpy as np
import pytest


def stepped(rule, gradients):
    params = {"W": np.array([1.0, 1.0])}
    for g in gradients:
        rule.step(params, {"W": np.array(g)})
    return params["W"]


@pytest.mark.points(2)
def test_adagrad(submission):
    """Two steps of Adagrad."""
    W = stepped(submission.Adagrad(0.1), [[3.0, -3.0], [4.0, -4.0]])
    assert np.allclose(W, [0.82, 1.18]), "steps of 0.1 * 3/3 and 0.1 * 4/5: s sums the squares"


@pytest.mark.points(2)
def test_rmsprop(submission):
    """The first step of RMSProp."""
    W = stepped(submission.RMSProp(0.1, 0.99), [[3.0, -3.0]])
    assert np.allclose(W, [0.0, 2.0], atol=1e-5), (
        "after one step s is 0.01 g**2 and its root 0.1 abs(g)"
    )


@pytest.mark.points(2)
def test_adam(submission):
    """The first step of Adam has the size of the learning rate."""
    W = stepped(submission.Adam(0.1), [[1e-3, -1e3]])
    assert np.allclose(W, [0.9, 1.1], atol=1e-5), "are m and v corrected for starting at 0?"
