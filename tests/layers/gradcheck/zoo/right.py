"""Right layers of random shapes at random scales, on and off their kinks: none may be accused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from layers import (
    ELU,
    GELU,
    MSE,
    BinaryCE,
    Dropout,
    Embedding,
    Exp,
    Flatten,
    FullyConnected,
    HardTanh,
    Hinge,
    LeakyReLU,
    Log,
    Max,
    Mean,
    Multiply,
    Reciprocal,
    ReLU,
    Sigmoid,
    SigmoidCE,
    Sign,
    Sin,
    SoftmaxCE,
    Softplus,
    Tanh,
)
from nets import Sequential
from tests.layers.gradcheck.wrong_layers import Chain
from tests.layers.gradcheck.zoo import courses, images, one_hot, sequences, students, subtle
from tests.layers.gradcheck.zoo.nets import ByName

Check = tuple[str, Any, tuple[Any, ...], dict[str, Any]]
ELEMENTWISE: list[Callable[[], Any]] = [ReLU, Sigmoid, Tanh, students.LeakyReLU, students.Softplus]
ELEMENTWISE += [students.Sin, students.Square, Sign, LeakyReLU, HardTanh, ELU, GELU, Softplus, Sin]


def checks(seed: int) -> Iterator[Check]:
    """About thirty right layers with what to check them on, other ones for each seed."""
    rng = np.random.default_rng(seed)
    n, d, m = (int(size) for size in rng.integers(1, 8, 3))
    scale = float(10.0 ** rng.integers(-6, 7))
    dtype = ["float64", "float32"][seed % 2]
    inputs = {
        "normal": scale * rng.normal(size=(n, d)),
        "kinks": scale * rng.integers(-2, 3, (n, d)).astype(float),
        "mixed": rng.normal(size=(n, d)) * 10.0 ** rng.integers(-6, 7, (n, d)),
    }
    where = f"seed {seed}, N={n} D={d} M={m} scale {scale:g}"
    for kind, x in inputs.items():
        for name, layer, given, options in _layers(rng, x, m, dtype):
            yield f"{name} on {kind}, {where}", layer, given, {"rng": seed, **options}


def _layers(rng: np.random.Generator, x: Any, m: int, dtype: str) -> Iterator[Check]:
    (n, d), other = x.shape, rng.normal(size=x.shape) * np.abs(x).max()
    labels = rng.integers(m, size=n)
    for make in rng.choice(np.array(ELEMENTWISE, object), 3, replace=False):
        yield make.__name__, make(), (x,), {}
    yield "FullyConnected", FullyConnected(d, m, dtype=dtype, rng=rng), (x,), {}
    yield "Dropout", Dropout(float(rng.uniform(0, 0.9)), rng=rng), (x,), {}
    yield "Flatten", Flatten(), (x.reshape(n, d, 1),), {}
    yield "MSE", MSE(), (x, other), {}
    yield "SoftmaxCE", SoftmaxCE(), (x, rng.integers(d, size=n)), {}
    yield "SigmoidCE", SigmoidCE(), (x, rng.integers(2, size=x.shape)), {}
    yield "BinaryCE", BinaryCE(), (rng.uniform(0.01, 0.99, x.shape), rng.uniform(size=x.shape)), {}
    yield "Hinge", Hinge(), (x, rng.integers(d, size=n)), {}
    positive = np.where(x == 0, 1.0, np.abs(x))
    yield "Log", Log(), (positive,), {}
    yield "Reciprocal", Reciprocal(), (positive * rng.choice([-1, 1], x.shape),), {}
    yield "Exp", Exp(), (np.clip(x, -700, 300),), {}
    yield "Mean", Mean(), (x,), {}
    gates = [students.Add, students.Multiply, students.Max, Max, Multiply]
    gate = gates[rng.integers(len(gates))]
    yield gate.__name__, gate(), (x, other), {}
    yield "Softmax", students.Softmax(), (x,), {}
    if n > 2:
        yield "BatchNorm", students.BatchNorm(d), (rng.normal(size=x.shape),), {}
    yield "Embedding", Embedding(6, 3, dtype=dtype, rng=rng), (rng.integers(6, size=(n, d)),), {}
    for layer, given in courses.right_ones(rng):
        yield layer.__class__.__name__, layer, given, {}
    net = _net(rng, d, m)
    yield f"{type(net).__name__} of layers", net, (x,), {}
    yield (
        f"{type(net).__name__} before a loss",
        _net(rng, d, m),
        (x,),
        {"loss": (SoftmaxCE(), labels)},
    )
    yield "net of whole numbers", _of_whole_numbers(_net(rng, d, m), rng), (np.sign(x),), {}
    houses = one_hot, subtle, images, sequences
    for layer, given in chain.from_iterable(house.right_ones(rng) for house in houses):
        yield layer.__class__.__name__, layer, given, {}


def _net(rng: np.random.Generator, d: int, m: int) -> Any:
    width = int(rng.integers(1, 7))
    activation = [ReLU, Sigmoid, Tanh, students.LeakyReLU][rng.integers(4)]()
    first = FullyConnected(
        d, width, rng=rng, weight_init=["xavier_uniform", "zeros"][rng.random() < 0.1]
    )
    last = FullyConnected(width, m, rng=rng)
    return [
        lambda: Sequential(first, activation, last),
        lambda: Sequential(Sequential(first, activation), Dropout(0.3, rng=rng), last),
        lambda: Chain(first, activation, last),
        lambda: ByName(first, activation, last),
    ][rng.integers(4)]()


def _of_whole_numbers(net: Any, rng: np.random.Generator) -> Any:
    """Many units then stand exactly at their kinks."""
    for array in net.params.values():
        array[...] = rng.integers(-2, 3, array.shape)
    return net
