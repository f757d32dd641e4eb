"""The table of layers: each public layer in several configurations, one row each.

A new layer is a new row; every law in `test_laws` runs over all rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from layers import (
    ELU,
    GELU,
    GRU,
    LSTM,
    MSE,
    RNN,
    Add,
    AddConstant,
    AveragePool2D,
    BatchNorm,
    BinaryCE,
    Concat,
    Conv2D,
    Copy,
    Dropout,
    Embedding,
    Exp,
    Flatten,
    Frozen,
    FullyConnected,
    GlobalAveragePool2D,
    GroupNorm,
    HardTanh,
    Hinge,
    Last,
    Layer,
    LayerNorm,
    LeakyReLU,
    Log,
    Max,
    MaxPool2D,
    Mean,
    MeanEmbedding,
    MultiHeadAttention,
    Multiply,
    MultiplyConstant,
    PositionalEncoding,
    PositionEmbedding,
    Reciprocal,
    ReLU,
    Sigmoid,
    SigmoidCE,
    Sign,
    Sin,
    SoftmaxCE,
    Softplus,
    Tanh,
    he_uniform,
    uniform,
)


class Row(NamedTuple):
    """One layer in one configuration.

    `inputs(seed)` makes fresh inputs of `forward`; a loss has a gradient for the first of them
    only, any other layer for all that are floating. `batch` is false where their first axis does
    not number examples, `random` is true where `forward` draws random numbers, `differs` where
    `predict` gives something else, and `loss` where the output is a number.
    """

    name: str
    make: Callable[[], Layer]
    inputs: Callable[..., tuple[Any, ...]]
    batch: bool = True
    random: bool = False
    differs: bool = False
    loss: bool = False


def trained(layer: Layer, scale: float = 1.0) -> Layer:
    """The layer with parameters that are not those it starts with, which hide mistakes."""
    rng = np.random.default_rng(3)
    for array in layer.params.values():
        array += rng.normal(0, scale, array.shape).astype(array.dtype)
    return layer


def normal(*shape: int) -> Callable[..., tuple[Any, ...]]:
    """Inputs: one array of normal numbers."""
    return lambda seed=0: (np.random.default_rng(seed).normal(size=shape),)


def between(low: float, high: float, *shape: int) -> Callable[..., tuple[Any, ...]]:
    """Inputs: one array of numbers between two others."""
    return lambda seed=0: (np.random.default_rng(seed).uniform(low, high, shape),)


def several(*shapes: tuple[int, ...]) -> Callable[..., tuple[Any, ...]]:
    """Inputs: arrays of normal numbers, one for each shape."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        return tuple(rng.normal(size=shape) for shape in shapes)

    return inputs


def lengths(*shape: int) -> Callable[..., tuple[Any, ...]]:
    """Inputs: sequences (N, T, D), and how many steps of each count."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        return rng.normal(size=shape), rng.integers(1, shape[1] + 1, size=shape[0])

    return inputs


def words(size: int, *shape: int) -> Callable[..., tuple[Any, ...]]:
    """Inputs: integers that stand for the words of a vocabulary."""
    return lambda seed=0: (np.random.default_rng(seed).integers(size, size=shape),)


def filled(size: int, n: int, length: int) -> Callable[..., tuple[Any, ...]]:
    """Inputs: texts of several lengths, padded in front with word 0."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        ids = np.random.default_rng(seed).integers(1, size, size=(n, length))
        return (np.where(np.arange(length) < np.arange(n)[:, None] % length, 0, ids),)

    return inputs


def two_classes(
    *shape: int, outputs: str = "scores", soft: bool = False, weights: bool = False
) -> Callable[..., tuple[Any, ...]]:
    """Inputs of a loss for two classes: scores or probabilities, targets and perhaps weights."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        y = rng.normal(size=shape) if outputs == "scores" else rng.uniform(0.1, 0.9, shape)
        t = rng.uniform(0, 1, shape) if soft else rng.integers(2, size=shape)
        return (y, t, rng.uniform(0.5, 2.0, shape[0])) if weights else (y, t)

    return inputs


def regression(*shape: int, weights: bool = False) -> Callable[..., tuple[Any, ...]]:
    """Inputs of a loss with floating targets: outputs, targets and perhaps weights."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        y, t = rng.normal(size=(2, *shape))
        return (y, t, rng.uniform(0.5, 2.0, shape[0])) if weights else (y, t)

    return inputs


def classification(*shape: int, weights: bool = False) -> Callable[..., tuple[Any, ...]]:
    """Inputs of a loss with labels: scores (..., C), labels (...) and perhaps weights."""

    def inputs(seed: int = 0) -> tuple[Any, ...]:
        rng = np.random.default_rng(seed)
        scores, labels = rng.normal(size=shape), rng.integers(shape[-1], size=shape[:-1])
        return (scores, labels, rng.uniform(0.5, 2.0, shape[:-1])) if weights else (scores, labels)

    return inputs


LAYERS = [
    Row("FullyConnected", lambda: FullyConnected(5, 3, rng=1), normal(6, 5)),
    Row("FullyConnected-no-bias", lambda: FullyConnected(5, 3, bias=False, rng=1), normal(6, 5)),
    Row("FullyConnected-3d", lambda: FullyConnected(5, 3, rng=1), normal(2, 4, 5)),
    Row("FullyConnected-1d", lambda: FullyConnected(5, 3, rng=1), normal(5), batch=False),
    Row(
        "FullyConnected-one-example",
        lambda: FullyConnected(5, 3, weight_init=he_uniform, rng=1),
        normal(1, 5),
    ),
    Row("FullyConnected-one-unit", lambda: FullyConnected(5, 1, rng=1), normal(6, 5)),
    Row("FullyConnected-one-feature", lambda: FullyConnected(1, 3, rng=1), normal(6, 1)),
    Row(
        "FullyConnected-float32",
        lambda: FullyConnected(5, 3, weight_init=uniform(0.5), dtype="float32", rng=1),
        normal(6, 5),
    ),
    Row("Frozen", lambda: Frozen(FullyConnected(5, 3, rng=1)), normal(6, 5)),
    Row("Frozen-weights", lambda: Frozen(FullyConnected(5, 3, rng=1), "W"), normal(6, 5)),
    Row("ReLU", ReLU, normal(2, 3, 4)),
    Row("Sigmoid", Sigmoid, normal(7)),
    Row("Tanh", Tanh, normal(1, 5)),
    Row("Sign", Sign, normal(6, 5)),
    Row("LeakyReLU", lambda: LeakyReLU(0.3), normal(2, 3, 4)),
    Row("HardTanh", HardTanh, normal(6, 5)),
    Row("ELU", lambda: ELU(0.5), normal(6, 5)),
    Row("GELU", GELU, normal(6, 5)),
    Row("GELU-far", GELU, between(-9, 9, 2, 3, 4)),
    Row("Softplus", Softplus, normal(6, 5)),
    Row("Flatten", Flatten, normal(3, 4, 5)),
    Row("Flatten-1d", Flatten, normal(3)),
    Row("Dropout", lambda: Dropout(0.4, rng=1), normal(6, 5), random=True),
    Row("Dropout-of-nothing", lambda: Dropout(0.0, rng=1), normal(6, 5)),
    Row("Mean", Mean, normal(4, 3, 5)),
    Row("Mean-last", lambda: Mean(-1), normal(4, 3, 5)),
    Row("Conv2D", lambda: Conv2D(2, 3, 3, rng=1), normal(3, 2, 5, 4)),
    Row(
        "Conv2D-stride",
        lambda: Conv2D(2, 3, (2, 3), stride=(2, 3), padding=(1, 2), bias=False, rng=1),
        normal(2, 2, 6, 4),
    ),
    Row(
        "Conv2D-same-float32",
        lambda: Conv2D(1, 2, (5, 3), padding="same", dtype="float32", rng=1),
        normal(2, 1, 5, 4),
    ),
    Row("MaxPool2D", lambda: MaxPool2D(2), normal(2, 3, 5, 4)),
    Row("MaxPool2D-overlap", lambda: MaxPool2D((3, 2), (1, 2), 1), normal(2, 2, 5, 4)),
    Row("AveragePool2D", lambda: AveragePool2D(2), normal(2, 3, 5, 4)),
    Row("AveragePool2D-overlap", lambda: AveragePool2D((3, 2), (1, 2), 1), normal(2, 2, 5, 4)),
    Row("GlobalAveragePool2D", GlobalAveragePool2D, normal(2, 3, 5, 4)),
    Row("BatchNorm", lambda: trained(BatchNorm(3)), normal(6, 3), batch=False, differs=True),
    Row(
        "BatchNorm-images-float32",
        lambda: trained(BatchNorm(3, momentum=0.3, epsilon=0.1, dtype="float32")),
        normal(2, 3, 2, 4),
        batch=False,
        differs=True,
    ),
    Row("LayerNorm", lambda: trained(LayerNorm(5)), normal(3, 5)),
    Row("LayerNorm-3d-float32", lambda: trained(LayerNorm(4, dtype="float32")), normal(2, 3, 4)),
    Row("GroupNorm", lambda: trained(GroupNorm(2, 4)), normal(3, 4, 2, 3)),
    Row("GroupNorm-of-each", lambda: trained(GroupNorm(3, 3, epsilon=0.1)), normal(2, 3, 5)),
    Row("RNN", lambda: trained(RNN(3, 4, rng=1)), normal(2, 5, 3)),
    Row(
        "RNN-relu-float32",
        lambda: RNN(3, 2, activation="relu", dtype="float32", rng=20),
        normal(3, 2, 3),
    ),
    Row("LSTM", lambda: trained(LSTM(3, 4, rng=1)), normal(2, 5, 3)),
    Row("LSTM-one-unit", lambda: LSTM(1, 1, rng=1), normal(1, 1, 1)),
    Row("GRU", lambda: trained(GRU(3, 4, rng=1)), normal(2, 5, 3)),
    Row("GRU-float32", lambda: trained(GRU(2, 3, dtype="float32", rng=1)), normal(3, 2, 2)),
    Row("Last", Last, normal(3, 4, 2)),
    Row(
        "MultiHeadAttention", lambda: trained(MultiHeadAttention(4, 2, rng=1), 0.1), normal(3, 5, 4)
    ),
    Row(
        "MultiHeadAttention-causal-float32",
        lambda: trained(MultiHeadAttention(3, 1, causal=True, dtype="float32", rng=1), 0.1),
        normal(2, 4, 3),
    ),
    Row("PositionalEncoding", lambda: PositionalEncoding(6, 5), normal(3, 4, 5)),
    Row("PositionEmbedding", lambda: PositionEmbedding(4, 5, rng=1), normal(3, 4, 5)),
    Row(
        "PositionEmbedding-of-short-sequences",
        lambda: PositionEmbedding(6, 2, dtype="float32", rng=1),
        normal(3, 4, 2),
    ),
    Row("Exp", Exp, normal(6, 5)),
    Row("Log", Log, between(0.5, 2.0, 6, 5)),
    Row("Sin", Sin, normal(6, 5)),
    Row("Reciprocal", Reciprocal, between(0.5, 2.0, 6, 5)),
    Row("AddConstant", lambda: AddConstant(1.5), normal(6, 5)),
    Row("MultiplyConstant", lambda: MultiplyConstant(-2.5), normal(6, 5)),
]

GATES = [
    Row("Add", Add, several((7,), (7,), (7,))),
    Row("Multiply", Multiply, several((6, 5), (6, 5))),
    Row("Multiply-three", Multiply, several((2, 3, 4), (2, 3, 4), (2, 3, 4))),
    Row("Max", Max, several((6, 5), (6, 5))),
    Row("Max-three", Max, several((7,), (7,), (7,))),
    Row("Concat", Concat, several((6, 2), (6, 3))),
    Row("Concat-three", lambda: Concat(1), several((6, 2, 4), (6, 1, 4), (6, 3, 4))),
    Row("Concat-examples", lambda: Concat(0), several((2, 3), (4, 3)), batch=False),
    Row("RNN-state", lambda: trained(RNN(3, 4, rng=1)), several((2, 5, 3), (2, 4))),
    Row("LSTM-state", lambda: trained(LSTM(3, 4, rng=1)), several((2, 5, 3), (2, 4), (2, 4))),
    Row("GRU-state", lambda: trained(GRU(3, 4, rng=1)), several((2, 5, 3), (2, 4))),
    Row("Copy", lambda: Copy(3), normal(6, 5)),
    Row("Copy-one", lambda: Copy(1), normal(7)),
]

LOOKUPS = [
    Row("Last-lengths", Last, lengths(4, 3, 2)),
    Row(
        "MultiHeadAttention-lengths",
        lambda: trained(MultiHeadAttention(4, 2, causal=True, rng=1), 0.1),
        lengths(3, 5, 4),
    ),
    Row("Embedding", lambda: Embedding(7, 3, rng=1), words(7, 6, 4)),
    Row("Embedding-1d", lambda: Embedding(3, 5, rng=1), words(3, 8)),
    Row(
        "Embedding-float32",
        lambda: Embedding(7, 3, weight_init="he_normal", dtype="float32", rng=1),
        words(7, 2, 3, 4),
    ),
    Row("MeanEmbedding", lambda: MeanEmbedding(7, 3, rng=1), words(7, 6, 4)),
    Row(
        "MeanEmbedding-padding",
        lambda: MeanEmbedding(7, 3, padding=0, dtype="float32", rng=1),
        filled(7, 6, 5),
    ),
]

LOSSES = [
    Row("MSE", MSE, regression(6, 3), loss=True),
    Row("MSE-1d", MSE, regression(6), loss=True),
    Row("MSE-3d-weighted", MSE, regression(4, 2, 3, weights=True), loss=True),
    Row("SoftmaxCE", SoftmaxCE, classification(6, 4), loss=True),
    Row("SoftmaxCE-one-example", SoftmaxCE, classification(1, 2), loss=True),
    Row("SoftmaxCE-weighted", SoftmaxCE, classification(6, 4, weights=True), loss=True),
    Row("SoftmaxCE-of-sequences", SoftmaxCE, classification(3, 4, 5), loss=True),
    Row(
        "SoftmaxCE-of-sequences-weighted",
        SoftmaxCE,
        classification(3, 4, 5, weights=True),
        loss=True,
    ),
    Row("SigmoidCE", SigmoidCE, two_classes(6), loss=True),
    Row("SigmoidCE-2d-soft", SigmoidCE, two_classes(6, 3, soft=True), loss=True),
    Row("SigmoidCE-weighted", SigmoidCE, two_classes(6, 1, weights=True), loss=True),
    Row("BinaryCE", BinaryCE, two_classes(6, outputs="p"), loss=True),
    Row("BinaryCE-2d-soft", BinaryCE, two_classes(6, 3, outputs="p", soft=True), loss=True),
    Row("BinaryCE-weighted", BinaryCE, two_classes(6, 1, outputs="p", weights=True), loss=True),
    Row("Hinge", Hinge, classification(6, 4), loss=True),
    Row("Hinge-of-sequences", Hinge, classification(2, 3, 4), loss=True),
    Row("Hinge-weighted", Hinge, classification(6, 2, weights=True), loss=True),
]

ROWS = LAYERS + GATES + LOOKUPS + LOSSES


def dout_for(y: Any, seed: int = 7) -> Any:
    """A random gradient of an output: an array like it, or a number for a loss."""
    if isinstance(y, tuple):
        return tuple(dout_for(part, seed + i) for i, part in enumerate(y))
    rng = np.random.default_rng(seed)
    if isinstance(y, float):
        return float(rng.uniform(0.5, 1.5))
    return rng.normal(size=y.shape).astype(y.dtype)


def gradients(layer: Any, dout: Any) -> dict[str, Any]:
    """What backward returns, as one dict: "x" or "x0", "x1", ..., and the parameters' names."""
    dx, grads = layer.backward(dout)
    if isinstance(dx, tuple):
        return {**{f"x{i}": gradient for i, gradient in enumerate(dx)}, **grads}
    return grads if dx is None else {"x": dx, **grads}


def flat(y: Any) -> list[Any]:
    """The arrays of an output or of its gradient, of which a copy gate has several."""
    return list(y) if isinstance(y, tuple) else [y]


def each(function: Callable[..., Any], *douts: Any) -> Any:
    """A function of gradients, taken of each where they are tuples."""
    return tuple(map(function, *douts)) if isinstance(douts[0], tuple) else function(*douts)


def call(row: Row, seed: int = 0) -> tuple[Layer, tuple[Any, ...], Any, Any]:
    """A layer that has run forward, its inputs, its output, and a dout for that."""
    layer, inputs = row.make(), row.inputs(seed)
    y = layer.forward(*inputs)
    return layer, inputs, y, dout_for(y)
