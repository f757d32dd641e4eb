"""The penalty on the weights, and its gradient."""

import numpy as np
import pytest

from layers import FullyConnected, ReLU
from nets import L2, Sequential

RNG = np.random.default_rng(2)
PARAMS = {
    "0.W": RNG.normal(size=(3, 2)),
    "0.b": RNG.normal(size=2),
    "1.K": RNG.normal(size=(2, 2, 3)),
    "1.scale": np.array(3.0),
}


def test_the_penalty_by_hand():
    params = {"W": np.array([[3.0, -4.0]]), "b": np.array([2.0])}
    assert L2(0.5).penalty(params) == 6.25  # 0.5 / 2 * (9 + 16)
    assert L2(0.5, biases=True).penalty(params) == 7.25
    assert L2(0).penalty(params) == 0


def test_the_gradients_by_hand():
    params = {"W": np.array([[3.0, -4.0]]), "b": np.array([2.0])}
    weights_only = L2(0.5).gradients(params)
    assert weights_only.keys() == {"W"}
    assert weights_only["W"].tolist() == [[1.5, -2.0]]
    assert L2(0.5, biases=True).gradients(params)["b"].tolist() == [1.0]


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("strength", [0.01, 3.0])
def test_the_gradients_are_those_of_numbers(strength, biases):
    l2, h = L2(strength, biases=biases), 1e-6
    grads = l2.gradients(PARAMS)
    for name, array in PARAMS.items():
        for index in np.ndindex(array.shape):
            slopes = []
            for sign in (1, -1):
                moved = {**PARAMS, name: array.copy()}
                moved[name][index] += sign * h
                slopes.append(sign * l2.penalty(moved))
            given = grads[name][index] if name in grads else 0.0
            assert sum(slopes) / (2 * h) == pytest.approx(given, rel=1e-6, abs=1e-8)


def test_biases_are_the_parameters_of_at_most_one_axis():
    assert L2(1).gradients(PARAMS).keys() == {"0.W", "1.K"}
    assert L2(1, biases=True).gradients(PARAMS).keys() == PARAMS.keys()
    only_biases = {"b": np.ones(3)}
    assert L2(1).penalty(only_biases) == 0
    assert L2(1).gradients(only_biases) == {}


def test_the_parameters_of_a_net_are_taken_and_left_alone():
    net = Sequential(FullyConnected(3, 2, rng=0), ReLU(), FullyConnected(2, 1, rng=1))
    before = {name: array.copy() for name, array in net.params.items()}
    l2 = L2(0.1)
    by_hand = 0.05 * sum((net.params[name] ** 2).sum() for name in ("0.W", "2.W"))
    assert l2.penalty(net.params) == pytest.approx(by_hand, rel=1e-14)
    for name, g in l2.gradients(net.params).items():
        assert not np.shares_memory(g, net.params[name])
        g[...] = 0
    assert all(np.array_equal(net.params[name], array) for name, array in before.items())


def test_float32_stays_float32_and_the_penalty_is_a_number():
    params = {"W": np.ones((2, 2), np.float32)}
    assert L2(0.1).gradients(params)["W"].dtype == np.float32
    assert type(L2(0.1).penalty(params)) is float


@pytest.mark.parametrize(
    ("strength", "error"),
    [
        (-0.1, ValueError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
        ("0.1", TypeError),
        (None, TypeError),
        (True, TypeError),
    ],
)
def test_a_strength_that_is_no_number_of_at_least_0_is_refused(strength, error):
    with pytest.raises(error, match=f"strength: expected a .*number.*, got {strength!r}"):
        L2(strength)


@pytest.mark.parametrize("l2", [L2(0.1), L2(1, biases=True)])
def test_repr_evals_back(l2):
    again = eval(repr(l2))
    assert (again.strength, again.biases) == (l2.strength, l2.biases)


def test_repr_is_short():
    assert repr(L2(0.1)) == "L2(0.1)"
    assert repr(L2(1, biases=True)) == "L2(1.0, biases=True)"
