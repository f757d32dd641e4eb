"""A rule of one's own, on what all optimizers share."""

import threading
import time

import numpy as np
import pytest

from layers.core.params import Params
from optimizers import SGD, Adam, Optimizer, running


class SignDescent(Optimizer):
    """A student's rule: steps of one size, and a count of them."""

    slots = ("count",)

    def __init__(self, learning_rate=0.5, backwards=False):
        super().__init__(learning_rate)
        self.backwards = backwards

    def update(self, theta, g, state, learning_rate):
        state["count"] += 1
        theta -= learning_rate * np.sign(g) * (-1 if self.backwards else 1)


def grads_of(params):
    return {key: np.full(theta.shape, 3.0) for key, theta in params.items()}


def test_a_rule_of_ones_own_gets_a_step_a_state_and_a_clock():
    params = {"a.W": np.array([1.0, 2.0]), "b.W": np.array(0.0)}
    optimizer = SignDescent()
    for _ in range(3):
        optimizer.step(params, grads_of(params))
    assert params["a.W"].tolist() == [-0.5, 0.5]
    assert params["b.W"] == -1.5
    assert optimizer.t == 3
    assert optimizer.state["a.W"]["count"].tolist() == [3.0, 3.0]
    assert optimizer.state["b.W"]["count"] == 3.0


def test_its_settings_are_saved_shown_and_loaded():
    optimizer = SignDescent(0.25, backwards=True)
    params = {"W": np.zeros(2)}
    optimizer.step(params, grads_of(params))
    assert repr(optimizer) == "SignDescent(learning_rate=0.25, backwards=True)"
    other = SignDescent()
    other.load_state_dict(optimizer.state_dict())
    other.step(params, grads_of(params))
    assert params["W"].tolist() == [0.5, 0.5]
    assert (other.t, other.state["W"]["count"].tolist()) == (2, [2.0, 2.0])


class UnitSteps(Optimizer):
    """A student's rule that looks at a parameter as a whole: every step has length 1."""

    def __init__(self, learning_rate=1.0):
        super().__init__(learning_rate)
        self.seen = []

    def update(self, theta, g, state, learning_rate):
        self.seen.append(theta.shape)
        theta -= learning_rate * g / np.linalg.norm(g)


@pytest.mark.parametrize(
    "shapes", [((3,), (4,)), ((2, 2), (3, 5)), ((300, 300),), ((70_000,), (1,))]
)
def test_a_rule_is_given_one_parameter_at_a_time_and_all_of_it(shapes):
    params = {str(i): np.zeros(shape) for i, shape in enumerate(shapes)}
    optimizer = UnitSteps()
    optimizer.step(params, grads_of(params))
    assert sorted(optimizer.seen) == sorted(shapes)
    for theta in params.values():
        assert np.linalg.norm(theta) == pytest.approx(1)


def test_a_rule_of_ones_own_runs_in_the_thread_that_called_it(monkeypatch):
    """It may keep a count or a sum on itself, which two threads would spoil."""
    monkeypatch.setattr(running, "_cores", lambda: 2)
    threads = []

    class Watched(UnitSteps):
        def update(self, theta, g, state, learning_rate):
            threads.append(threading.current_thread())
            super().update(theta, g, state, learning_rate)

    params = {name: np.zeros(running.SHARED) for name in "ab"}
    Watched().step(params, grads_of(params))
    assert threads == [threading.current_thread()] * 2


class Slow(Optimizer):
    """Plain descent that takes its time between reading and writing, most in the main thread."""

    elementwise = True

    def update(self, theta, g, state, learning_rate):
        moved = theta - learning_rate * g
        time.sleep(0.01 if threading.current_thread() is threading.main_thread() else 0.0001)
        theta[...] = moved


def test_large_names_that_share_their_memory_are_updated_one_after_the_other(monkeypatch):
    monkeypatch.setattr(running, "_cores", lambda: 2)
    W = np.zeros(running.BLOCK * (running.SHARED // running.BLOCK | 1))  # an odd number of blocks
    grads = {"0.W": np.ones(W.size), "1.W": np.full(W.size, 10.0)}
    Slow(1.0).step({"0.W": W, "1.W": W}, grads)
    assert np.unique(W).tolist() == [-11.0]


class RowMeans(Optimizer):
    """A student's rule that remembers one number for each row."""

    slots = ("sum",)

    def shapes(self, shape):
        return {"sum": shape[:1]}

    def update(self, theta, g, state, learning_rate):
        state["sum"] += g.mean(axis=1)
        theta -= learning_rate * state["sum"][:, None]


def test_a_rule_may_keep_arrays_of_another_shape_than_the_parameter():
    params = {"W": np.zeros((2, 3), np.float32), "U": np.ones((1, 4), np.float32)}
    optimizer = RowMeans(1.0)
    for _ in range(2):
        optimizer.step(params, grads_of(params))
    assert optimizer.state["W"]["sum"].tolist() == [6.0, 6.0]
    assert optimizer.state["U"]["sum"].dtype == np.float32
    assert np.unique(params["W"]).tolist() == [-9.0]
    again = RowMeans(1.0)
    again.load_state_dict(optimizer.state_dict())
    again.step(params, grads_of(params))
    assert np.unique(params["U"]).tolist() == [-17.0]


def test_arrays_of_another_shape_are_looked_at_too():
    optimizer, params = RowMeans(1.0), {"W": np.zeros((2, 3))}
    optimizer.state["W"] = {"sum": np.zeros((2, 3))}
    match = r"state\['W'\]\['sum'\] of shape \(2,\) for a parameter of shape \(2, 3\), got \(2, 3\)"
    with pytest.raises(ValueError, match=match):
        optimizer.step(params, grads_of(params))
    assert (optimizer.t, params["W"].any()) == (0, False)


def test_a_rule_without_update_says_so():
    class Nothing(Optimizer):
        pass

    with pytest.raises(NotImplementedError, match="Nothing does not define update"):
        Nothing(0.1).step({"W": np.ones(1)}, {"W": np.ones(1)})


def test_the_base_checks_the_learning_rate():
    with pytest.raises(
        ValueError, match="SignDescent: expected learning_rate to be a finite number"
    ):
        SignDescent(-1)


def test_the_params_of_a_layer_are_written_through():
    W = np.ones((2, 2))
    params = Params({"W": W})
    SGD(0.5).step(params, {"W": np.full((2, 2), 2.0)})
    assert not W.any()


def test_the_order_of_the_keys_does_not_matter():
    params = {"a": np.array([1.0]), "b": np.array([1.0])}
    SGD(1.0).step(params, {"b": np.array([2.0]), "a": np.array([1.0])})
    assert (params["a"].tolist(), params["b"].tolist()) == ([0.0], [-1.0])


def test_two_optimizers_share_nothing():
    first, second = SignDescent(), SignDescent()
    params = {"W": np.ones(1)}
    first.step(params, grads_of(params))
    assert (second.state, second.t) == ({}, 0)


def test_state_fills_up_where_a_slot_was_taken_away():
    optimizer = SignDescent()
    params = {"W": np.ones(1)}
    optimizer.step(params, grads_of(params))
    del optimizer.state["W"]["count"]
    optimizer.step(params, grads_of(params))
    assert optimizer.state["W"]["count"].tolist() == [1.0]


@pytest.mark.parametrize("t", [-1, 0.5, None])
def test_a_clock_that_does_not_count_is_refused(t):
    optimizer, params = Adam(), {"W": np.ones(2)}
    optimizer.t = t
    with pytest.raises(ValueError, match="expected the clock t to be a non-negative integer, got"):
        optimizer.step(params, grads_of(params))
    assert params["W"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("state", [None, 3, [1.0]])
def test_state_that_is_not_a_dict_is_refused(state):
    optimizer, params = Adam(), {"W": np.ones(2)}
    optimizer.state["W"] = state
    with pytest.raises(TypeError, match=r"expected state\['W'\] to be a dict, got"):
        optimizer.step(params, grads_of(params))
    assert (optimizer.t, params["W"].tolist()) == (0, [1.0, 1.0])
