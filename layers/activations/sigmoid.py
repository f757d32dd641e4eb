"""The logistic sigmoid."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Sigmoid(Layer):
    """Logistic sigmoid, elementwise: y = 1 / (1 + exp(-x)).

    dy/dx = y (1 - y). Any shape. Computed as exp(min(x, 0)) / (1 + exp(-|x|)), which cannot
    overflow, so it is accurate to the last digits for any finite x.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid = Sigmoid()
    >>> sigmoid.forward(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    >>> dx, _ = sigmoid.backward(np.array([1.0, 1.0, 1.0]))
    >>> dx
    array([0.  , 0.25, 0.  ])

    Notes
    -----
    Source: CSE 587, lecture 3, "A Neuron"; CSCI 544, lecture 8, for the derivative.
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Array:
        """Return 1 / (1 + exp(-x))."""
        x = checks.floating(self, "x", x)
        self._y = np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx = dout y (1 - y)."""
        y = self._y
        dout = checks.upstream(self, dout, y.shape, y.dtype)
        return dout * y * (1 - y), {}
