"""What is told and what is kept when the loss is no longer a finite number."""

import pickle
import re
import warnings

import numpy as np
import pytest

from layers import MSE, FullyConnected, ReLU, Sigmoid, SoftmaxCE, Tanh
from nets import L2, DivergenceError, History, Sequential, fit, minibatches
from nets.training.divergence import explanation
from optimizers import SGD, Adam

RNG = np.random.default_rng(8)
X = RNG.normal(size=(20, 2))
LABELS = np.arange(20) % 3
TARGETS = RNG.normal(size=(20, 3))


def make():
    return Sequential(FullyConnected(2, 4, rng=0), ReLU(), FullyConnected(4, 3, rng=1))


def nested():
    inner = Sequential(FullyConnected(4, 3, rng=1), ReLU())
    return Sequential(FullyConnected(2, 4, rng=0), inner, FullyConnected(3, 3, rng=2))


def frozen(arrays):
    return {name: array.tobytes() for name, array in arrays.items()}


def diverged(net, loss, optimizer, x, y, **options):
    """The error of a run that diverges, with every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(
            DivergenceError, match="The parameters are back at those with which epoch"
        ) as caught:
            fit(
                net,
                loss,
                optimizer,
                x,
                y,
                **{"epochs": 50, "batch_size": "all", "progress": False, **options},
            )
    return caught.value


def last_finite(net, loss, optimizer, x, y, *, batch_size="all", rng=None):
    """The same run by hand: where the last epoch with a finite loss began, and where it ended."""
    rng, good = np.random.default_rng(rng), None
    with np.errstate(all="ignore"):
        for epoch in range(1, 51):
            began = frozen(net.params)
            for number, (xs, ys) in enumerate(minibatches(x, y, batch_size, rng=rng), 1):
                value = loss.forward(net.forward(xs), ys)
                if not np.isfinite(value):
                    return good, f"the loss became {value} at epoch {epoch}, step {number}."
                good = began
                dscores, _ = loss.backward()
                optimizer.step(net.params, net.backward(dscores)[1])
    raise AssertionError("this run does not diverge")


RUNS = {
    "at once": (make, SoftmaxCE, LABELS, lambda: SGD(1e200), {}),
    "little by little": (make, MSE, TARGETS, lambda: SGD(30.0), {"batch_size": 7, "rng": 3}),
    "with momentum": (make, MSE, TARGETS, lambda: SGD(5.0, momentum=0.9), {"rng": 2}),
    "with Adam": (nested, MSE, TARGETS, lambda: Adam(1e120), {"batch_size": 6, "rng": 1}),
    "one by one": (nested, MSE, TARGETS, lambda: SGD(10.0), {"batch_size": 1, "rng": 0}),
}


@pytest.mark.parametrize("kind", RUNS)
def test_a_huge_learning_rate_is_reported_and_good_parameters_are_restored(kind):
    make_net, loss, y, optimizer, options = RUNS[kind]
    net = make_net()
    error = diverged(net, loss(), optimizer(), X, y, **options)
    good, when = last_finite(make_net(), loss(), optimizer(), X, y, **options)
    assert str(error).startswith(when)
    assert frozen(net.params) == good
    assert "The parameters have grown to " in str(error)
    rate = optimizer().learning_rate
    assert f"the learning rate, {rate}, is probably too large; try a tenth" in str(error)
    with np.errstate(over="ignore"):
        assert np.isfinite(net.predict(X)).all()


def test_the_whole_message():
    net = make()
    error = diverged(net, MSE(), SGD(1e200), X, TARGETS)
    number = re.search(r"grown to (\S+) in", str(error))[1]
    assert 1e198 < float(number) < 1e202
    assert str(error) == (
        "the loss became inf at epoch 2, step 1. The first output that is not finite is that of "
        f"layer 2 (FullyConnected 4 -> 3). The parameters have grown to {number} in size: the "
        "learning rate, 1e+200, is probably too large; try a tenth of it. The parameters are back "
        "at those with which epoch 1 began."
    )


def test_the_epochs_that_were_complete_are_attached():
    error = diverged(make(), MSE(), SGD(2.0, momentum=0.9), X, TARGETS, batch_size=7, rng=3)
    epoch = int(re.search(r"epoch (\d+), step", str(error))[1])
    assert isinstance(error.history, History)
    assert error.history.epoch == list(range(1, epoch))
    assert epoch == 4
    assert np.isfinite(error.history.loss).all()
    assert isinstance(error, ArithmeticError)


def test_a_layer_in_a_nested_net_is_named_by_its_path():
    error = diverged(nested(), MSE(), SGD(1e200), X, TARGETS)
    assert "not finite is that of layer 1.0 (FullyConnected 4 -> 3)." in str(error)


def test_a_learning_rate_that_is_a_schedule_is_reported_as_a_number():
    error = diverged(make(), MSE(), SGD(lambda t: 1e200 / t), X, TARGETS)
    assert "the learning rate, 1e+200, is probably too large" in str(error)


def test_huge_inputs_are_named_where_the_rate_is_small():
    net = make()
    before = frozen(net.params)
    error = diverged(net, MSE(), SGD(0.001), np.full((20, 2), 1e200), TARGETS)
    message = str(error)
    assert message.startswith("the loss became inf at epoch 1, step 1.")
    assert "that of the loss itself, MSE: every layer was finite." in message
    assert re.search(
        r"The largest input in this batch is 1e\+200 and the largest parameter [01]\.\d+: "
        r"scale the inputs to about 1, or lower the learning rate, 0\.001\.",
        message,
    )
    assert frozen(net.params) == before
    assert len(error.history) == 0


def test_one_huge_example_is_found_in_the_first_layer():
    x = X.copy()
    x[13] = 1.7e308
    net = Sequential(FullyConnected(2, 3, weight_init=lambda shape, rng: np.ones(shape)))
    error = diverged(net, MSE(), SGD(0.001), x, TARGETS)
    assert "that of layer 0 (FullyConnected 2 -> 3)." in str(error)
    assert "The largest input in this batch is 1.7e+308 and" in str(error)


def test_a_run_that_diverges_in_validation_does_not_warn():
    diverged(make(), MSE(), SGD(1e200), X, TARGETS, validation=(X, TARGETS))


def test_parameters_that_are_updated_in_threads_do_not_warn():
    net = Sequential(FullyConnected(1100, 1000, rng=0))
    targets = np.full((1, 1000), 1e4)
    error = diverged(net, MSE(), SGD(1e308), np.ones((1, 1100)), targets, epochs=2)
    assert "layer 0 (FullyConnected 1100 -> 1000)" in str(error)


def test_a_penalty_that_is_not_finite_is_told_too():
    net = Sequential(FullyConnected(2, 3, rng=0))
    net.params["0.W"][...] = 1e160
    optimizer = SGD(0.1, momentum=0.9)
    error = diverged(net, SoftmaxCE(), optimizer, X, LABELS, regularizer=L2(1e10))
    assert (optimizer.t, optimizer.state) == (0, {})
    assert str(error).startswith("the penalty became inf at epoch 1, step 1. The penalty depends")
    assert "The parameters have grown to 1e+160 in size" in str(error)


# Parameters that are not finite while the loss still is.


class Poisons:
    """A student's layer, whose gradient of one parameter is nan from some backward on."""

    def __init__(self, name="a", after=1):
        self.params = {"a": np.array([1.0]), "b": np.array([0.5])}
        self.name, self.left = name, after

    def forward(self, x):
        self.x = x
        return self.params["a"] * x + self.params["b"]

    def backward(self, dout):
        self.left -= 1
        grads = {"a": np.array([(dout * self.x).sum()]), "b": np.array([dout.sum()])}
        if self.left <= 0:
            grads[self.name][...] = np.nan
        return self.params["a"] * dout, grads


@pytest.mark.parametrize(
    ("epochs", "batch_size", "steps"), [(1, "all", 1), (3, "all", 3), (2, 8, 6)]
)
def test_parameters_that_become_nan_in_the_very_last_step_are_noticed(epochs, batch_size, steps):
    net, same = Sequential(Poisons(after=steps)), Sequential(Poisons(after=steps + 1))
    options = {"batch_size": batch_size, "rng": 0}
    error = diverged(net, MSE(), SGD(0.1), X[:, :1], X[:, 1:], epochs=epochs, **options)
    assert f"at the end of epoch {epochs}." in str(error)
    assert "that of layer 0 (Poisons)." in str(error)
    assert "The parameters have become infinite or nan in size" in str(error)
    assert len(error.history) == epochs - 1

    rng, last = np.random.default_rng(0), None
    for _ in range(epochs):
        last = frozen(same.params)
        for x, y in minibatches(X[:, :1], X[:, 1:], batch_size, rng=rng):
            loss = MSE()
            loss.forward(same.forward(x), y)
            SGD(0.1).step(same.params, same.backward(loss.backward()[0])[1])
    assert frozen(net.params) == last


def test_a_nan_is_the_cause_whichever_parameter_it_is_in():
    error = diverged(Sequential(Poisons("b")), MSE(), SGD(0.1), X[:, :1], X[:, 1:], epochs=1)
    assert "The parameters have become infinite or nan in size" in str(error)


def test_the_last_good_parameters_are_finite():
    net = Sequential(FullyConnected(1, 1, weight_init="zeros"), Sigmoid())
    optimizer = SGD(lambda t: 1e308 if t == 1 else 1e-3)
    x, t = np.full((4, 1), 1000.0), np.full((4, 1), -10.0)
    diverged(net, MSE(), optimizer, x, t, batch_size=1)
    assert all(np.isfinite(array).all() for array in net.params.values())


# The parts.


@pytest.mark.parametrize(
    ("weight", "cause"),
    [
        (1000.0, "The largest input in this batch is 4 and the largest parameter 1e+03: scale"),
        (1001.0, "The parameters have grown to 1e+03 in size: the learning rate, 0.1, is"),
        (-2e9, "The parameters have grown to 2e+09 in size: the learning rate, 0.1, is probably"),
        (np.inf, "The parameters have become infinite or nan in size: the learning rate, 0.1"),
        (np.nan, "The parameters have become infinite or nan in size: the learning rate, 0.1"),
    ],
)
def test_the_cause_depends_on_the_size_of_the_parameters(weight, cause):
    net = Sequential(FullyConnected(2, 1, rng=0))
    net.params["0.W"][0, 0] = weight
    x = np.array([[1.0, -4.0]])
    with np.errstate(all="ignore"):
        text = explanation(net, MSE(), SGD(0.1), x, {"loss": np.inf}, "epoch 1, step 2")
    assert text.startswith("the loss became inf at epoch 1, step 2. The first output")
    assert cause in text


def test_a_net_that_is_one_layer_and_an_optimizer_without_a_rate():
    layer = FullyConnected(2, 1, rng=0)
    layer.params["b"][...] = np.nan

    class Mine:
        def step(self, params, grads):
            pass

    text = explanation(layer, MSE(), Mine(), np.ones((1, 2)), {"loss": np.nan}, "epoch 1, step 1")
    assert "not finite is that of layer 0 (FullyConnected 2 -> 1)." in text


def test_the_first_layer_that_is_not_finite_is_named_and_not_those_after_it():
    net = Sequential(Tanh(), Sequential(ReLU(), FullyConnected(2, 2, rng=0)), ReLU())
    net.params["1.1.W"][...] = np.inf
    with np.errstate(all="ignore"):
        text = explanation(net, MSE(), SGD(), np.ones((1, 2)), {"loss": np.nan}, "epoch 1, step 1")
    assert "that of layer 1.1 (FullyConnected 2 -> 2)." in text


def test_without_parameters_the_inputs_are_the_cause():
    huge = np.full((1, 2), 1e200)
    text = explanation(Sequential(ReLU()), MSE(), SGD(), huge, {"loss": np.inf}, "epoch 1")
    assert "The largest input in this batch is 1e+200 and the largest parameter 0: scale" in text


def test_the_error_can_be_pickled():
    again = pickle.loads(pickle.dumps(DivergenceError("why", History())))
    assert (str(again), len(again.history)) == ("why", 0)
