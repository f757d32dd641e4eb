"""Gradient descent, computed by hand."""

import numpy as np
import pytest

from optimizers import SGD


def path(optimizer, gradients, start=1.0):
    """Where one number goes, given its gradients."""
    params = {"theta": np.array([start])}
    places = []
    for g in gradients:
        optimizer.step(params, {"theta": np.array([g])})
        places.append(float(params["theta"][0]))
    return places


def test_a_plain_step_is_the_rate_times_the_gradient():
    assert path(SGD(0.5), [2.0, -1.0, 0.0]) == [0.0, 0.5, 0.5]


def test_momentum_sums_gradients():
    # v: 1, 0.5 + 1 = 1.5, 0.75 + 1 = 1.75
    optimizer = SGD(0.5, momentum=0.5)
    assert path(optimizer, [1.0, 1.0, 1.0], start=2.0) == [1.5, 0.75, -0.125]
    assert optimizer.state["theta"]["v"] == [1.75]


def test_momentum_rolls_on_where_the_slope_is_gone():
    assert path(SGD(1.0, momentum=0.5), [4.0, 0.0, 0.0], start=0.0) == [-4.0, -6.0, -7.0]


def test_nesterov_looks_one_step_ahead():
    # v: 1, 1.5; the steps are g + 0.5 v: 1.5, 1.75
    optimizer = SGD(0.5, momentum=0.5, nesterov=True)
    assert path(optimizer, [1.0, 1.0], start=2.0) == [1.25, 0.375]
    assert optimizer.state["theta"]["v"] == [1.5]


def test_weight_decay_is_part_of_the_gradient():
    # 2 - 0.5 * (1 + 0.5 * 2) = 1;  1 - 0.5 * (0 + 0.5 * 1) = 0.75
    assert path(SGD(0.5, weight_decay=0.5), [1.0, 0.0], start=2.0) == [1.0, 0.75]


def test_weight_decay_goes_into_the_momentum():
    # v: 1 + 0.5 * 2 = 2, theta 1;  v: 0.5 * 2 + 0 + 0.5 * 1 = 1.5, theta 0.25
    optimizer = SGD(0.5, momentum=0.5, weight_decay=0.5)
    assert path(optimizer, [1.0, 0.0], start=2.0) == [1.0, 0.25]
    assert optimizer.state["theta"]["v"] == [1.5]


def test_a_changed_learning_rate_takes_full_effect_at_once():
    optimizer = SGD(1.0, momentum=0.5)
    assert path(optimizer, [4.0], start=0.0) == [-4.0]
    optimizer.learning_rate = 0.25
    assert path(optimizer, [2.0], start=0.0) == [-1.0]  # v = 0.5 * 4 + 2


def test_without_momentum_nothing_is_remembered():
    optimizer = SGD(0.5)
    path(optimizer, [1.0])
    assert optimizer.shapes((3,)) == {}
    assert optimizer.state == {"theta": {}}


def test_the_gradient_of_a_parabola_may_be_the_parameter_itself():
    params = {"theta": np.array([8.0, -8.0])}
    SGD(0.5).step(params, params)
    assert params["theta"].tolist() == [4.0, -4.0]


def test_a_bowl_is_descended_to_its_bottom():
    params = {"theta": np.array([3.0, -5.0])}
    optimizer = SGD(0.05, momentum=0.9)
    for _ in range(400):
        optimizer.step(params, {"theta": params["theta"] * [1.0, 10.0]})
    assert np.abs(params["theta"]).max() < 1e-6


def test_nesterov_needs_momentum():
    with pytest.raises(ValueError, match="expected a momentum above 0 for nesterov=True, got 0"):
        SGD(0.1, nesterov=True)


@pytest.mark.parametrize("bad", ["no", float("nan"), 0.9])
def test_nesterov_is_true_or_false(bad):
    with pytest.raises(TypeError, match="nesterov"):
        SGD(0.1, momentum=0.9, nesterov=bad)


def test_momentum_may_be_set_later_like_the_other_settings():
    optimizer, same = SGD(0.5), SGD(0.5, momentum=0.5)
    optimizer.momentum = 0.5
    assert path(optimizer, [1.0, 1.0]) == path(same, [1.0, 1.0])


def test_settings_are_those_of_the_signature():
    assert SGD().settings() == {
        "learning_rate": 0.01,
        "momentum": 0.0,
        "nesterov": False,
        "weight_decay": 0.0,
    }
    assert repr(SGD(0.5, 0.9, nesterov=True)) == (
        "SGD(learning_rate=0.5, momentum=0.9, nesterov=True, weight_decay=0.0)"
    )
