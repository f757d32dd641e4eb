"""The max gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.gates import gate


class Max(Layer):
    """Max gate, the gradient router: y = max(x0, x1, ...), entry by entry.

    dy/dx = 1 for the largest input and 0 for the others. At a tie, which is a kink, the largest
    inputs share it equally, as in PyTorch, so max(x, x) = x has slope 1. Takes two or more numbers,
    or arrays of the same shape. nan stays nan.

    Raises
    ------
    TypeError
        If there are fewer than two inputs.
    ValueError
        If their shapes differ.

    Examples
    --------
    >>> gate = Max()
    >>> gate.forward(2.0, 0.0)
    2.0
    >>> dx, _ = gate.backward(3.0)
    >>> dx
    (3.0, 0.0)

    Notes
    -----
    Source: CSE 587, lecture 3, "Node Intuitions"; EECS 442, discussion 5.
    """

    _shares = Cached[Array]()

    def forward(self, *xs: ArrayLike) -> Any:
        """Return the largest of the inputs."""
        x = np.stack(gate.alike(self, xs))
        y = x.max(axis=0)
        largest = (x == y).astype(x.dtype)
        self._shares = largest / np.maximum(largest.sum(axis=0), 1)  # the sum is 0 for nan
        return gate.plain(y)

    def backward(self, dout: ArrayLike) -> tuple[tuple[Any, ...], Grads]:
        """Return dx: dout for the largest input and 0 for the others."""
        shares = self._shares
        dout = checks.upstream(self, dout, shares.shape[1:], shares.dtype)
        return tuple(gate.plain(dout * share) for share in shares), {}
