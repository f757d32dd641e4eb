"""The mean along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Mean(Layer):
    """Average along one axis: with axis 1, word vectors (N, T, D) become their means (N, D).

    dy/dx = 1 / T: each of the T vectors gets an equal part of dout.

    Parameters
    ----------
    axis : int
        The axis to average over, which y no longer has.

    Raises
    ------
    ValueError
        If x has no such axis, or the axis is empty.

    Examples
    --------
    >>> import numpy as np
    >>> mean = Mean()
    >>> mean.forward(np.array([[[1.0, 2.0], [3.0, 6.0]]]))
    array([[2., 4.]])
    >>> dx, _ = mean.backward(np.array([[10.0, 20.0]]))
    >>> dx
    array([[[ 5., 10.],
            [ 5., 10.]]])

    Notes
    -----
    Source: CSCI 544, lecture 8, "FFNN and Classification"; the deep averaging network of Iyyer et
    al., 2015.
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def __init__(self, axis: int = 1) -> None:
        self.axis = checks.whole("Mean", "axis", axis)

    def forward(self, x: ArrayLike) -> Array:
        """Return the mean along the axis."""
        x = checks.floating(self, "x", x)
        if not -x.ndim <= self.axis < x.ndim or not x.shape[self.axis]:
            raise ValueError(
                f"{self.label}: expected x with at least one entry along axis {self.axis}, "
                f"got shape {x.shape}"
            )
        self._shape, self._dtype = x.shape, x.dtype
        return sums.mean(x, self.axis)

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx: dout / T, for each of the T entries along the axis."""
        shape, axis = list(self._shape), self.axis
        size = shape.pop(axis)
        dout = checks.upstream(self, dout, tuple(shape), self._dtype)
        share = np.expand_dims(dout / size, axis % len(self._shape))
        return np.repeat(share, size, axis), {}
