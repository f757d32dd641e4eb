"""Reverse mode, which is `backward` in this library."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import brief, numbers
from layers.core.random_state import generators, put_back, state_of
from nets.arguments import layer as check_layer
from nets.differentiation.finite_differences import Function
from nets.differentiation.point import as_gradient, given, point
from nets.errors import pair


def reverse_mode(layer: Any, *xs: ArrayLike, dout: Any = 1.0) -> Any:
    """Automatic differentiation in reverse mode, or backpropagation: ``layer.backward``.

    Exact up to rounding. One forward and one backward pass, however many inputs there are.

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
    check_layer("reverse_mode", "layer", layer)
    y = layer.forward(*given(inputs))
    _fits(y, dout, "reverse_mode")
    dx, _ = pair(layer, layer.backward(dout))
    slopes = parts(dx)
    return as_gradient([*slopes, *[None] * (len(inputs) - len(slopes))], inputs)


def number_of(layer: object, dout: ArrayLike = 1.0) -> Function:
    """A layer as a function that returns one number: the sum of its outputs, each times its dout.

    Its gradient is what ``backward(dout)`` returns. It runs a copy of the layer, which draws the
    same random numbers each time.

    Examples
    --------
    >>> from layers import ReLU
    >>> f = number_of(ReLU(), np.array([1.0, 10.0]))
    >>> float(f(np.array([2.0, 3.0])))
    32.0
    """
    twin, rewind = repeatable(check_layer("number_of", "layer", layer))
    for part in parts(dout):
        numbers("number_of", "dout", part)

    def f(*xs: ArrayLike) -> Any:
        rewind()
        y = twin.forward(*xs)
        _fits(y, dout, "number_of")
        return weighted_sum(y, dout)

    return f


def _fits(y: ArrayLike, dout: ArrayLike, owner: str) -> None:
    """Raise unless dout is a number or has the shape of the output."""
    outputs, weights = parts(y), parts(dout)
    if len(outputs) != len(weights) or isinstance(y, tuple) != isinstance(dout, tuple):
        expected = f"a tuple of {len(outputs)} arrays" if isinstance(y, tuple) else "one array"
        raise ValueError(
            f"{owner}: expected dout to be {expected}, as the output is, got {brief(dout)}"
        )
    for part, weight in zip(outputs, weights, strict=True):
        shape = numbers(owner, "dout", weight).shape
        if shape not in ((), np.shape(part)):
            raise ValueError(
                f"{owner}: expected dout of shape {np.shape(part)}, the shape of the output, got "
                f"{shape}"
            )


def weighted_sum(y: ArrayLike, dout: ArrayLike) -> Any:
    """The sum of an output's entries, each times its dout; of all parts, where it has several."""
    return sum(np.sum(part * weight) for part, weight in zip(parts(y), parts(dout), strict=True))


def parts(value: object) -> tuple[Any, ...]:
    """The outputs of a layer or its gradients, of which there may be one or several."""
    return value if isinstance(value, tuple) else (value,)


def repeatable(layer: object) -> tuple[Any, Callable[[], None]]:
    """A copy of a layer, and a function that lets it draw the same random numbers again."""
    twin = copy.deepcopy(layer)
    states = [(generator, state_of(generator)) for generator in generators(twin)]

    def rewind() -> None:
        for generator, state in states:
            put_back(generator, state)

    return twin, rewind
