"""Flattening each example to a row."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Flatten(Layer):
    """Flatten each example into a row: (N, ...) becomes (N, D), with D the product of the rest.

    y and dx are views if the memory layout allows it.

    Raises
    ------
    ValueError
        If x is a single number, which has no batch axis.

    Examples
    --------
    >>> import numpy as np
    >>> flatten = Flatten()
    >>> flatten.forward(np.zeros((5, 8, 8))).shape
    (5, 64)
    >>> dx, _ = flatten.backward(np.ones((5, 64)))
    >>> dx.shape
    (5, 8, 8)
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def forward(self, x: ArrayLike) -> Array:
        """Return x with all axes but the first merged."""
        batch = checks.floating(self, "x", x)
        if batch.ndim == 0:
            raise ValueError(f"{self.label}: expected x of shape (N, ...), got a single number")
        self._shape, self._dtype = batch.shape, batch.dtype
        return batch.reshape(_flat(batch.shape))

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dout in the shape that x had."""
        rows = checks.upstream(self, dout, _flat(self._shape), self._dtype)
        return rows.reshape(self._shape), {}


def _flat(shape: tuple[int, ...]) -> tuple[int, int]:
    return shape[0], math.prod(shape[1:])
