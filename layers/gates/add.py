"""The add gate."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.gates import gate


class Add(Layer):
    """Add gate, the gradient distributor: y = x0 + x1 + ...

    dy/dx0 = dy/dx1 = ... = 1: each input gets dout unchanged. Takes two or more numbers, or arrays
    of the same shape.

    Raises
    ------
    TypeError
        If there are fewer than two inputs.
    ValueError
        If their shapes differ.

    Examples
    --------
    >>> add = Add()
    >>> add.forward(-2.0, 5.0)
    3.0
    >>> dx, _ = add.backward(-4.0)
    >>> dx
    (-4.0, -4.0)

    Notes
    -----
    Source: EECS 442, discussion 5, "Backpropagation of some common operations"; CSE 587, lecture
    3, "Node Intuitions".
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()
    _count = Cached[int]()

    def forward(self, *xs: ArrayLike) -> Any:
        """Return the sum of the inputs."""
        y = reduce(np.add, gate.alike(self, xs))
        self._shape, self._dtype, self._count = y.shape, y.dtype, len(xs)
        return gate.plain(y)

    def backward(self, dout: ArrayLike) -> tuple[tuple[Any, ...], Grads]:
        """Return dx: dout, once for each input."""
        dout = checks.upstream(self, dout, self._shape, self._dtype)
        return (gate.plain(dout),) * self._count, {}
