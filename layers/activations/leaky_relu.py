"""The leaky rectified linear unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class LeakyReLU(Layer):
    """Leaky rectified linear unit, elementwise: y = max(x, k x), with 0 < k < 1.

    dy/dx = 1 where x > 0, else k; at the kink, x = 0, it is k, as in PyTorch. Where a `ReLU` is
    off and learns nothing, this layer still passes on k times the gradient. Any shape.

    Parameters
    ----------
    negative_slope : float
        k, the slope for negative x, between 0 and 1.

    Raises
    ------
    ValueError
        If negative_slope is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> leaky = LeakyReLU(0.1)
    >>> leaky.forward(np.array([-2.0, 0.0, 2.0]))
    array([-0.2,  0. ,  2. ])
    >>> dx, _ = leaky.backward(np.array([5.0, 5.0, 5.0]))
    >>> dx
    array([0.5, 0.5, 5. ])

    Notes
    -----
    Source: CSE 587, lecture 3, "Activation Functions"; Maas, Hannun and Ng, 2013.
    """

    _y = Cached[Array]()

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = checks.real("LeakyReLU", "negative_slope", negative_slope)
        if not 0 < self.negative_slope < 1:
            raise ValueError(
                "LeakyReLU: expected negative_slope between 0 and 1, "
                f"got {checks.brief(negative_slope)}; with 0 it would be a ReLU"
            )

    def forward(self, x: ArrayLike) -> Array:
        """Return max(x, k x)."""
        x = checks.floating(self, "x", x)
        self._y = np.maximum(x, self.negative_slope * x)
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx, which is dout where the output is positive and k dout elsewhere."""
        dout = checks.upstream(self, dout, self._y.shape, self._y.dtype)
        # 1 where y > 0, else k. np.where is far slower if the signs alternate.
        return dout * np.maximum(np.sign(self._y), self.negative_slope), {}
