"""Each layer of the library as a formula in NumPy, for the ways to differentiate that need one.

`forward` refuses numbers that are not real. Here stands what it computes, in operations that
complex numbers, dual numbers and symbols know as well, so that every way can go through every
layer, and through nets of them. It is the mathematics alone: nothing is checked, and nothing is
done against overflow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

import layers as library
from layers.activations.gelu import P, Q
from nets.differentiation.dual import Dual
from nets.differentiation.finite_differences import Function
from nets.differentiation.symbolic import is_symbolic, symbolic_normal, symbolic_step
from nets.graph.graph import Graph
from nets.sequential import Sequential


def formula(layer: Any) -> Function:
    """What a layer computes, as a function that is made of NumPy operations.

    Parameters
    ----------
    layer : layer
        A layer of this library, or a net of them. The formula of any other layer is its own
        ``forward``. Dropout must have run forward: its formula has the mask of that pass.

    Returns
    -------
    callable
        Takes what ``forward`` takes, and complex numbers, `Dual` and symbols too.

    Examples
    --------
    >>> from layers import ReLU
    >>> formula(ReLU())(Dual(3.0, 1.0))
    Dual(3.0, 1.0)
    """
    known = FORMULAS.get(type(layer))
    return layer.forward if known is None else lambda *xs: known(layer, *xs)


def step(x: Any) -> Any:
    """1 where x is above 0, and 0 elsewhere: a constant, whose derivative is 0."""
    if is_symbolic(x):
        return symbolic_step(x)
    return (np.real(x.value if isinstance(x, Dual) else x) > 0) * 1.0


def _sequential(net: Any, x: Any) -> Any:
    return reduce(lambda value, layer: formula(layer)(value), net, x)


def _graph(graph: Any, *xs: Any) -> Any:
    values = dict(zip(graph.inputs, xs, strict=True))
    for name, (_, *sources) in graph.nodes.items():
        values[name] = formula(graph.ran(name))(*(values[source] for source in sources))
    return values[graph.output]


def _fully_connected(layer: Any, x: Any) -> Any:
    return x @ layer.params["W"] + layer.params.get("b", 0)


def _mean_embedding(layer: Any, ids: Any) -> Any:
    counts = np.ones(np.shape(ids)) if layer.padding is None else ids != layer.padding
    shares = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    return (layer.W[ids] * shares[..., None]).sum(axis=-2)


def _mean(layer: Any, x: Any) -> Any:
    return np.sum(x, axis=layer.axis) / x.shape[layer.axis]


def _hard_tanh(_: Any, x: Any) -> Any:
    above, below = step(x - 1), step(-x - 1)
    return x * (1 - above - below) + above - below


def _normal(x: Any) -> Any:
    """The probability that a standard normal number is below x."""
    if is_symbolic(x):
        return symbolic_normal(x)
    positive = step(x)
    z = x * (2 * positive - 1)
    p, q = (reduce(lambda y, a: y * z + a, reversed(terms)) for terms in (P, Q))
    return positive + (1 - 2 * positive) * np.exp(-z * z / 2) * p / q


def _larger(x: Any, y: Any) -> Any:
    return y + (x - y) * step(x - y)


def _mse(_: Any, y: Any, t: Any, weight: Any = None) -> Any:
    return np.sum((y - t) ** 2 * _share_of_entries(y, weight))


def _sigmoid_ce(_: Any, s: Any, t: Any, weight: Any = None) -> Any:
    return np.sum((np.log(1 + np.exp(s)) - s * t) * _share_of_entries(s, weight))


def _binary_ce(_: Any, p: Any, t: Any, weight: Any = None) -> Any:
    return -np.sum((t * np.log(p) + (1 - t) * np.log(1 - p)) * _share_of_entries(p, weight))


def _softmax_ce(_: Any, s: Any, labels: Any, weight: Any = None) -> Any:
    losses = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(labels)), labels]
    return np.sum(losses * _share(len(labels), weight))


def _hinge(_: Any, s: Any, labels: Any, weight: Any = None) -> Any:
    margins = s - s[np.arange(len(labels)), labels][:, None] + 1
    losses = np.sum(margins * step(margins), axis=1) - 1  # 1 is the right class's own
    return np.sum(losses * _share(len(labels), weight))


def _share(examples: int, weight: Any) -> Any:
    """How much each example counts in the mean."""
    return 1 / examples if weight is None else weight / np.sum(weight)


def _share_of_entries(y: Any, weight: Any) -> Any:
    """How much each entry of the examples counts in the mean."""
    if weight is None:
        return 1 / math.prod(y.shape)
    per_example = _share(len(weight), weight) / math.prod(y.shape[1:])
    return np.reshape(per_example, (-1, *[1] * (len(y.shape) - 1)))


FORMULAS: dict[type, Callable[..., Any]] = {
    Sequential: _sequential,
    Graph: _graph,
    library.FullyConnected: _fully_connected,
    library.Embedding: lambda layer, ids: layer.W[ids],
    library.MeanEmbedding: _mean_embedding,
    library.Dropout: lambda layer, x: x * layer._mask,
    library.Flatten: lambda _, x: np.reshape(x, (len(x), math.prod(x.shape[1:]))),
    library.Mean: _mean,
    library.Concat: lambda layer, *xs: np.concatenate(xs, axis=layer.axis),
    library.Copy: lambda layer, x: (x,) * layer.n,
    library.ReLU: lambda _, x: x * step(x),
    library.LeakyReLU: lambda layer, x: x * (layer.negative_slope * (1 - step(x)) + step(x)),
    library.HardTanh: _hard_tanh,
    library.ELU: lambda layer, x: x * step(x) + layer.alpha * (np.exp(x * (1 - step(x))) - 1),
    library.GELU: lambda _, x: x * _normal(x),
    library.Sign: lambda _, x: 0 * x + step(x) - step(-x),
    library.Sigmoid: lambda _, x: 1 / (1 + np.exp(-x)),
    library.Softplus: lambda _, x: np.log(1 + np.exp(x)),
    library.Tanh: lambda _, x: np.tanh(x),
    library.Exp: lambda _, x: np.exp(x),
    library.Log: lambda _, x: np.log(x),
    library.Sin: lambda _, x: np.sin(x),
    library.Reciprocal: lambda _, x: 1 / x,
    library.AddConstant: lambda layer, x: x + layer.c,
    library.MultiplyConstant: lambda layer, x: x * layer.a,
    library.Add: lambda _, *xs: reduce(np.add, xs),
    library.Multiply: lambda _, *xs: reduce(np.multiply, xs),
    library.Max: lambda _, *xs: reduce(_larger, xs),
    library.MSE: _mse,
    library.SigmoidCE: _sigmoid_ce,
    library.BinaryCE: _binary_ce,
    library.SoftmaxCE: _softmax_ce,
    library.Hinge: _hinge,
}
