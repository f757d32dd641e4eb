"""Longer paths, several parameters, and what goes wrong most often."""

import numpy as np
import pytest

import optimizers

OURS = {
    "Adagrad": optimizers.Adagrad(0.1),
    "RMSProp": optimizers.RMSProp(0.1),
    "Adam": optimizers.Adam(0.1),
}


@pytest.mark.points(3)
@pytest.mark.parametrize("name", OURS)
def test_path(submission, credit, name):
    """Ten steps of two parameters."""
    rng = np.random.default_rng(0)
    start = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
    theirs = {key: array.copy() for key, array in start.items()}
    rule, ours = getattr(submission, name)(0.1), type(OURS[name])(0.1)
    for _ in range(10):
        grads = {key: rng.normal(size=array.shape) for key, array in start.items()}
        before = {key: g.copy() for key, g in grads.items()}
        rule.step(theirs, grads)
        ours.step(start, before)
    for key in start:
        with credit.part(f"{name}, the parameter {key}"):
            hint = "is there one state for each key, and one clock for all of them?"
            assert np.allclose(theirs[key], start[key], atol=1e-6), hint
    with credit.part(f"{name}, the gradients"):
        assert np.allclose(grads["W"], before["W"]), "leave the gradients as they are"
        assert np.allclose(theirs["W"], start["W"], atol=1e-6), "after ten steps W is elsewhere"


@pytest.mark.points(1)
def test_zero(submission):
    """A gradient of 0 moves nothing, and divides nothing by 0."""
    params = {"W": np.ones(2)}
    submission.Adam(0.1).step(params, {"W": np.array([0.0, 1.0])})
    assert np.isfinite(params["W"]).all(), "epsilon keeps the quotient finite"
    assert np.allclose(params["W"], [1.0, 0.9]), "where the gradient is 0 nothing moves"
