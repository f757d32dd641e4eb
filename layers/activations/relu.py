"""The rectified linear unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class ReLU(Layer):
    """Rectified linear unit, elementwise: y = max(0, x).

    dy/dx = 1 where x > 0, else 0; at the kink, x = 0, it is 0. Any shape. nan stays nan.

    Examples
    --------
    >>> import numpy as np
    >>> relu = ReLU()
    >>> relu.forward(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    >>> dx, _ = relu.backward(np.array([5.0, 5.0, 5.0]))
    >>> dx
    array([0., 0., 5.])

    Notes
    -----
    Source: CSE 587, lecture 3, "Activation Functions"; EECS 442, discussion 5.
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Array:
        """Return max(0, x)."""
        self._y = np.maximum(checks.floating(self, "x", x), 0)
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx, which is dout where the output is positive and 0 elsewhere."""
        dout = checks.upstream(self, dout, self._y.shape, self._y.dtype)
        return dout * (self._y > 0), {}
