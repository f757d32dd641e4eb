"""What the lectures' gates compute, for numbers that are not real: complex, dual or symbolic."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import layers
from nets.graph.graph import Graph
from nets.sequential import Sequential

GATES: dict[type, Callable[..., Any]] = {
    layers.Add: lambda _, *xs: reduce(np.add, xs),
    layers.Multiply: lambda _, *xs: reduce(np.multiply, xs),
    layers.Max: lambda _, *xs: reduce(np.maximum, xs),
    layers.Copy: lambda gate, x: (x,) * gate.n,
    layers.AddConstant: lambda gate, x: x + gate.c,
    layers.MultiplyConstant: lambda gate, x: x * gate.a,
    layers.Exp: lambda _, x: np.exp(x),
    layers.Log: lambda _, x: np.log(x),
    layers.Sin: lambda _, x: np.sin(x),
    layers.Reciprocal: lambda _, x: 1 / x,
}


def in_numpy(layer: Any) -> Callable[..., Any]:
    """A gate, or a net of gates, as a function made of NumPy operations.

    The ``forward`` of a gate accepts real numbers only. For any other layer it is ``forward``.

    Examples
    --------
    >>> from nets.differentiation.dual import Dual
    >>> in_numpy(Sequential(layers.Exp(), layers.MultiplyConstant(3.0)))(Dual(0.0, 1.0))
    Dual(3.0, 3.0)
    """
    if type(layer) is Sequential:
        return lambda x: reduce(lambda y, each: in_numpy(each)(y), layer, x)
    if type(layer) is Graph:
        return partial(_graph, layer)
    known = GATES.get(type(layer))
    return partial(known, layer) if known else layer.forward


def _graph(graph: Graph, *xs: ArrayLike) -> Any:
    values = dict(zip(graph.inputs, xs, strict=True))
    for name, (layer, *sources) in graph.nodes.items():
        values[name] = in_numpy(layer)(*(values[source] for source in sources))
    return values[graph.output]
