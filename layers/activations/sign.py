"""The sign."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Sign(Layer):
    """Sign, elementwise: y = -1 where x < 0, 0 where x = 0, and 1 where x > 0.

    dy/dx = 0 everywhere but at the jump, x = 0, where it is taken to be 0 too. So no layer before a
    sign learns by gradient descent, which is why nets do not use it. Any shape. nan stays nan.

    Examples
    --------
    >>> import numpy as np
    >>> sign = Sign()
    >>> sign.forward(np.array([-0.3, 0.0, 2.0]))
    array([-1.,  0.,  1.])
    >>> dx, _ = sign.backward(np.array([5.0, 5.0, 5.0]))
    >>> dx
    array([0., 0., 0.])

    Notes
    -----
    Source: CSE 587, lecture 3, "Activation Functions".
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Array:
        """Return the sign of x."""
        self._y = np.sign(checks.floating(self, "x", x))
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx = 0."""
        return checks.upstream(self, dout, self._y.shape, self._y.dtype) * 0, {}
