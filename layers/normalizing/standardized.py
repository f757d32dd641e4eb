"""Rows of numbers with mean 0 and variance 1, and the gradient through both."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from layers.core import checks, sums
from layers.core.params import Array


class Standardized(NamedTuple):
    """Rows (R, D) less their mean, over their standard deviation.

    Attributes
    ----------
    rows : array (R, D)
        x_hat = (x - mean) scale.
    scale : array (R, 1)
        1 / sqrt(variance + epsilon).
    """

    rows: Array
    scale: Array

    def backward(self, dout: Array) -> Array:
        """Return the gradient of x, for the gradient (R, D) of the rows.

        The mean and the variance depend on every entry of a row, so each entry has three paths::

            dx = scale (dout - mean of dout - x_hat (mean of dout x_hat))

        Examples
        --------
        >>> found = standardized(np.array([[1.0, 2.0, 3.0]]), epsilon=0.0)
        >>> found.backward(np.array([[1.0, 1.0, 1.0]])).round(12) + 0.0
        array([[0., 0., 0.]])
        """
        size = dout.shape[1]
        along = np.einsum("ij,ij->i", dout, self.rows)[:, None] / size
        dx: Array = dout - sums.over_columns(dout)[:, None] / size
        dx -= self.rows * along
        dx *= self.scale
        return dx


def standardized(x: Array, epsilon: float) -> Standardized:
    """Give each row of x (R, D) mean 0 and, up to epsilon, variance 1.

    Examples
    --------
    >>> standardized(np.array([[1.0, 3.0]]), epsilon=0.0).rows
    array([[-1.,  1.]])
    """
    centred = x - sums.over_columns(x)[:, None] / x.shape[1]
    variance = np.einsum("ij,ij->i", centred, centred)[:, None] / x.shape[1]
    scale = 1 / np.sqrt(variance + x.dtype.type(epsilon))
    centred *= scale
    return Standardized(centred, scale)


def added(owner: str, epsilon: Any) -> float:
    """What is added to a variance: a number that is not negative."""
    number = checks.real(owner, "epsilon", epsilon)
    if number < 0:
        raise ValueError(f"{owner}: expected epsilon of at least 0, got {epsilon!r}")
    return number
