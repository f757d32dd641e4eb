"""The same numbers in every layout that memory has for them, and in the types that hold arrays.

Each entry takes an array and gives one of the same shape. What a layer says of it must be what it
says of the `plain` array of the same values: row after row, in this machine's byte order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def plain(x: Any) -> Array:
    """The same numbers row after row, native, in memory of their own."""
    array = np.asarray(x)
    return np.array(array, array.dtype.newbyteorder("="), order="C")


def transposed(x: Array) -> Array:
    """A view of an array that was laid out with its axes the other way round."""
    return x.T.copy().T


def rolled(x: Array) -> Array:
    """A view whose first axis was the last in memory: of three axes, neither C nor Fortran."""
    return np.moveaxis(np.moveaxis(x, 0, -1).copy(), -1, 0) if x.ndim else x


def reversed_(x: Array) -> Array:
    """A view with negative strides along every axis."""
    backwards = (slice(None, None, -1),) * x.ndim
    return x[backwards].copy()[backwards]


def strided(x: Array) -> Array:
    """Every second entry, along every axis, of an array whose other entries are 99."""
    wide = np.full([2 * n for n in x.shape], 99, x.dtype)
    every = (slice(None, None, 2),) * x.ndim
    wide[every] = x
    return wide[every]


def broadcast(x: Array) -> Array:
    """The first example, in place of all: one row of memory, with a stride of 0."""
    return np.broadcast_to(x[:1], x.shape) if x.ndim else x


def constant(x: Array) -> Array:
    """One number of memory, in place of all."""
    return np.broadcast_to(x.flat[0], x.shape)


def read_only(x: Array) -> Array:
    """Memory that refuses to be written."""
    x = x.copy()
    x.setflags(write=False)
    return x


def swapped(x: Array) -> Array:
    """The byte order of another machine."""
    return x.astype(x.dtype.newbyteorder())


def unaligned(x: Array) -> Array:
    """A column of a table: numbers that start at odd addresses."""
    table = np.zeros(x.shape, [("mark", "u1"), ("x", x.dtype)])
    table["x"] = x
    return table["x"]


class Subclass(np.ndarray):
    """An array whose operators are not an array's, as those of np.matrix are not."""

    def __mul__(self, other: Any) -> Any:
        raise AssertionError("a layer multiplied the caller's own type")

    __rmul__ = __add__ = __radd__ = __sub__ = __rsub__ = __matmul__ = __mul__  # type: ignore


def subclass(x: Array) -> Array:
    """A subclass of ndarray."""
    return x.copy().view(Subclass)


class Foreign:
    """What has an array and is none, like a pandas DataFrame or a PyTorch tensor."""

    def __init__(self, x: Array) -> None:
        self._x = x

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return self._x if dtype is None else self._x.astype(dtype)


LAYOUTS = {
    "Fortran": np.asfortranarray,
    "transposed": transposed,
    "rolled": rolled,
    "reversed": reversed_,
    "strided": strided,
    "broadcast": broadcast,
    "constant": constant,
    "read-only": read_only,
    "another byte order": swapped,
    "unaligned": unaligned,
    "subclass": subclass,
    "foreign": Foreign,
    "list": np.ndarray.tolist,
}
