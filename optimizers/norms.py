"""Sums of squares that neither overflow nor vanish, whatever the size of the entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from optimizers.param_arrays import Array

LOW, HIGH = 1e-100, 1e100  # between them, squares and sums of many squares are within float64
BLOCK = (
    65_536  # entries that are turned into double precision at a time, so that they stay in cache
)


def largest(arrays: Iterable[Array]) -> Any:
    """The largest size of an entry, as a NumPy number; nan where there is one, 0 of nothing."""
    size: Any = np.float64(0)
    for array in arrays:
        if array.size:  # the least and the largest entry, because abs would need a copy
            low, high = _wide(array.min()), _wide(array.max())
            size = np.maximum(size, np.maximum(high, -low))
    return size


def scale_of(size: Any) -> Any:
    """What entries are to be divided by before they are squared, given the largest: mostly 1."""
    return np.float64(1) if LOW < size < HIGH or not size or not np.isfinite(size) else size


def squares(arrays: Iterable[Array], scale: Any) -> Any:
    """The sum of the squares of all entries, each divided by `scale` before."""
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
    """In double precision, or better where it is so already."""
    return value.astype(np.result_type(value.dtype, np.float64), copy=False)
