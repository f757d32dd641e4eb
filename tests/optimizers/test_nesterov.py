"""The lecture's form of Nesterov's rule, and that of SGD: the same iterates."""

import numpy as np
import pytest

from layers import FullyConnected, SoftmaxCE, Tanh
from nets import Sequential
from optimizers import SGD, Adam, look_ahead

RNG = np.random.default_rng(4)
X, LABELS = RNG.normal(size=(9, 4)), RNG.integers(0, 3, 9)
A, B = RNG.normal(size=(6, 4)), RNG.normal(size=6)
ETA, GAMMA = 0.02, 0.9


def gradient(theta):
    """Of half the sum of (A theta - b)**2, plus the sum of log cosh theta."""
    return A.T @ (A @ theta - B) + np.tanh(theta)


def make():
    return Sequential(FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 3, rng=1))


def gradients(net):
    loss = SoftmaxCE()
    loss.forward(net.forward(X), LABELS)
    return net.backward(loss.backward()[0])[1]


def test_with_look_ahead_momentum_is_the_lectures_rule():
    theta, v = np.ones(4), np.zeros(4)
    params, optimizer = {"theta": np.ones(4)}, SGD(ETA, momentum=GAMMA)
    for _ in range(60):
        v = GAMMA * v + ETA * gradient(theta - GAMMA * v)
        theta = theta - v
        with look_ahead(optimizer, params):
            grads = {"theta": gradient(params["theta"])}
        optimizer.step(params, grads)
        np.testing.assert_allclose(params["theta"], theta, rtol=1e-11)
        np.testing.assert_allclose(ETA * optimizer.state["theta"]["v"], v, rtol=1e-10, atol=1e-14)


def test_both_forms_make_the_same_iterates():
    """The parameters of SGD with nesterov are the look-ahead points of the lecture's form."""
    net, ahead = make(), make()
    lectures, ours = SGD(0.5, momentum=0.9), SGD(0.5, momentum=0.9, nesterov=True)
    start = {key: theta.copy() for key, theta in net.params.items()}
    for _ in range(60):
        with look_ahead(lectures, net.params):
            for key, theta in net.params.items():
                np.testing.assert_allclose(ahead.params[key], theta, rtol=1e-9, atol=1e-12)
            grads = gradients(net)
        lectures.step(net.params, grads)
        ours.step(ahead.params, gradients(ahead))
    assert all(np.abs(net.params[key] - theta).max() > 0.1 for key, theta in start.items())
    assert any(np.abs(net.params[key] - ahead.params[key]).max() > 1e-3 for key in start)


def test_it_is_not_momentum_alone():
    params, plain = {"theta": np.ones(4)}, {"theta": np.ones(4)}
    nag, momentum = SGD(ETA, momentum=GAMMA), SGD(ETA, momentum=GAMMA)
    for _ in range(9):
        with look_ahead(nag, params):
            grads = {"theta": gradient(params["theta"])}
        nag.step(params, grads)
        momentum.step(plain, {"theta": gradient(plain["theta"])})
    assert np.abs(params["theta"] - plain["theta"]).max() > 0.01


def moving():
    """An SGD on its way, and its parameters."""
    params, optimizer = {"theta": np.ones(4)}, SGD(ETA, momentum=GAMMA)
    optimizer.step(params, {"theta": np.full(4, 10.0)})
    return optimizer, params


def test_the_parameters_are_moved_in_place_and_restored_to_the_bit():
    optimizer, params = moving()
    params["theta"][...] = [1e-5, 0.1, 1 / 3, 1e-9]  # there and back by sums loses digits
    theta, before = params["theta"], params["theta"].copy()
    with look_ahead(optimizer, params):
        assert params["theta"] is theta
        np.testing.assert_allclose(theta, before - ETA * GAMMA * 10, rtol=1e-14)
    assert theta.tolist() == before.tolist()
    assert (optimizer.t, optimizer.state["theta"]["v"].tolist()) == (1, [10.0] * 4)


def test_they_are_restored_after_an_error_too():
    optimizer, params = moving()
    before = params["theta"].tolist()
    with pytest.raises(LookupError), look_ahead(optimizer, params):
        raise LookupError
    assert params["theta"].tolist() == before


def test_the_rate_is_that_of_the_step_to_come():
    optimizer, params = moving()
    optimizer.learning_rate = {2: 0.5}.__getitem__
    before = params["theta"].copy()
    with look_ahead(optimizer, params):
        np.testing.assert_allclose(params["theta"], before - 0.5 * GAMMA * 10)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_before_the_first_step_and_without_momentum_nothing_is_ahead(momentum):
    optimizer, params = SGD(ETA, momentum=momentum), {"theta": np.ones(4)}
    for _ in range(1 if momentum else 2):
        with look_ahead(optimizer, params):
            assert params["theta"].tolist() == [1.0] * 4
        optimizer.step(params, {"theta": np.zeros(4)})


@pytest.mark.parametrize(
    ("optimizer", "error", "sentence"),
    [
        (Adam(), TypeError, r"look_ahead: expected an SGD with momentum, got Adam\(learning_rate"),
        (SGD, TypeError, "look_ahead: expected an SGD with momentum, got <class"),
        (SGD(momentum=0.5, nesterov=True), ValueError, "expected an SGD with nesterov=False; with"),
        (SGD(momentum=0.5, weight_decay=0.1), ValueError, "expected an SGD without weight_decay"),
    ],
)
def test_what_does_not_look_ahead_is_refused(optimizer, error, sentence):
    with pytest.raises(error, match=sentence), look_ahead(optimizer, {"theta": np.ones(4)}):
        raise AssertionError("the block is not entered")


@pytest.mark.parametrize(
    ("params", "error", "sentence"),
    [
        (make(), TypeError, "expected params to be a dict of arrays, got Sequential; pass net.par"),
        (
            {"theta": np.ones(5)},
            ValueError,
            r"of shape \(5,\) for a parameter of shape \(5,\), got",
        ),
        ({"theta": np.ones(4, int)}, TypeError, "to be a floating array, got int64"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(params, error, sentence):
    optimizer, _ = moving()
    with pytest.raises(error, match=sentence), look_ahead(optimizer, params):
        raise AssertionError("the block is not entered")


def test_a_step_in_the_block_is_not_lost_in_silence():
    optimizer, params = moving()
    with (
        pytest.raises(RuntimeError, match="expected the step after the block, not inside it"),
        look_ahead(optimizer, params),
    ):
        optimizer.step(params, {"theta": np.ones(4)})
