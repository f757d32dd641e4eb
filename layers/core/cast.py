"""Copies of a layer in another precision."""

from __future__ import annotations

import copy
from collections.abc import Mapping, ValuesView
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from layers.core.describe import short
from layers.core.params import buffers, native

T = TypeVar("T")


def floating_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """Return `dtype` as a NumPy dtype in this machine's byte order, float64 for None.

    It must be a floating dtype of at least 32 bits.
    """
    try:
        found = np.dtype(np.float64 if dtype is None else dtype)
    except Exception:  # another library's type may raise anything when asked for its dtype
        found = np.dtype(object)
    if found.kind != "f":
        raise TypeError(f"dtype: expected a floating dtype such as 'float32', got {short(dtype)}")
    return native("dtype: expected", found)


def cast(layer: T, dtype: DTypeLike | None) -> T:
    """Return a deep copy of a layer or net with its floating parameters in another dtype.

    Works on any object with ``params``. An array that the object also holds under another name (a
    student's ``self.W`` in addition to ``self.params["W"]``) is still one array in the copy.

    Parameters
    ----------
    layer : object with params
        A layer or a net.
    dtype : dtype
        A floating dtype.

    Examples
    --------
    >>> from layers import FullyConnected
    >>> layer = FullyConnected(3, 2, dtype="float32")
    >>> cast(layer, "float64").params["b"]
    array([0., 0.])
    """
    target = floating_dtype(dtype)
    # deepcopy first looks up every object in `memo`, and uses the copy that it finds there.
    memo: dict[int, Any] = {}
    # Kept alive until the end, so that no other object can reuse the id of a temporary view.
    held = [*layer.params.values(), *buffers(layer).values()]  # type: ignore[attr-defined]
    for array in held:
        if isinstance(array, np.ndarray) and array.dtype.kind == "f":
            _cast_into(memo, array, target)
    twin = copy.deepcopy(layer, memo)
    _own_params(layer, twin, memo)
    return twin


def _own_params(layer: Any, twin: Any, memo: dict[int, Any]) -> None:
    """Give the copy its own params if they are a class attribute, which deepcopy leaves out."""
    if isinstance(getattr(type(layer), "params", None), dict) and twin.params is layer.params:
        twin.params = copy.deepcopy(layer.params, memo)
    for one, other in zip(_inside(layer), _inside(twin), strict=True):
        _own_params(one, other, memo)


def _inside(layer: object) -> list[Any]:
    held = getattr(layer, "layers", ())
    held = held.values() if isinstance(held, Mapping) else held
    return list(held) if isinstance(held, (list, tuple, ValuesView)) else []


def _cast_into(memo: dict[int, Any], array: Any, target: np.dtype[Any]) -> Any:
    """Record an array's copy in the other dtype; the copy of a view is a view of the copy."""
    base = array.base
    if id(array) in memo:
        return memo[id(array)]
    if isinstance(base, np.ndarray) and base.dtype == array.dtype and base.flags.c_contiguous:
        whole = _cast_into(memo, base, target)
        start = (array.ctypes.data - base.ctypes.data) // array.itemsize * target.itemsize
        strides = [step // array.itemsize * target.itemsize for step in array.strides]
        memo[id(array)] = np.ndarray(array.shape, target, whole, start, strides)
    else:
        memo[id(array)] = array.astype(target)
    return memo[id(array)]
