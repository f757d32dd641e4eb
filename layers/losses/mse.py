"""The mean squared error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.losses.by_entry import ByEntry


class MSE(ByEntry):
    """Mean squared error: loss = mean of (y - t)**2, over all entries.

    dy = 2 (y - t) / (number of entries). y and t have the same shape, which may be any shape; the
    target t gets no gradient.

    Raises
    ------
    ValueError
        If the shapes of y and t differ, or they are empty.

    Examples
    --------
    >>> import numpy as np
    >>> mse = MSE()
    >>> mse.forward(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
    2.5
    >>> dy, _ = mse.backward()
    >>> dy
    array([ 1., -2.])

    Notes
    -----
    ``sample_weight`` (N,) makes it the weighted mean over the examples, the rows of y: weight 2
    counts an example as if it occurred twice, and weight 0 as if it were absent, even if its y or t
    is nan.
    """

    _difference = Cached[Array]()
    _weight = Cached[Any]()

    def forward(self, y: ArrayLike, t: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean of (y - t)**2."""
        y = checks.floating(self, "y", y)
        t = self.check(y.shape, t)
        checks.not_empty(self, "y", y)
        y, t, self._weight = self._weighed(y, t, sample_weight)
        with np.errstate(over="ignore"):  # the loss is inf if it is too large for the dtype
            d = self._difference = y - t.astype(y.dtype, copy=False)
            return float((self._weight * d * d).sum())  # d * d alone overflows before its mean

    def backward(self, dout: ArrayLike = 1.0) -> tuple[Array, Grads]:
        """Return dy = 2 (y - t) / (number of entries) * dout."""
        dout = checks.factor(self, dout, self._difference.dtype)
        return 2 * self._weight * dout * self._difference, {}
