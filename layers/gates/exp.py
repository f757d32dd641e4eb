"""The exponential gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.gates import gate


class Exp(Layer):
    """Exponential gate, elementwise: y = exp(x).

    dy/dx = y. Takes a number or an array of any shape.

    Examples
    --------
    >>> exp = Exp()
    >>> exp.forward(-1.0)
    0.36787944117144233
    >>> dx, _ = exp.backward(-0.53)
    >>> round(dx, 2)
    -0.19

    Notes
    -----
    Source: the sigmoid example of the lecture "Backpropagation" by Li, Karpathy and Johnson; EECS
    442, discussion 5, "Another Example".
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Any:
        """Return exp(x)."""
        with np.errstate(over="ignore"):  # inf where the value is too large for the dtype
            self._y = np.exp(checks.floating(self, "x", x))
        return gate.plain(self._y)

    def backward(self, dout: ArrayLike) -> tuple[Any, Grads]:
        """Return dx = dout y."""
        dout = checks.upstream(self, dout, self._y.shape, self._y.dtype)
        return gate.plain(dout * self._y), {}
