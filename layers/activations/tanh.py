"""The hyperbolic tangent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Tanh(Layer):
    """Hyperbolic tangent, elementwise: y = tanh(x).

    dy/dx = 1 - y**2. Any shape.

    Examples
    --------
    >>> import numpy as np
    >>> tanh = Tanh()
    >>> tanh.forward(np.array([0.0, 1.0]))
    array([0.        , 0.76159416])
    >>> dx, _ = tanh.backward(np.array([1.0, 1.0]))
    >>> dx
    array([1.        , 0.41997434])

    Notes
    -----
    Source: CSE 587, lecture 3, "Activation Functions".
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Array:
        """Return tanh(x)."""
        self._y = np.tanh(checks.floating(self, "x", x))
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx = dout (1 - y**2)."""
        dout = checks.upstream(self, dout, self._y.shape, self._y.dtype)
        return dout * (1 - self._y**2), {}
