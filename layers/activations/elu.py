"""The exponential linear unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class ELU(Layer):
    """Exponential linear unit, elementwise: y = x where x > 0, else a (exp(x) - 1).

    dy/dx = 1 where x > 0, else a exp(x) = y + a. With a = 1, both sides have slope 1 at x = 0; with
    any other a, x = 0 is a kink, where the slope is taken to be a, as in PyTorch. Any shape.

    Parameters
    ----------
    alpha : float
        a, a positive number: y never falls below -a.

    Raises
    ------
    ValueError
        If alpha is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> elu = ELU()
    >>> elu.forward(np.array([-1.0, 0.0, 2.0]))
    array([-0.63212056,  0.        ,  2.        ])
    >>> dx, _ = elu.backward(np.array([1.0, 1.0, 1.0]))
    >>> dx
    array([0.36787944, 1.        , 1.        ])

    Notes
    -----
    Source: Clevert, Unterthiner and Hochreiter, 2016.
    """

    _y = Cached[Array]()

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = checks.real("ELU", "alpha", alpha)
        if self.alpha <= 0:
            raise ValueError(f"ELU: expected alpha above 0, got {checks.brief(alpha)}")

    def forward(self, x: ArrayLike) -> Array:
        """Return x where it is positive, else a (exp(x) - 1)."""
        x = checks.floating(self, "x", x)
        # One of the two terms is 0. expm1 keeps exp(x) - 1 accurate near 0.
        self._y = np.maximum(x, 0) + self.alpha * np.expm1(np.minimum(x, 0))
        return self._y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx, which is dout where the output is positive and dout (y + a) elsewhere."""
        y = self._y
        dout = checks.upstream(self, dout, y.shape, y.dtype)
        return dout * ((y > 0) + (y <= 0) * (np.minimum(y, 0) + self.alpha)), {}
