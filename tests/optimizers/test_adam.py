"""Adam, computed by hand."""

import numpy as np
import pytest

from optimizers import Adam


def stepped(optimizer, *gradients, start=1.0):
    params = {"theta": np.array([start])}
    for g in gradients:
        optimizer.step(params, {"theta": np.array([g])})
    return float(params["theta"][0])


@pytest.mark.parametrize("g", [1e-3, 1.0, 1e6, -1e-3, -1e6])
def test_the_first_step_is_the_learning_rate_whatever_the_gradient(g):
    assert stepped(Adam(0.25, epsilon=0.0), g) == pytest.approx(1 - 0.25 * np.sign(g), rel=1e-12)


def test_two_steps_by_hand():
    # m: 2, 0.5 * 2 + 0.5 * 1 (of 4 and 1);  v: 4, 0.75 * 4 + 0.25 * 1 (of 16 and 1)
    optimizer = Adam(0.25, beta1=0.5, beta2=0.75, epsilon=0.0)
    assert stepped(optimizer, 4.0) == pytest.approx(0.75)
    assert optimizer.state["theta"] == {"m": [2.0], "v": [4.0]}

    optimizer = Adam(0.25, beta1=0.5, beta2=0.75, epsilon=0.0)
    m_hat = 1.5 / (1 - 0.25)
    v_hat = 3.25 / (1 - 0.5625)
    assert stepped(optimizer, 4.0, 1.0) == pytest.approx(0.75 - 0.25 * m_hat / np.sqrt(v_hat))
    assert optimizer.state["theta"] == {"m": [1.5], "v": [3.25]}


def test_epsilon_is_outside_the_root():
    # m_hat = 3, sqrt(v_hat) = 3: 1 - 1 * 3 / (3 + 1)
    assert stepped(Adam(1.0, epsilon=1.0), 3.0) == pytest.approx(0.25)


def test_epsilon_keeps_a_gradient_of_0_finite():
    assert stepped(Adam(0.5), 0.0) == 1.0


def test_weight_decay_is_part_of_the_gradient():
    optimizer = Adam(0.25, beta1=0.5, beta2=0.5, weight_decay=0.5)
    stepped(optimizer, 1.0, start=2.0)
    assert optimizer.state["theta"] == {"m": [1.0], "v": [2.0]}  # of a gradient of 1 + 0.5 * 2


def test_the_correction_counts_steps_and_not_parameters():
    """With gradients that never change, the corrected means are the gradient at every step."""
    optimizer = Adam(0.5, epsilon=0.0)
    params = {name: np.array([100.0]) for name in "abc"}
    for step in range(1, 21):
        optimizer.step(params, {name: np.array([3.0]) for name in params})
        for theta in params.values():
            assert theta[0] == pytest.approx(100 - 0.5 * step, rel=1e-12)


def test_a_bowl_is_descended_to_its_bottom():
    params = {"theta": np.array([3.0, -5.0])}
    optimizer = Adam(lambda t: 0.5 / t**0.5)
    for _ in range(600):
        optimizer.step(params, {"theta": params["theta"] * [1.0, 100.0]})
    assert np.abs(params["theta"]).max() < 1e-6


def test_settings_are_those_of_the_signature():
    assert Adam().settings() == {
        "learning_rate": 0.001,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": 1e-8,
        "weight_decay": 0.0,
    }
