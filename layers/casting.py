"""Copies of a layer in another precision."""

from __future__ import annotations

import copy
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

T = TypeVar("T")


def floating_dtype(dtype: DTypeLike | None) -> np.dtype[Any]:
    """`dtype` as a NumPy dtype, float64 for None; anything but a floating one is refused."""
    try:
        found = np.dtype(np.float64 if dtype is None else dtype)
    except TypeError:
        found = np.dtype(object)
    if found.kind != "f":
        raise TypeError(f"dtype: expected a floating dtype such as 'float32', got {dtype!r}")
    return found


def cast(layer: T, dtype: DTypeLike | None) -> T:
    """A deep copy of a layer or net whose floating parameters have another dtype.

    Works on any object with ``params``. An array that the object holds under further names (a
    student's ``self.W`` beside ``self.params["W"]``) stays one array in the copy.

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
    # deepcopy looks every object up in `memo` first: what stands there is its copy already.
    memo: dict[int, Any] = {
        id(array): array.astype(target)
        for array in layer.params.values()  # type: ignore[attr-defined]
        if isinstance(array, np.ndarray) and array.dtype.kind == "f"
    }
    return copy.deepcopy(layer, memo)
