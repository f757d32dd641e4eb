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


def ours(case: Case) -> Step:
    """Forward, loss, backward, update."""
    (x, labels), net = case.data(), net_of(case)
    loss, optimizer = SoftmaxCE(), optimizer_of(case)

    def step() -> float:
        value = loss.forward(net.forward(x), labels)
        dscores, _ = loss.backward()
        _, grads = net.backward(dscores, input_gradient=False)
        optimizer.step(net.params, grads)
        return value

    return step


def loop(case: Case, batches: int = 50) -> Step:
    """One epoch of the loop above over shuffled minibatches, as one call."""
    (x, labels), net = case.data(batches), net_of(case)
    loss, optimizer, rng = SoftmaxCE(), optimizer_of(case), np.random.default_rng(0)

    def epoch() -> None:
        order = rng.permutation(len(x))
        for start in range(0, len(x), case.batch):
            chosen = order[start : start + case.batch]
            loss.forward(net.forward(x[chosen]), labels[chosen])
            dscores, _ = loss.backward()
            _, grads = net.backward(dscores, input_gradient=False)
            optimizer.step(net.params, grads)

    return epoch


def through_fit(case: Case, batches: int = 50) -> Step:
    """One epoch of `fit`, as one call."""
    (x, labels), net = case.data(batches), net_of(case)
    loss, optimizer, rng = SoftmaxCE(), optimizer_of(case), np.random.default_rng(0)
    return lambda: fit(
        net, loss, optimizer, x, labels, epochs=1, batch_size=case.batch, progress=False, rng=rng
    )


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
