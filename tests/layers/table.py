"""The table of layers: each public layer in several configurations, one row each.

A new layer is a new row; every law in `test_laws` runs over all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from layers import (
    MSE,
    Dropout,
    Flatten,
    FullyConnected,
    Layer,
    ReLU,
    Sigmoid,
    SoftmaxCE,
    Tanh,
    he_uniform,
    uniform,
)


class Row(NamedTuple):
    """One layer in one configuration.

    `inputs(seed)` makes fresh inputs of `forward`; the gradient is that of the first of them.
    `batch` is false where their first axis does not number examples, `random` is true where
    `forward` draws random numbers, and `loss` where the output is a number.
    """

    name: str
    make: Callable[[], Layer]
    inputs: Callable[..., tuple[Any, ...]]
    batch: bool = True
    random: bool = False
    loss: bool = False


def normal(*shape: int) -> Callable[..., tuple[Any, ...]]:
    """Inputs: one array of normal numbers."""
    return lambda seed=0: (np.random.default_rng(seed).normal(size=shape),)


def regression(*shape: int, weights: bool = False) -> Callable[..., tuple[Any, ...]]:
    """Inputs of a loss with floating targets: outputs, targets and perhaps weights."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        y, t = rng.normal(size=(2, *shape))
        return (y, t, rng.uniform(0.5, 2.0, shape[0])) if weights else (y, t)

    return inputs


def classification(n: int, classes: int, weights: bool = False) -> Callable[..., tuple[Any, ...]]:
    """Inputs of a loss with labels: scores, labels and perhaps weights."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        scores, labels = rng.normal(size=(n, classes)), rng.integers(classes, size=n)
        return (scores, labels, rng.uniform(0.5, 2.0, n)) if weights else (scores, labels)

    return inputs


LAYERS = [
    Row("FullyConnected", lambda: FullyConnected(5, 3, rng=1), normal(6, 5)),
    Row("FullyConnected-no-bias", lambda: FullyConnected(5, 3, bias=False, rng=1), normal(6, 5)),
    Row("FullyConnected-3d", lambda: FullyConnected(5, 3, rng=1), normal(2, 4, 5)),
    Row("FullyConnected-one-example", lambda: FullyConnected(5, 3, rng=1), normal(1, 5)),
    Row("FullyConnected-one-unit", lambda: FullyConnected(5, 1, rng=1), normal(6, 5)),
    Row("FullyConnected-one-feature", lambda: FullyConnected(1, 3, rng=1), normal(6, 1)),
    Row("FullyConnected-square", lambda: FullyConnected(4, 4, rng=1), normal(4, 4)),
    Row(
        "FullyConnected-he",
        lambda: FullyConnected(5, 3, weight_init="he_normal", rng=1),
        normal(6, 5),
    ),
    Row(
        "FullyConnected-float32", lambda: FullyConnected(5, 3, dtype="float32", rng=1), normal(6, 5)
    ),
    Row(
        "FullyConnected-function",
        lambda: FullyConnected(5, 3, weight_init=he_uniform, rng=1),
        normal(6, 5),
    ),
    Row(
        "FullyConnected-uniform",
        lambda: FullyConnected(5, 3, weight_init=uniform(0.5), rng=1),
        normal(6, 5),
    ),
    Row("FullyConnected-1d", lambda: FullyConnected(5, 3, rng=1), normal(5), batch=False),
    Row("ReLU", ReLU, normal(6, 5)),
    Row("ReLU-3d", ReLU, normal(2, 3, 4)),
    Row("Sigmoid", Sigmoid, normal(6, 5)),
    Row("Sigmoid-1d", Sigmoid, normal(7)),
    Row("Tanh", Tanh, normal(6, 5)),
    Row("Tanh-one-example", Tanh, normal(1, 5)),
    Row("Flatten", Flatten, normal(3, 4, 5)),
    Row("Flatten-1d", Flatten, normal(3)),
    Row("Dropout", lambda: Dropout(0.4, rng=1), normal(6, 5), random=True),
    Row("Dropout-of-nothing", lambda: Dropout(0.0, rng=1), normal(6, 5)),
]

LOSSES = [
    Row("MSE", MSE, regression(6, 3), loss=True),
    Row("MSE-1d", MSE, regression(6), loss=True),
    Row("MSE-one-example", MSE, regression(1, 3), loss=True),
    Row("MSE-weighted", MSE, regression(6, 3, weights=True), loss=True),
    Row("MSE-3d-weighted", MSE, regression(4, 2, 3, weights=True), loss=True),
    Row("SoftmaxCE", SoftmaxCE, classification(6, 4), loss=True),
    Row("SoftmaxCE-one-example", SoftmaxCE, classification(1, 4), loss=True),
    Row("SoftmaxCE-two-classes", SoftmaxCE, classification(6, 2), loss=True),
    Row("SoftmaxCE-weighted", SoftmaxCE, classification(6, 4, weights=True), loss=True),
]

ROWS = LAYERS + LOSSES


def dout_for(y: Any, seed: int = 7) -> Any:
    """A random gradient of an output: an array like it, or a number for a loss."""
    rng = np.random.default_rng(seed)
    if isinstance(y, float):
        return float(rng.uniform(0.5, 1.5))
    return rng.normal(size=y.shape).astype(y.dtype)


def gradients(layer: Any, dout: Any) -> dict[str, Any]:
    """What backward returns, as one dict: "x" and the parameters' names."""
    dx, grads = layer.backward(dout)
    return {"x": dx, **grads}


def call(row: Row, seed: int = 0) -> tuple[Layer, tuple[Any, ...], Any, Any]:
    """A layer that has run forward, its inputs, its output, and a dout for that."""
    layer, inputs = row.make(), row.inputs(seed)
    y = layer.forward(*inputs)
    return layer, inputs, y, dout_for(y)
