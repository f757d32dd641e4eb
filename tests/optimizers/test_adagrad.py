"""Adagrad, computed by hand."""

import numpy as np
import pytest

from optimizers import Adagrad
from tests.optimizers.by_hand import path


def test_the_gradient_is_divided_by_the_root_of_the_sum_of_all_squares():
    # G: 9, 9 + 16 = 25, 25 + 144 = 169
    optimizer = Adagrad(1.0, epsilon=0.0)
    steps = [-3 / 3, -4 / 5, -12 / 13]
    assert path(optimizer, [3.0, 4.0, 12.0]) == pytest.approx(np.cumsum(steps), rel=1e-14)
    assert optimizer.state["theta"]["G"] == [169.0]


def test_epsilon_is_outside_the_root():
    assert path(Adagrad(1.0, epsilon=1.0), [3.0]) == [-0.75]  # inside, it were 3 / sqrt(10)


def test_weight_decay_is_part_of_the_gradient():
    # G: (1 + 0.5 * 4)**2 = 9
    optimizer = Adagrad(1.0, epsilon=0.0, weight_decay=0.5)
    assert path(optimizer, [1.0], start=4.0) == [3.0]
    assert optimizer.state["theta"]["G"] == [9.0]


def test_a_parameter_that_rarely_has_a_gradient_moves_further_for_it():
    params, optimizer = {"theta": np.zeros(2)}, Adagrad(0.1)
    for t in range(1, 101):
        optimizer.step(params, {"theta": np.array([1.0, float(t == 100)])})
        if t == 99:
            before = params["theta"].copy()
    often, rarely = before - params["theta"]
    assert rarely == pytest.approx(10 * often)


def test_steps_die_out_which_is_why_others_have_a_rolling_average():
    places = path(Adagrad(1.0), [1.0] * 400)
    assert places[399] - places[398] == pytest.approx(-1 / 20)


def test_a_parameter_without_a_gradient_stays():
    assert path(Adagrad(), [0.0], start=5.0) == [5.0]
