"""The multiply gate."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.gates import gate


class Multiply(Layer):
    """Multiply gate, the gradient switcher: y = x0 * x1 * ..., entry by entry.

    dy/dx0 = x1 and dy/dx1 = x0: each input gets dout times the product of the others. Takes two or
    more numbers, or arrays of the same shape.

    Raises
    ------
    TypeError
        If there are fewer than two inputs.
    ValueError
        If their shapes differ.

    Examples
    --------
    >>> multiply = Multiply()
    >>> multiply.forward(3.0, -4.0)
    -12.0
    >>> dx, _ = multiply.backward(1.0)
    >>> dx
    (-4.0, 3.0)

    Notes
    -----
    Source: the MultiplyGate of the lecture "Backpropagation" by Li, Karpathy and Johnson; EECS
    442, discussion 5, "Backpropagation of some common operations".
    """

    _xs = Cached[list[Array]]()

    def forward(self, *xs: ArrayLike) -> Any:
        """Return the product of the inputs."""
        self._xs = gate.alike(self, xs)
        return gate.plain(reduce(np.multiply, self._xs))

    def backward(self, dout: ArrayLike) -> tuple[tuple[Any, ...], Grads]:
        """Return dx: for each input, dout times the others."""
        xs = self._xs
        dout = checks.upstream(self, dout, xs[0].shape, xs[0].dtype)
        others = [xs[:i] + xs[i + 1 :] for i in range(len(xs))]
        return tuple(gate.plain(reduce(np.multiply, rest, dout)) for rest in others), {}
