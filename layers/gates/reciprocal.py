"""The reciprocal gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.gates import gate


class Reciprocal(Layer):
    """Reciprocal gate, elementwise: y = 1 / x, for x other than 0.

    dy/dx = -1 / x**2 = -y**2. Takes a number or an array of any shape.

    Raises
    ------
    ValueError
        If any x is 0, which has no reciprocal.

    Examples
    --------
    >>> reciprocal = Reciprocal()
    >>> reciprocal.forward(1.25)
    0.8
    >>> dx, _ = reciprocal.backward(1.0)
    >>> round(dx, 2)
    -0.64

    Notes
    -----
    Source: the sigmoid example of the lecture "Backpropagation" by Li, Karpathy and Johnson; EECS
    442, discussion 5, "Another Example".
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Any:
        """Return 1 / x."""
        x = checks.floating(self, "x", x)
        checks.allowed(self, "x other than 0, which has no reciprocal", x, x != 0)
        with np.errstate(over="ignore"):  # inf where the value is too large for the dtype
            self._y = 1 / x
        return gate.plain(self._y)

    def backward(self, dout: ArrayLike) -> tuple[Any, Grads]:
        """Return dx = -dout y**2."""
        dout = checks.upstream(self, dout, self._y.shape, self._y.dtype)
        return gate.plain(-dout * self._y**2), {}
