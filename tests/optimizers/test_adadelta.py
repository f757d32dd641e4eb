"""Adadelta, computed by hand."""

import numpy as np
import pytest

from optimizers import Adadelta
from tests.optimizers.by_hand import path


def test_a_step_is_the_gradient_times_recent_steps_over_recent_gradients():
    # v: 0.5 * 16 = 8, 0.5 * 8 + 0.5 * 36 = 22; u: 0, 0.5 * first**2
    optimizer = Adadelta(rho=0.5, epsilon=1.0)
    first = np.sqrt(1 / 9) * 4
    second = np.sqrt((first**2 / 2 + 1) / 23) * 6
    assert path(optimizer, [4.0, 6.0]) == pytest.approx([-first, -first - second], rel=1e-14)
    assert optimizer.state["theta"]["v"] == [22.0]
    assert optimizer.state["theta"]["u"] == pytest.approx([first**2 / 4 + second**2 / 2])


def test_the_learning_rate_is_a_factor_of_the_step_and_not_of_what_is_remembered():
    whole, half = Adadelta(rho=0.5), Adadelta(0.5, rho=0.5)
    steps = path(whole, [4.0, 6.0])
    assert path(half, [4.0, 6.0]) == pytest.approx([step / 2 for step in steps], rel=1e-14)
    assert half.state == whole.state


def test_weight_decay_is_part_of_the_gradient():
    optimizer = Adadelta(rho=0.5, weight_decay=0.5)
    path(optimizer, [1.0], start=4.0)
    assert optimizer.state["theta"]["v"] == [4.5]  # half of (1 + 2)**2


def test_steps_are_in_the_units_of_the_parameter():
    """In millimetres theta is a thousand times as large as in metres, its gradient as small."""
    steps = []
    for unit in (1.0, 1000.0):
        optimizer = Adadelta(epsilon=0.0)
        optimizer.state = {
            "theta": {"v": np.array([4.0]) / unit**2, "u": np.array([9.0]) * unit**2}
        }
        steps += path(optimizer, [3.0 / unit])
    assert steps[1] == pytest.approx(1000 * steps[0], rel=1e-12)
    assert steps[0] < -4


def test_epsilon_gets_the_steps_going():
    assert path(Adadelta(epsilon=0.0), [1.0, 1.0]) == [0.0, 0.0]
    slow, fast = (path(Adadelta(epsilon=epsilon), [1.0] * 9)[-1] for epsilon in (1e-8, 1e-4))
    assert fast < 50 * slow < 0
