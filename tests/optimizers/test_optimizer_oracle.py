"""The trajectories of PyTorch's optimizers, step by step."""

import numpy as np
import pytest

from tests.optimizers.table import ROWS

torch = pytest.importorskip("torch", reason="the oracle: pip install handgrad[oracle]")

STEPS = 60
RNG = np.random.default_rng(7)
A, B = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 3))
START = {"W": RNG.normal(size=(4, 3)), "b": RNG.normal(size=3)}

compared = pytest.mark.parametrize("row", [row for row in ROWS if row.oracle], ids=str)


def gradients(params):
    """Of half the sum of (A W + b - B)**2, plus the sum of log cosh W and of sin b."""
    W, b = params["W"], params["b"]
    residual = A.astype(W.dtype) @ W + b - B.astype(W.dtype)
    return {"W": A.T.astype(W.dtype) @ residual + np.tanh(W), "b": residual.sum(0) + np.cos(b)}


def their_loss(W, b):
    a, target = torch.tensor(A, dtype=W.dtype), torch.tensor(B, dtype=W.dtype)
    return 0.5 * ((a @ W + b - target) ** 2).sum() + W.cosh().log().sum() + b.sin().sum()


def trajectories(row, dtype, schedule=None):
    """Both sides' parameters after every step."""
    params = {key: theta.astype(dtype) for key, theta in START.items()}
    tensors = [torch.tensor(theta, requires_grad=True) for theta in params.values()]
    ours = row.ours(learning_rate=schedule) if schedule else row.ours()
    theirs = row.torch(torch, tensors)
    for t in range(1, STEPS + 1):
        ours.step(params, gradients(params))
        if schedule:
            theirs.param_groups[0]["lr"] = schedule(t)
        theirs.zero_grad()
        their_loss(*tensors).backward()
        theirs.step()
        reached = (tensor.detach().numpy() for tensor in tensors)
        yield params, dict(zip(params, reached, strict=True))


def assert_agree(row, dtype, rtol, schedule=None):
    moved = 0.0
    for ours, theirs in trajectories(row, dtype, schedule):
        for key, theta in ours.items():
            assert theta.dtype == theirs[key].dtype == dtype
            size = np.abs(theirs[key]).max()
            np.testing.assert_allclose(theta, theirs[key], rtol=rtol, atol=rtol * size)
        moved = max(moved, np.abs(ours["W"] - START["W"]).max())
    assert moved > 0.05


@compared
def test_sixty_steps_in_float64(row):
    assert_agree(row, np.float64, 1e-10)


@compared
def test_sixty_steps_in_float32(row):
    assert_agree(row, np.float32, 1e-3)


@compared
def test_sixty_steps_with_a_schedule(row):
    start = max(0.03, 2 * row.ours().learning_rate)
    assert_agree(row, np.float64, 1e-10, schedule=lambda t: start / (1 + t / 20))


def test_the_comparison_sees_a_change_of_a_thousandth():
    row = next(row for row in ROWS if row.name == "Adam weight_decay")
    off = type(row)(
        "off", row.rule, {**row.settings, "weight_decay": 0.1001}, "Adam", row.oracle_settings
    )
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_agree(off, np.float64, 1e-10)


THEIR_DEFAULTS = {"learning_rate": "lr", "epsilon": "eps"}


@pytest.mark.parametrize("rule", {row.rule: row for row in ROWS if row.oracle}.values(), ids=str)
def test_the_defaults_are_the_same(rule):
    theirs = getattr(torch.optim, rule.oracle)([torch.zeros(1, requires_grad=True)]).defaults
    if "betas" in theirs:
        theirs["beta1"], theirs["beta2"] = theirs["betas"]
    if rule.oracle == "Adafactor":
        theirs["epsilon1"], theirs["epsilon2"] = theirs["eps"]
    ours = rule.rule().settings()
    ours.pop("learning_rate" if rule.oracle == "SGD" else "", None)  # theirs is newer than the rule
    assert ours == {key: theirs[THEIR_DEFAULTS.get(key, key)] for key in ours}
