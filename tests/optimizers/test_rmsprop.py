"""RMSProp, computed by hand."""

import numpy as np
import pytest

from optimizers import RMSProp
from tests.optimizers.by_hand import path


def test_the_gradient_is_divided_by_the_root_of_a_rolling_average():
    # v: 0.36 * 25 = 9, 0.64 * 9 + 0.36 * 81 = 34.92
    optimizer = RMSProp(1.0, alpha=0.64, epsilon=0.0)
    steps = [-5 / 3, -9 / np.sqrt(34.92)]
    assert path(optimizer, [5.0, 9.0]) == pytest.approx(np.cumsum(steps), rel=1e-14)
    assert optimizer.state["theta"]["v"] == pytest.approx([34.92])


def test_epsilon_is_outside_the_root():
    assert path(RMSProp(1.0, alpha=0.64, epsilon=1.0), [5.0]) == pytest.approx([-5 / 4])


def test_momentum_sums_quotients_and_leaves_the_learning_rate_outside():
    # v: 0.75 * 4 = 3, 0.25 * 3 + 0.75 * 4 = 3.75
    optimizer = RMSProp(0.5, alpha=0.25, epsilon=0.0, momentum=0.5)
    first = 2 / np.sqrt(3)
    second = 0.5 * first + 2 / np.sqrt(3.75)
    assert path(optimizer, [2.0, 2.0]) == pytest.approx([-first / 2, -(first + second) / 2])
    assert optimizer.state["theta"]["velocity"] == pytest.approx([second])


def test_centered_it_measures_in_standard_deviations():
    # m: 0.5 * 4 = 2, v: 0.5 * 16 = 8, the variance 8 - 4
    optimizer = RMSProp(1.0, alpha=0.5, epsilon=0.0, centered=True)
    assert path(optimizer, [4.0]) == [-2.0]
    assert {slot: array.tolist() for slot, array in optimizer.state["theta"].items()} == {
        "v": [8.0],
        "m": [2.0],
    }


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_variance_that_rounding_takes_below_0_counts_as_0(dtype):
    """The gradient stays the same, so v - m**2 is 0 but for rounding."""
    optimizer = RMSProp(alpha=0.5, epsilon=1.0, centered=True)
    params = {"theta": np.zeros(50, dtype)}
    g = np.linspace(0.1, 5, 50).astype(dtype)
    for _ in range(100):
        optimizer.step(params, {"theta": g})
    variance = optimizer.state["theta"]["v"] - optimizer.state["theta"]["m"] ** 2
    assert variance.min() < 0
    assert np.isfinite(params["theta"]).all()


def test_weight_decay_is_part_of_the_gradient():
    optimizer = RMSProp(1.0, alpha=0.75, epsilon=0.0, weight_decay=0.5)
    assert path(optimizer, [1.0], start=4.0) == [2.0]  # g = 3, v = 9 / 4
    assert optimizer.state["theta"]["v"] == [2.25]


def test_the_options_decide_what_is_remembered():
    assert tuple(RMSProp().shapes(())) == ("v",)
    assert tuple(RMSProp(momentum=0.5).shapes(())) == ("v", "velocity")
    assert tuple(RMSProp(centered=True).shapes(())) == ("v", "m")
    assert tuple(RMSProp(momentum=0.5, centered=True).shapes(())) == ("v", "m", "velocity")


def test_steps_do_not_die_out():
    places = path(RMSProp(1.0), [1.0] * 2000)
    assert places[-1] - places[-2] == pytest.approx(-1.0, rel=1e-6)


@pytest.mark.parametrize("bad", ["yes", None, 2])
def test_centered_is_true_or_false(bad):
    with pytest.raises(
        TypeError, match=f"^RMSProp: expected centered to be True or False, got {bad!r}$"
    ):
        RMSProp(centered=bad)
