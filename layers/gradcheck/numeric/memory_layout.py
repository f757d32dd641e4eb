"""The memory layout of an array, so that copies can have the same.

A layer may be correct for one layout and wrong for another: ``reshape(-1)`` of an array that is not
contiguous is a copy, and writes to it are lost.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from layers.core.params import Array


@dataclass(frozen=True)
class MemoryLayout:
    """The order of the axes in memory, their direction, and where there are gaps.

    It is independent of the shape: an array with longer axes can have the same layout.

    Attributes
    ----------
    order : tuple of int
        The axes, from the one that moves fastest in memory.
    gaps : tuple of bool
        For each axis of `order`: whether there is space between its entries.
    reversed : tuple of bool
        For each axis of `order`: whether it runs backwards.
    byteorder : str
        As in ``dtype.byteorder``.
    writeable : bool
        Whether it may be written to.
    """

    order: tuple[int, ...]
    gaps: tuple[bool, ...]
    reversed: tuple[bool, ...]
    byteorder: Literal["=", "<", ">", "|"]
    writeable: bool

    @classmethod
    def of(cls, array: Array) -> MemoryLayout:
        """The layout of an array; where entries share memory, as in a broadcast one, plain."""
        steps, axes = array.strides, range(array.ndim)
        shared = any(steps[axis] == 0 and array.shape[axis] > 1 for axis in axes)
        order = list(axes[::-1])
        if not (shared or array.flags.c_contiguous):
            order = sorted(axes, key=lambda axis: (abs(steps[axis]), -axis))
        extents = [array.itemsize, *(abs(steps[axis]) * array.shape[axis] for axis in order)]
        return cls(
            tuple(order),
            tuple(abs(steps[a]) > extent for a, extent in zip(order, extents, strict=False)),
            tuple(steps[axis] < 0 for axis in order),
            array.dtype.byteorder,
            array.flags.writeable,
        )

    @cached_property
    def is_plain(self) -> bool:
        """Whether it is the layout of an ordinary copy."""
        is_c = self.order == tuple(range(len(self.order)))[::-1]
        turned = any(self.gaps) or any(self.reversed)
        return is_c and not turned and self.byteorder in "=|" and self.writeable

    def copy(self, array: Array) -> Array:
        """A copy of an array in this layout; of one with fewer or more axes, a plain copy."""
        if self.is_plain or array.ndim != len(self.order):
            return np.array(array, order="C")
        laid = self._empty(array.shape, array.dtype.newbyteorder(self.byteorder))
        laid[...] = array
        laid.flags.writeable = self.writeable
        return laid

    def _empty(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        extent, start, steps = 1, 0, [0] * len(shape)
        for axis, gap, backwards in zip(self.order, self.gaps, self.reversed, strict=True):
            step = extent + gap
            extent = step * shape[axis]
            start += backwards * (extent - step)
            steps[axis] = -step if backwards else step
        memory = np.zeros(max(extent, 1), dtype)
        size = dtype.itemsize
        laid: Array = np.ndarray(
            shape, dtype, memory, start * size, [step * size for step in steps]
        )
        return laid


def layout_of(value: Any) -> Any:
    """The layout of an array, those of a tuple of arrays, and None for anything else."""
    if isinstance(value, tuple):
        return tuple(map(layout_of, value))
    is_plain = type(value) is np.ndarray and not value.dtype.hasobject
    return MemoryLayout.of(value) if is_plain else None


def laid_out(value: Any, layout: Any) -> Any:
    """A copy in this layout of an array, or of each of a tuple; of anything else, a deep copy."""
    if isinstance(value, tuple) and isinstance(layout, tuple) and len(value) == len(layout):
        return tuple(map(laid_out, value, layout))
    if isinstance(value, np.ndarray) and isinstance(layout, MemoryLayout):
        return layout.copy(value)
    return copy.deepcopy(value)


def same_copy(value: Any) -> Any:
    """A deep copy whose arrays have the memory layout of the originals."""
    return laid_out(value, layout_of(value))
