"""A training step of this library, as a user writes it, and its matrix products alone."""

from collections.abc import Callable

import numpy as np

from layers import FullyConnected, ReLU, SoftmaxCE
from nets import Sequential, fit
from optimizers import SGD, Adam, Optimizer
from tests.benchmarks.cases import LEARNING_RATE, MOMENTUM, Case

Step = Callable[[], object]


def net_of(case: Case) -> Sequential:
    """The case's perceptron in float32."""
    layers: list[object] = []
    for number, (fan_in, fan_out) in enumerate(zip(case.sizes[:-1], case.sizes[1:], strict=True)):
        layers += [FullyConnected(fan_in, fan_out, dtype=np.float32, rng=number), ReLU()]
    return Sequential(*layers[:-1])


def optimizer_of(case: Case) -> Optimizer:
    """The case's rule."""
    if case.rule == "adam":
        return Adam(LEARNING_RATE)
    return SGD(LEARNING_RATE, momentum=MOMENTUM)


def ours(case: Case, compiled: bool = True) -> Step:
    """Forward, loss, backward, update."""
    (x, labels), net = case.data(), net_of(case)
    loss, optimizer = SoftmaxCE(), optimizer_of(case)
    if not compiled:
        optimizer._compiled = lambda: None

    def step() -> float:
        value = loss.forward(net.forward(x), labels)
        dscores, _ = loss.backward()
        _, grads = net.backward(dscores, input_gradient=False)
        optimizer.step(net.params, grads)
        return value

    return step


def numpy_alone(case: Case) -> Step:
    """The same step where numba is not installed."""
    return ours(case, compiled=False)


def loop(case: Case, batches: int = 45, epochs: int = 10) -> Step:
    """The loop above over epochs of shuffled minibatches; 45 are those of the digits."""
    (x, labels), net = case.data(batches), net_of(case)
    loss, optimizer, rng = SoftmaxCE(), optimizer_of(case), np.random.default_rng(0)

    def run() -> None:
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), case.batch):
                chosen = order[start : start + case.batch]
                loss.forward(net.forward(x[chosen]), labels[chosen])
                dscores, _ = loss.backward()
                _, grads = net.backward(dscores, input_gradient=False)
                optimizer.step(net.params, grads)

    run.steps = batches * epochs
    return run


def through_fit(case: Case, batches: int = 45, epochs: int = 10) -> Step:
    """The same epochs by `fit`."""
    (x, labels), net = case.data(batches), net_of(case)
    loss, optimizer, rng = SoftmaxCE(), optimizer_of(case), np.random.default_rng(0)
    options = {"epochs": epochs, "batch_size": case.batch, "progress": False, "rng": rng}

    def run() -> None:
        fit(net, loss, optimizer, x, labels, **options)

    run.steps = batches * epochs
    return run


def products(case: Case) -> Step:
    """The matrix products of a step and nothing else."""
    net, rng = net_of(case), np.random.default_rng(0)
    weights = [net.params[key] for key in net.params if key.endswith("W")]
    units = [np.maximum(rng.normal(size=(case.batch, n)), 0).astype(np.float32) for n in case.sizes]

    def step() -> None:
        for x, W in zip(units[:-1], weights, strict=True):
            x.dot(W)
        for number in range(len(weights) - 1, -1, -1):
            units[number].T.dot(units[number + 1])
            if number:
                units[number + 1].dot(weights[number].T)

    return step
