"""The gate that adds a constant."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.gates import gate


class AddConstant(Layer):
    """Gate that adds a constant, elementwise: y = c + x.

    dy/dx = 1. Takes a number or an array of any shape.

    Parameters
    ----------
    c : float
        The constant, which gets no gradient.

    Raises
    ------
    ValueError
        If c is not a finite number.

    Examples
    --------
    >>> add = AddConstant(1.0)
    >>> add.forward(0.25)
    1.25
    >>> dx, _ = add.backward(-0.53)
    >>> dx
    -0.53

    Notes
    -----
    Source: f_c(x) = c + x in the sigmoid example of the lecture "Backpropagation" by Li, Karpathy
    and Johnson.
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def __init__(self, c: float) -> None:
        self.c = checks.real("AddConstant", "c", c)

    def forward(self, x: ArrayLike) -> Any:
        """Return c + x."""
        x = checks.floating(self, "x", x)
        self._shape, self._dtype = x.shape, x.dtype
        return gate.plain(self.c + x)

    def backward(self, dout: ArrayLike) -> tuple[Any, Grads]:
        """Return dx = dout."""
        return gate.plain(checks.upstream(self, dout, self._shape, self._dtype)), {}
