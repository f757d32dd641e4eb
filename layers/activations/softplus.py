"""The softplus."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Softplus(Layer):
    """Softplus, a smooth ReLU, elementwise: y = log(1 + exp(x)).

    dy/dx is the sigmoid of x, 1 / (1 + exp(-x)) = 1 - exp(-y). Any shape. Computed as
    max(x, 0) + log(1 + exp(-|x|)), which cannot overflow, so it is accurate for any finite x.
    (PyTorch returns x itself for x above 20, which differs by at most 2e-9.)

    Examples
    --------
    >>> import numpy as np
    >>> softplus = Softplus()
    >>> softplus.forward(np.array([-1000.0, 0.0, 1000.0]))
    array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    >>> dx, _ = softplus.backward(np.array([1.0, 1.0, 1.0]))
    >>> dx
    array([0. , 0.5, 1. ])

    Notes
    -----
    Source: Dugas et al., 2001; its slope is the neuron of CSE 587, lecture 3.
    """

    _y = Cached[Array]()

    def forward(self, x: ArrayLike) -> Array:
        """Return log(1 + exp(x))."""
        x = checks.floating(self, "x", x)
        self._y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx = dout (1 - exp(-y))."""
        dout = checks.upstream(self, dout, self._y.shape, self._y.dtype)
        return dout * -np.expm1(-self._y), {}
