"""Sums of squares that neither overflow nor vanish, whatever the size of the entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from optimizers.param_arrays import Array

LOW, HIGH = 1e-100, 1e100  # in between, squares and sums of many squares fit float64
BLOCK = (
    65_536  # entries that are turned into double precision at a time, so that they stay in cache
)


def largest(arrays: Iterable[Array]) -> Any:
    """Return the largest absolute value, as a NumPy number; nan if there is one, 0 if empty."""
    size: Any = np.float64(0)
    for array in arrays:
        if array.size:  # the smallest and the largest entry, because abs would need a copy
            low, high = _wide(array.min()), _wide(array.max())
            size = np.maximum(size, np.maximum(high, -low))
    return size


def scale_of(size: Any) -> Any:
    """Return what to divide entries by before squaring them, given the largest: usually 1."""
    return np.float64(1) if LOW < size < HIGH or not size or not np.isfinite(size) else size


def squares(arrays: Iterable[Array], scale: Any) -> Any:
    """Return the sum of the squares of all entries, each first divided by `scale`."""
    total: Any = np.float64(0)
    for array in arrays:
        for block in _blocks(array):
            wide = _wide(block) if scale == 1 else block / scale
            total += wide.dot(wide)
    return total


def _blocks(array: Array) -> Iterator[Array]:
    flat = array.reshape(-1)
    return (flat[start : start + BLOCK] for start in range(0, flat.size, BLOCK))


def _wide(value: Any) -> Any:
    """Return the array in at least double precision."""
    return value.astype(np.result_type(value.dtype, np.float64), copy=False)
