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
    "Adam(lr=0.1)": "Adam: there is no argument lr, did you mean learning_rate",
    "Adam(eps=1e-8)": "no argument eps, did you mean epsilon",
    "Adam(betas=(0.9, 0.999))": "no argument betas, did you mean beta1 and beta2",
    "Adam(beta_1=0.9)": "no argument beta_1, did you mean beta1",
    "Adam(alpha=0.1)": "no argument alpha, did you mean learning_rate",
    "Adam(decay=0.1)": "no argument decay, did you mean weight_decay",
    "Adam(amsgrad=True)": "no argument amsgrad. It takes learning_rate, beta1",
    "Adam(clipnorm=1.0)": r"no argument clipnorm; wrap the optimizer: Clipped",
    "Adam(0.1, 0.9, 0.9, 1e-8, 0.0, 1)": "at most 5 arguments without a name, got 6",
    "SGD(0.1, learning_rate=0.1)": "learning_rate came twice",
    "SGD(gamma=0.9)": "no argument gamma, did you mean momentum",
    "SGD(NET.params)": "learning_rate to be a number or a schedule .*" + PARAMETERS,
    "Adam(NET.params, lr=0.1)": "did you mean learning_rate.*" + PARAMETERS,
    "SGD(NET)": PARAMETERS,
    "SGD(params=NET.params)": PARAMETERS,
    "SGD(iter([1]))": PARAMETERS,
    "SGD(lambda: 0.1)": "does not take one argument, the step",
    "SGD('0.1')": "SGD: expected learning_rate to be a number",
    "SGD(0.1, 0.9, nesterov=1)": "SGD: expected nesterov to be True or False, got 1",
    "RMSProp(centered='no')": "RMSProp: expected centered to be True or False, got 'no'",
    "Clipped(Adam(), max_norm=1.0)": "no argument max_norm, did you mean norm",
    "Clipped()": "Clipped: optimizer is missing",
    "Linear(0.1)": "Linear: steps is missing. It takes start, steps, stop",
    "Cosine(0.1, T_max=10)": "no argument T_max, did you mean steps",
    "Exponential(0.1, gamma=0.9)": "no argument gamma, did you mean factor",
    "StepDecay(lr=0.1, factor=0.5, every=2)": "no argument lr, did you mean start",
    "Linear(0.1, '10')": "Linear: expected steps to be a positive integer, got '10'",
    "Then(0.1, 5, Linear)": "got the class Linear; pass an instance",
    "Adam().step()": "step: params and grads are missing",
    "Adam().step(NET.params)": "step: grads is missing",
    "Adam().step(NET, {})": "to be a dict of arrays, got Sequential; pass net.params",
    "Adam().step(list(W.values()), W)": "params to be a dict of arrays, got list",
    "Adam().step(params=W, gradients=W)": "there is no argument gradients, did you mean grads",
    "Clipped(Adam(), 1.0).step()": "step: params and grads are missing",
    "Adam().load_state_dict()": "load_state_dict: saved is missing",
    "Adam().zero_grad()": "backward returns new gradients at every call",
    "Adam().param_groups": "set optimizer.learning_rate",
    "Adam().lr": "Adam has no attribute lr; did you mean learning_rate",
    "clip_by_norm(W)": "clip_by_norm: max_norm is missing",
    "clip_by_norm(NET, 1.0)": "expected grads to be a dict of arrays, got Sequential",
    "look_ahead(SGD(momentum=0.5))": "look_ahead: params is missing",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_does_not_fit_gets_a_sentence(call):
    with pytest.raises((TypeError, ValueError, AttributeError), match=CALLS[call]) as caught:
        eval(call, {**vars(optimizers), **vars(optimizers.schedules), **globals()})
    assert "__init__" not in str(caught.value)


@pytest.mark.parametrize("name", ["lr", "eps", "betas"])
def test_a_setting_of_another_librarys_name_is_refused(name):
    optimizer = Adam(0.01)
    with pytest.raises(AttributeError, match=f"no attribute {name}; did you mean"):
        setattr(optimizer, name, 0.5)
    assert name not in vars(optimizer)


def test_a_rule_of_your_own_may_have_any_settings():
    class Mine(SGD):
        def __init__(self, lr):
            super().__init__(lr)
            self.lr = lr
            self.eta = lr

    assert Mine(0.5).eta == 0.5


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
