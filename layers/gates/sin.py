"""The sine gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.gates import gate


class Sin(Layer):
    """Sine gate, elementwise: y = sin(x), x in radians.

    dy/dx = cos(x). Takes a number or an array of any shape.

    Examples
    --------
    >>> sin = Sin()
    >>> sin.forward(0.0)
    0.0
    >>> dx, _ = sin.backward(3.0)
    >>> dx
    3.0

    Notes
    -----
    Source: 10-601, lecture 13, "Backpropagation", with an example of exp, log and sin.
    """

    _x = Cached[Array]()

    def forward(self, x: ArrayLike) -> Any:
        """Return sin(x)."""
        self._x = checks.floating(self, "x", x)
        return gate.plain(np.sin(self._x))

    def backward(self, dout: ArrayLike) -> tuple[Any, Grads]:
        """Return dx = dout cos(x)."""
        dout = checks.upstream(self, dout, self._x.shape, self._x.dtype)
        return gate.plain(dout * np.cos(self._x)), {}
