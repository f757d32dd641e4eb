"""The mean of every channel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.convolution.image_windows import images
from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class GlobalAveragePool2D(Layer):
    """The mean of each channel over the whole image: (N, C, H, W) becomes (N, C).

    dy/dx = 1 / (H W): each pixel gets an equal part of dout.

    Raises
    ------
    ValueError
        If x does not have four axes, or its images have no pixels.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = GlobalAveragePool2D()
    >>> layer.forward(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]))
    array([[2.5]])
    >>> dx, _ = layer.backward(np.array([[4.0]]))
    >>> dx
    array([[[[1., 1.],
             [1., 1.]]]])

    Notes
    -----
    Source: Lin, Chen and Yan, 2014, "Network in Network".
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def forward(self, x: ArrayLike) -> Array:
        """Return the means, of shape (N, C)."""
        found = images(self, x)
        n, channels, height, width = self._shape = found.shape
        if not height * width:
            raise ValueError(
                f"{self.label}: expected images with at least one pixel, got x of shape "
                f"{found.shape}"
            )
        self._dtype = found.dtype
        return sums.mean(found.reshape(n, channels, height * width), 2)

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx: dout / (H W), for each of the pixels."""
        shape = self._shape
        dout = checks.upstream(self, dout, shape[:2], self._dtype)
        share = dout / (shape[2] * shape[3])
        return np.broadcast_to(share[:, :, None, None], shape).copy(), {}
