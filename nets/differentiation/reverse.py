"""Reverse mode: what `backward` of this library does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from layers.gradcheck.randomness import generators, put_back, state_of
from nets.differentiation.numeric import Function
from nets.differentiation.point import as_gradient, given, point


def reverse_mode(layer: Any, *xs: Any, dout: Any = 1.0) -> Any:
    """Automatic differentiation in reverse mode, or backpropagation: ``layer.backward``.

    Right to the last digits. One forward and one backward pass, however many inputs there are.

    Parameters
    ----------
    layer : layer
        A layer, a net, a graph or a loss.
    *xs : number or array
        What ``forward`` takes.
    dout : number or array
        The gradient of the output; 1 for an output that is a number.

    Returns
    -------
    number, array or tuple
        The gradient, in the shapes of the inputs; a tuple if there are several.

    Examples
    --------
    >>> from layers import Tanh
    >>> reverse_mode(Tanh(), np.array([0.0]), dout=np.array([2.0]))
    array([2.])

    Notes
    -----
    Source: 10-601, lecture 13, "Automatic Differentiation - Reverse Mode".
    """
    inputs = point(xs, "reverse_mode")
    layer.forward(*given(inputs))
    dx, _ = layer.backward(dout)
    slopes = dx if isinstance(dx, tuple) else (dx,)
    return as_gradient([*slopes, *[None] * (len(inputs) - len(slopes))], inputs)


def number_of(layer: Any, dout: Any = 1.0) -> Function:
    """A layer as a function that gives one number: the sum of its outputs, each times its dout.

    Its gradient is what ``backward(dout)`` returns. It runs a copy of the layer, which draws the
    same random numbers each time.

    Examples
    --------
    >>> from layers import ReLU
    >>> f = number_of(ReLU(), np.array([1.0, 10.0]))
    >>> float(f(np.array([2.0, 3.0])))
    32.0
    """
    twin, rewind = repeatable(layer)

    def f(*xs: Any) -> Any:
        rewind()
        return weighted_sum(twin.forward(*xs), dout)

    return f


def weighted_sum(y: Any, dout: Any) -> Any:
    """The sum of an output's entries, each times its dout; of all parts, where it has several."""
    if isinstance(y, tuple):
        return sum(weighted_sum(part, weights) for part, weights in zip(y, dout, strict=True))
    return np.sum(y * dout)


def repeatable(layer: Any) -> tuple[Any, Callable[[], None]]:
    """A copy of a layer, and what lets it draw the same random numbers again."""
    twin = copy.deepcopy(layer)
    states = [(generator, state_of(generator)) for generator in generators(twin)]

    def rewind() -> None:
        for generator, state in states:
            put_back(generator, state)

    return twin, rewind
