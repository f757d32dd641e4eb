"""The gate that multiplies by a constant."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.gates import gate


class MultiplyConstant(Layer):
    """Gate that multiplies by a constant, elementwise: y = a x.

    dy/dx = a. Takes a number or an array of any shape.

    Parameters
    ----------
    a : float
        The constant, which gets no gradient.

    Raises
    ------
    ValueError
        If a is not a finite number.

    Examples
    --------
    >>> multiply = MultiplyConstant(2.0)
    >>> multiply.forward(1.5)
    3.0
    >>> dx, _ = multiply.backward(-2.0)
    >>> dx
    -4.0

    Notes
    -----
    Source: f_a(x) = a x in the sigmoid example of the lecture "Backpropagation" by Li, Karpathy and
    Johnson; d = 2 b in CSCI 544, lecture 8, "Example: Computation Graph".
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def __init__(self, a: float) -> None:
        self.a = checks.real("MultiplyConstant", "a", a)

    def forward(self, x: ArrayLike) -> Any:
        """Return a x."""
        x = checks.floating(self, "x", x)
        self._shape, self._dtype = x.shape, x.dtype
        return gate.plain(self.a * x)

    def backward(self, dout: ArrayLike) -> tuple[Any, Grads]:
        """Return dx = a dout."""
        dout = checks.upstream(self, dout, self._shape, self._dtype)
        return gate.plain(self.a * dout), {}
