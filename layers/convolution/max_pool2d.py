"""The largest entry of every window."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.convolution.image_windows import Pair, Windows, images, pooling
from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class MaxPool2D(Layer):
    """The maximum of every window, in each channel of images (N, C, H, W).

    dy/dx is 1 for the entry that is the largest of its window and 0 for the others; of several
    that are equally large, the first, row by row. Where windows overlap, their gradients add up.

    Parameters
    ----------
    size : int or pair of int
        The height and the width of the windows.
    stride : int or pair of int, optional
        How far apart neighbouring windows are. By default their size: they do not overlap.
    padding : int or pair of int
        How many rows and columns surround x, at most half a window; they never are the largest.

    Raises
    ------
    ValueError
        If x does not have four axes, or is smaller than a window.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = MaxPool2D(2)
    >>> layer.forward(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]))
    array([[[[4.]]]])
    >>> dx, _ = layer.backward(np.array([[[[5.0]]]]))
    >>> dx
    array([[[[0., 0.],
             [5., 0.]]]])

    Notes
    -----
    Source: CS231n, "Convolutional Neural Networks", "Pooling Layer".
    """

    _winner = Cached[Array]()  # which place in each window has the largest entry
    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def __init__(
        self, size: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
    ) -> None:
        self.size, self.stride, self.padding = size, stride, padding
        self.windows: Windows = pooling(type(self).__name__, size, stride, padding)

    def forward(self, x: ArrayLike) -> Array:
        """Return the maxima, of shape (N, C, rows, columns)."""
        found = images(self, x)
        count = self.windows.grid(self, found)
        first, *others = self.windows.places(self.windows.padded(found, -np.inf))
        y: Array = first.copy()
        winner = np.zeros((*found.shape[:2], *count), np.min_scalar_type(len(others)))
        for number, entries in enumerate(others, 1):
            wins = ~(entries <= y)  # also where one of the two is nan
            np.maximum(winner, wins * winner.dtype.type(number), out=winner)
            np.maximum(y, entries, out=y)
        self._winner, self._shape, self._dtype = winner, found.shape, found.dtype
        return y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx: each gradient goes to the entry that was the largest."""
        winner = self._winner
        dout = checks.upstream(self, dout, winner.shape, self._dtype)
        padded = self.windows.padded(np.zeros(self._shape, self._dtype))
        finite = np.isfinite(dout).all()
        for number, place in enumerate(self.windows.places(padded)):
            won = winner == number
            place += dout * won if finite else np.where(won, dout, 0)  # 0 times inf would be nan
        return np.ascontiguousarray(self.windows.inside(padded)), {}
