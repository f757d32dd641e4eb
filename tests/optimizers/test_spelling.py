"""Calls with the habits of other libraries get sentences, and no option is swallowed."""

import inspect

import numpy as np
import pytest

import optimizers
from layers import FullyConnected
from nets import Sequential
from optimizers import SGD, Adam
from optimizers.schedules import Cosine, Exponential, InverseTime, Linear, StepDecay, Then, Warmup

NET = Sequential(FullyConnected(2, 1, rng=0))
W = {"W": np.ones(2)}
PARAMETERS = r"is not given the parameters: call step\(net.params, grads\)"

CALLS = {
    "Adam(lr=0.1)": "Adam: there is no argument lr; did you mean learning_rate",
    "Adam(eps=1e-8)": "no argument eps; did you mean epsilon",
    "Adam(betas=(0.9, 0.999))": "no argument betas; did you mean beta1 and beta2",
    "Adam(beta_1=0.9)": "no argument beta_1; did you mean beta1",
    "Adam(alpha=0.1)": "no argument alpha; did you mean learning_rate",
    "Adam(decay=0.1)": "no argument decay; did you mean weight_decay",
    "Adam(amsgrad=True)": "no argument amsgrad. It takes learning_rate, beta1",
    "Adam(clipnorm=1.0)": r"no argument clipnorm; wrap the optimizer: Clipped",
    "Adam(0.1, 0.9, 0.9, 1e-8, 0.0, 1)": "Adam: too many positional arguments",
    "SGD(0.1, learning_rate=0.1)": "SGD: multiple values for argument 'learning_rate'",
    "SGD(gamma=0.9)": "no argument gamma; did you mean momentum",
    "SGD(NET.params)": "learning_rate to be a number or a schedule .*" + PARAMETERS,
    "Adam(NET.params, lr=0.1)": "did you mean learning_rate.*" + PARAMETERS,
    "SGD(NET)": PARAMETERS,
    "SGD(params=NET.params)": PARAMETERS,
    "SGD(iter([1]))": PARAMETERS,
    "SGD(lambda: 0.1)": "does not take one argument, the step",
    "SGD('0.1')": "SGD: expected learning_rate to be a number",
    "SGD(0.1, 0.9, nesterov=1)": "SGD: expected nesterov to be True or False, got 1",
    "RMSProp(centered='no')": "RMSProp: expected centered to be True or False, got 'no'",
    "Clipped(Adam(), max_norm=1.0)": "no argument max_norm; did you mean norm",
    "Clipped()": "Clipped: missing a required argument: 'optimizer'",
    "Linear(0.1)": "Linear: missing a required argument: 'steps'. It takes start, steps, stop",
    "Cosine(0.1, T_max=10)": "no argument T_max; did you mean steps",
    "Exponential(0.1, gamma=0.9)": "no argument gamma; did you mean factor",
    "StepDecay(lr=0.1, factor=0.5, every=2)": "no argument lr; did you mean start",
    "Linear(0.1, '10')": "Linear: expected steps to be a positive integer, got '10'",
    "Then(0.1, 5, Linear)": "got the class Linear; pass an instance",
    "Adam().step()": "step: missing a required argument: 'params'",
    "Adam().step(NET.params)": "step: missing a required argument: 'grads'",
    "Adam().step(NET, {})": "to be a dict of arrays, got Sequential; pass net.params",
    "Adam().step(list(W.values()), W)": "params to be a dict of arrays, got list",
    "Adam().step(params=W, gradients=W)": "there is no argument gradients; did you mean grads",
    "Clipped(Adam(), 1.0).step()": "step: missing a required argument: 'params'",
    "Adam().load_state_dict()": "load_state_dict: missing a required argument: 'saved'",
    "Adam().zero_grad()": "backward returns new gradients at every call",
    "Adam().param_groups": "set optimizer.learning_rate",
    "Adam().lr": "Adam has no attribute lr; did you mean learning_rate",
    "clip_by_norm(W)": "clip_by_norm: missing a required argument: 'max_norm'",
    "clip_by_norm(NET, 1.0)": "expected grads to be a dict of arrays, got Sequential",
    "look_ahead(SGD(momentum=0.5))": "look_ahead: missing a required argument: 'params'",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_does_not_fit_gets_a_sentence(call):
    with pytest.raises((TypeError, ValueError, AttributeError), match=CALLS[call]) as caught:
        eval(call, {**vars(optimizers), **vars(optimizers.schedules), **globals()})
    assert "__init__" not in str(caught.value)


SET = {
    "lr": (0.1, AttributeError, "Adam has no attribute lr; did you mean learning_rate"),
    "momentum": (0.9, AttributeError, "Adam has no attribute momentum"),
    "beta1": ("x", TypeError, "Adam: expected beta1 to be a number, got 'x'"),
    "beta2": (
        1.0,
        ValueError,
        "Adam: expected beta2 to be a finite number, at least 0 and below 1",
    ),
    "learning_rate": (-1, ValueError, "Adam: expected learning_rate to be a finite number"),
}


@pytest.mark.parametrize("name", SET)
def test_a_setting_is_checked_whenever_it_is_set(name):
    value, error, message = SET[name]
    optimizer = Adam()
    with pytest.raises(error, match=message):
        setattr(optimizer, name, value)
    assert optimizer.settings() == Adam().settings()


def test_a_rule_of_ones_own_may_keep_any_attribute():
    class Own(SGD):
        def __init__(self, lr=0.1):
            super().__init__(lr)
            self.lr, self.alpha, self.n = lr, 3, 0

    assert Own(0.2).settings() == {"lr": 0.2}


def test_a_setting_that_changes_what_is_remembered_may_be_set_later():
    optimizer, params = SGD(1.0), {"W": np.ones(2)}
    for momentum in (0.0, 0.5, 0.5, 0.0):
        optimizer.momentum = momentum
        optimizer.step(params, {"W": np.ones(2)})
    assert params["W"].tolist() == [1 - 1 - 1 - 1.5 - 1] * 2


def test_signatures_are_real():
    assert list(inspect.signature(Adam).parameters)[:2] == ["learning_rate", "beta1"]
    assert list(inspect.signature(Linear).parameters) == ["start", "steps", "stop"]
    assert list(inspect.signature(SGD().step).parameters) == ["params", "grads"]


def test_a_type_error_of_the_rule_itself_is_left_alone():
    class Own(optimizers.Optimizer):
        def __init__(self, lr=0.1):
            super().__init__(lr)
            len(3)

    with pytest.raises(TypeError, match="has no len"):
        Own()


def test_an_argument_that_was_not_kept_is_named():
    class Own(optimizers.Optimizer):
        def __init__(self, size):
            super().__init__(0.1)

    with pytest.raises(AttributeError, match=r"its constructor takes size: write self.size = size"):
        Own(3).settings()


SCHEDULES = [
    Linear(0.1, 3),
    Cosine(0.1, 3),
    Exponential(0.1, 0.0),
    StepDecay(0.1, 0.0, 2),
    InverseTime(0.1),
    Then(0.1, 2, 0.2),
    Warmup(2, 0.1),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_steps_are_counted_from_1(schedule):
    for t in (0, -1, "1", None, np.nan, True):
        with pytest.raises((TypeError, ValueError), match=r"expected t to be a .*number"):
            schedule(t)
    assert schedule(np.int64(1)) == schedule(1)
