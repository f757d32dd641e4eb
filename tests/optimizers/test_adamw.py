"""AdamW, computed by hand."""

import numpy as np
import pytest

from optimizers import Adam, AdamW


def stepped(optimizer, *gradients, start):
    params = {"theta": np.array(start)}
    for g in gradients:
        optimizer.step(params, {"theta": np.array(g)})
    return params["theta"]


def test_weights_decay_where_there_is_no_gradient():
    places = stepped(AdamW(0.5, weight_decay=0.5), [0.0, 0.0], [0.0, 0.0], start=[16.0, -4.0])
    assert places.tolist() == [9.0, -2.25]  # times 1 - 0.5 * 0.5, twice


def test_decay_comes_first_and_then_the_step():
    # 4 * (1 - 0.5 * 0.5) - 0.5
    assert stepped(AdamW(0.5, weight_decay=0.5, epsilon=0.0), [8.0], start=[4.0]) == [2.5]


def test_the_gradient_knows_nothing_of_the_decay():
    optimizer = AdamW(0.25, beta1=0.5, beta2=0.5, weight_decay=0.5)
    stepped(optimizer, [2.0], start=[100.0])
    assert optimizer.state["theta"] == {"m": [1.0], "v": [2.0]}


def test_every_weight_decays_at_the_same_rate_which_with_adam_it_does_not():
    g, start = np.array([0.1, 100.0]), [8.0, 8.0]
    settings = {"learning_rate": 0.1, "weight_decay": 0.5, "epsilon": 0.0}
    decoupled = stepped(AdamW(**settings), g, -g, start=start)
    coupled = stepped(Adam(**settings), g, -g, start=start)
    assert decoupled[0] == pytest.approx(decoupled[1], rel=1e-12)
    assert abs(coupled[0] - coupled[1]) > 0.05


def test_without_decay_it_is_adam():
    gradients = [[1.0, -2.0], [0.5, 3.0], [-1.0, 0.0]]
    ours = stepped(AdamW(0.1, weight_decay=0.0), *gradients, start=[1.0, 2.0])
    assert ours.tolist() == stepped(Adam(0.1), *gradients, start=[1.0, 2.0]).tolist()


def test_the_schedule_rules_the_decay_too():
    rates = {1: 0.5, 2: 0.25}
    places = stepped(AdamW(rates.__getitem__, weight_decay=1.0), [0.0], [0.0], start=[8.0])
    assert places.tolist() == [3.0]  # 8 * (1 - 0.5) * (1 - 0.25)


def test_settings_are_those_of_adam_but_for_the_decay():
    assert AdamW().settings() == {**Adam().settings(), "weight_decay": 0.01}
