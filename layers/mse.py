"""The mean squared error."""

from __future__ import annotations

from typing import Any

from layers import checks
from layers.base import Grads, Layer
from layers.cached import Cached
from layers.params import Array


class MSE(Layer):
    """Mean squared error: loss = mean of (y - t)**2, over all entries.

    dy = 2 (y - t) / (number of entries). y and t have the same shape, whatever it is; the target
    t gets no gradient.

    Raises
    ------
    ValueError
        If the shapes of y and t differ, or there is no entry.

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
    counts an example as if it stood there twice.
    """

    _difference = Cached[Array]()
    _weight = Cached[Any]()

    def forward(self, y: Any, t: Any, sample_weight: Any = None) -> float:
        """Return the mean of (y - t)**2."""
        y = checks.floating(self, y, name="y")
        t = self.check(y.shape, t).astype(y.dtype, copy=False)
        checks.not_empty(self, y, "y")
        self._weight = self._per_entry(y, sample_weight)
        self._difference = y - t
        return float((self._weight * self._difference**2).sum())

    def backward(self, dout: Any = 1.0) -> tuple[Array, Grads]:
        """Return dy = 2 (y - t) / (number of entries) * dout."""
        dout = checks.factor(self, dout)
        return 2 * dout * self._weight * self._difference, {}

    def _per_entry(self, y: Array, sample_weight: Any) -> Any:
        """How much each entry counts: 1 / (number of entries), or by its example's weight."""
        if sample_weight is None:
            return 1 / y.size
        rows = y.reshape(len(y), -1) if y.ndim else y.reshape(1, 1)
        weight = checks.weights(self, sample_weight, len(rows), y.dtype)
        return (weight / rows.shape[1]).reshape(y.shape[:1] + (1,) * (y.ndim - 1))

    def check(self, shape: tuple[int, ...], t: Any) -> Array:
        """Targets for an output of the given shape, or an exception that says what is wrong."""
        targets = checks.numbers(t, "t", self.label)
        if targets.shape != shape:
            raise ValueError(
                f"{self.label}: expected targets t of shape {shape}, the shape of y, got "
                f"{targets.shape}; reshape one of them, they are never broadcast"
            )
        return targets
