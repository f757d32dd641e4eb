"""The mean of every window."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.convolution.image_windows import Pair, Windows, images, pooling
from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class AveragePool2D(Layer):
    """The mean of every window, in each channel of images (N, C, H, W).

    dy/dx = 1 / (kh kw): each entry of a window gets an equal part of its gradient. The zeros of the
    padding count.

    Parameters
    ----------
    size : int or pair of int
        The height kh and the width kw of the windows.
    stride : int or pair of int, optional
        How far apart neighbouring windows are. By default their size: they do not overlap.
    padding : int or pair of int
        How many rows and columns of zeros surround x, at most half a window.

    Raises
    ------
    ValueError
        If x does not have four axes, or is smaller than a window.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = AveragePool2D(2)
    >>> layer.forward(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]))
    array([[[[2.5]]]])
    >>> dx, _ = layer.backward(np.array([[[[4.0]]]]))
    >>> dx
    array([[[[1., 1.],
             [1., 1.]]]])

    Notes
    -----
    Source: LeCun et al., 1998; CS231n, "Convolutional Neural Networks", "Pooling Layer".
    """

    _shape = Cached[tuple[int, ...]]()
    _count = Cached[Pair]()
    _dtype = Cached[np.dtype[Any]]()

    def __init__(
        self, size: int | Pair, stride: int | Pair | None = None, padding: int | Pair = 0
    ) -> None:
        self.size, self.stride, self.padding = size, stride, padding
        self.windows: Windows = pooling(type(self).__name__, size, stride, padding)

    def forward(self, x: ArrayLike) -> Array:
        """Return the means, of shape (N, C, rows, columns)."""
        found = images(self, x)
        self._count = self.windows.grid(self, found)
        self._shape, self._dtype = found.shape, found.dtype
        y = np.zeros((*found.shape[:2], *self._count), found.dtype)
        for entries in self.windows.places(self.windows.padded(found)):
            y += entries
        y /= math.prod(self.windows.size)
        return y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx: an equal part of each gradient to all entries of its window."""
        shape = self._shape
        dout = checks.upstream(self, dout, (*shape[:2], *self._count), self._dtype)
        padded = self.windows.padded(np.zeros(shape, self._dtype))
        share = dout / math.prod(self.windows.size)
        for place in self.windows.places(padded):
            place += share
        return np.ascontiguousarray(self.windows.inside(padded)), {}
