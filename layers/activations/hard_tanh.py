"""The hard hyperbolic tangent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class HardTanh(Layer):
    """Hard tanh, elementwise: y = -1 where x < -1, 1 where x > 1, and x in between.

    dy/dx = 1 where -1 < x < 1, else 0; at the kinks, x = -1 and x = 1, it is 0, as in PyTorch.
    Any shape. nan stays nan.

    Examples
    --------
    >>> import numpy as np
    >>> hard = HardTanh()
    >>> hard.forward(np.array([-3.0, 0.5, 1.0]))
    array([-1. ,  0.5,  1. ])
    >>> dx, _ = hard.backward(np.array([5.0, 5.0, 5.0]))
    >>> dx
    array([0., 5., 0.])

    Notes
    -----
    Source: CSE 587, lecture 3, "Activation Functions".
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Array:
        """Return x, cut off at -1 and at 1."""
        self._y = np.clip(checks.floating(self, "x", x), -1, 1)
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx, which is dout where the output is inside (-1, 1) and 0 elsewhere."""
        dout = checks.upstream(self, dout, self._y.shape, self._y.dtype)
        return dout * (np.abs(self._y) < 1), {}
