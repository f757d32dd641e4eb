"""The penalty on the weights, and its gradient."""

import numpy as np
import pytest

from layers import MSE, FullyConnected, ReLU
from nets import L1, L2, Sequential, fit
from optimizers import SGD

RNG = np.random.default_rng(2)
PARAMS = {
    "0.W": RNG.normal(size=(3, 2)),
    "0.b": RNG.normal(size=2),
    "1.K": RNG.normal(size=(2, 2, 3)),
    "1.scale": np.array(3.0),
}


both = pytest.mark.parametrize("kind", [L1, L2])


def test_l1_by_hand():
    params = {"W": np.array([[3.0, 0.0, -4.0]]), "b": np.array([-2.0])}
    assert L1(0.5).penalty(params) == 3.5
    assert L1(0.5, biases=True).penalty(params) == 4.5
    assert L1(0).penalty(params) == 0
    weights_only = L1(0.5).gradients(params)
    assert weights_only.keys() == {"W"}
    assert weights_only["W"].tolist() == [[0.5, 0.0, -0.5]]
    assert L1(0.5, biases=True).gradients(params)["b"].tolist() == [-0.5]


def test_l1_brings_weights_of_no_use_to_0_and_l2_does_not():
    x = np.random.default_rng(0).normal(size=(200, 6))
    t = x[:, :1] * 2.0  # five of the six inputs are of no use
    sizes = {}
    for regularizer in (L1(0.2), L2(0.2)):
        net = Sequential(FullyConnected(6, 1, rng=0))
        options = {"epochs": 400, "batch_size": "all", "progress": False}
        fit(net, MSE(), SGD(0.01), x, t, regularizer=regularizer, **options)
        sizes[type(regularizer)] = np.abs(net.params["0.W"]).ravel()
    assert (sizes[L1][1:] < 0.003).all()
    assert (sizes[L2][1:] > 0.003).any()
    assert sizes[L1][0] > 1.8


def test_the_l2_penalty_by_hand():
    params = {"W": np.array([[3.0, -4.0]]), "b": np.array([2.0])}
    assert L2(0.5).penalty(params) == 6.25  # 0.5 / 2 * (9 + 16)
    assert L2(0.5, biases=True).penalty(params) == 7.25
    assert L2(0).penalty(params) == 0


def test_penalties_do_not_overflow_before_they_are_too_large_for_a_float():
    for dtype, size in ((np.float32, 1e30), (np.float64, 1e200), (np.float64, 1e-200)):
        W = np.full((2, 2), size, dtype)
        assert L1(1e-3).penalty({"W": W}) == pytest.approx(4e-3 * float(W[0, 0]))
        assert L2(1e-3 / size).penalty({"W": W}) == pytest.approx(2e-3 * size)
    assert L1(1e-3).penalty({"W": np.full((2, 2), 1e308)}) == pytest.approx(4e305)
    assert L2(1.0).penalty({"W": np.array([[np.inf]])}) == np.inf
    for bad in (np.ones((2, 2), np.float16), np.ma.masked_equal([[1.0, 2.0]], 2)):
        with pytest.raises(TypeError, match=r"^L2: expected params\['W'\] "):
            L2(1.0).gradients({"W": bad})


def test_the_l2_gradients_by_hand():
    params = {"W": np.array([[3.0, -4.0]]), "b": np.array([2.0])}
    weights_only = L2(0.5).gradients(params)
    assert weights_only.keys() == {"W"}
    assert weights_only["W"].tolist() == [[1.5, -2.0]]
    assert L2(0.5, biases=True).gradients(params)["b"].tolist() == [1.0]


@both
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("strength", [0.01, 3.0])
def test_the_gradients_are_those_of_numbers(kind, strength, biases):
    regularizer, h = kind(strength, biases=biases), 1e-6
    grads = regularizer.gradients(PARAMS)
    for name, array in PARAMS.items():
        for index in np.ndindex(array.shape):
            slopes = []
            for sign in (1, -1):
                moved = {**PARAMS, name: array.copy()}
                moved[name][index] += sign * h
                slopes.append(sign * regularizer.penalty(moved))
            given = grads[name][index] if name in grads else 0.0
            assert sum(slopes) / (2 * h) == pytest.approx(given, rel=1e-6, abs=1e-8)


@both
def test_biases_are_the_parameters_of_at_most_one_axis(kind):
    assert kind(1).gradients(PARAMS).keys() == {"0.W", "1.K"}
    assert kind(1, biases=True).gradients(PARAMS).keys() == PARAMS.keys()
    only_biases = {"b": np.ones(3)}
    assert kind(1).penalty(only_biases) == 0
    assert kind(1).gradients(only_biases) == {}


@pytest.mark.parametrize(
    ("kind", "of_a_weight"), [(L1, lambda W: 0.1 * abs(W)), (L2, lambda W: 0.05 * W**2)]
)
def test_the_parameters_of_a_net_are_taken_and_left_alone(kind, of_a_weight):
    net = Sequential(FullyConnected(3, 2, rng=0), ReLU(), FullyConnected(2, 1, rng=1))
    before = {name: array.copy() for name, array in net.params.items()}
    regularizer = kind(0.1)
    by_hand = sum(of_a_weight(net.params[name]).sum() for name in ("0.W", "2.W"))
    assert regularizer.penalty(net.params) == pytest.approx(by_hand, rel=1e-14)
    for name, g in regularizer.gradients(net.params).items():
        assert not np.shares_memory(g, net.params[name])
        g[...] = 0
    assert all(np.array_equal(net.params[name], array) for name, array in before.items())


@both
def test_float32_stays_float32_and_the_penalty_is_a_number(kind):
    params = {"W": np.ones((2, 2), np.float32)}
    assert kind(0.1).gradients(params)["W"].dtype == np.float32
    assert type(kind(0.1).penalty(params)) is float


@both
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
def test_a_strength_out_of_range_is_refused(kind, strength, error):
    with pytest.raises(error, match=f"expected strength to be a .*number.*, got {strength!r}"):
        kind(strength)


@both
def test_biases_are_asked_for_by_true_or_false(kind):
    match = f"{kind.__name__}: expected biases to be True or False, got 'no'"
    with pytest.raises(TypeError, match=match):
        kind(0.1, biases="no")


@pytest.mark.parametrize("regularizer", [L2(0.1), L2(1, biases=True), L1(0.1), L1(1, biases=True)])
def test_repr_evals_back(regularizer):
    again = eval(repr(regularizer))
    assert type(again) is type(regularizer)
    assert vars(again) == vars(regularizer)
