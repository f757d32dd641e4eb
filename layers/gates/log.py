"""The logarithm gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.gates import gate


class Log(Layer):
    """Natural logarithm gate, elementwise: y = log(x), for x above 0.

    dy/dx = 1 / x. Takes a number or an array of any shape.

    Raises
    ------
    ValueError
        If any x is 0 or negative, where the logarithm is undefined.

    Examples
    --------
    >>> log = Log()
    >>> log.forward(1.0)
    0.0
    >>> log.forward(2.0)
    0.6931471805599453
    >>> dx, _ = log.backward(3.0)
    >>> dx
    1.5

    Notes
    -----
    Source: 10-601, lecture 13, "Backpropagation", with an example of exp, log and sin.
    """

    _x = Cached[Array]()

    def forward(self, x: ArrayLike) -> Any:
        """Return log(x)."""
        x = checks.floating(self, "x", x)
        checks.allowed(self, "x above 0, where the logarithm is defined", x, ~(x <= 0))
        self._x = x
        return gate.plain(np.log(x))

    def backward(self, dout: ArrayLike) -> tuple[Any, Grads]:
        """Return dx = dout / x."""
        dout = checks.upstream(self, dout, self._x.shape, self._x.dtype)
        return gate.plain(dout / self._x), {}
