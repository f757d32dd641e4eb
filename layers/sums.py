"""Sums and means as products with a vector of ones or of equal shares.

The product runs in BLAS, which takes half the time of `sum` or less.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from layers.params import Array


def over_rows(matrix: Array) -> Array:
    """What `matrix.sum(axis=0)` says.

    Examples
    --------
    >>> over_rows(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([4., 6.])
    """
    sums: Array = _ones(matrix.shape[0], matrix.dtype).dot(matrix)
    return sums


def over_columns(matrix: Array) -> Array:
    """What `matrix.sum(axis=1)` says.

    Examples
    --------
    >>> over_columns(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([3., 7.])
    """
    sums: Array = matrix.dot(_ones(matrix.shape[1], matrix.dtype))
    return sums


@lru_cache(maxsize=32)
def equal_shares(n: int, dtype: np.dtype[Any]) -> Array:
    """1 / n, n times: a product with it is the mean. Kept for the next call, and read-only.

    Examples
    --------
    >>> float(equal_shares(4, np.dtype(float)).dot([1.0, 2.0, 3.0, 6.0]))
    3.0
    """
    shares = np.full(n, 1 / n, dtype)
    shares.flags.writeable = False
    return shares


@lru_cache(maxsize=32)
def _ones(n: int, dtype: np.dtype[Any]) -> Array:
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones
