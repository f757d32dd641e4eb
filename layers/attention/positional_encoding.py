"""Sines and cosines that tell positions apart."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class PositionalEncoding(Layer):
    """Add to each step of a sequence waves that depend on its position: y[:, t] = x[:, t] + P[t].

    Attention by itself does not know the order of the steps. For x (N, T, D)::

        P[t, 2i]     = sin(t / 10000**(2i / D))
        P[t, 2i + 1] = cos(t / 10000**(2i / D))
        dx = dout

    Nothing is learned; `PositionEmbedding` learns its P.

    Parameters
    ----------
    length : int
        The largest T.
    features : int
        D, the size of the last axis of x.

    Raises
    ------
    ValueError
        If x is not (N, T, D) with T from 1 to `length`, or dout does not have the shape of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> PositionalEncoding(10, 4).forward(np.zeros((1, 3, 4))).round(2)
    array([[[ 0.  ,  1.  ,  0.  ,  1.  ],
            [ 0.84,  0.54,  0.01,  1.  ],
            [ 0.91, -0.42,  0.02,  1.  ]]])

    Notes
    -----
    Source: Vaswani et al., 2017.
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def __init__(self, length: int, features: int) -> None:
        self.length = checks.count("PositionalEncoding", "length", length)
        self.features = checks.count("PositionalEncoding", "features", features)

    def forward(self, x: ArrayLike) -> Array:
        """Return x + P, of the shape of x."""
        x = checks.sequences(self, x, self.features, longest=self.length)
        self._shape, self._dtype = x.shape, x.dtype
        y: Array = x + _waves(x.shape[1], self.features).astype(x.dtype, copy=False)
        return y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx = dout."""
        return checks.upstream(self, dout, self._shape, self._dtype).copy(), {}

    @property
    def label(self) -> str:
        """What error messages call this layer."""
        return f"PositionalEncoding {self.length} x {self.features}"


@lru_cache(maxsize=8)
def _waves(steps: int, features: int) -> Array:
    """P (T, D)."""
    column = np.arange(features)
    angle = np.arange(steps)[:, None] / 10000.0 ** (column // 2 * 2 / features)
    return np.where(column % 2, np.cos(angle), np.sin(angle))
