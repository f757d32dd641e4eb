"""Copies of a layer in another precision."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator
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
    memo: dict[int, Any] = {}
    for array in _held(layer.params):  # type: ignore[attr-defined]
        memo[id(array)] = array.astype(target)
    twin = copy.deepcopy(layer, memo)
    if isinstance(inspect.getattr_static(layer, "params", None), dict) and (
        twin.params is layer.params  # type: ignore[attr-defined]
    ):  # it stands in the class, of which deepcopy makes no copy
        twin.params = copy.deepcopy(layer.params, memo)  # type: ignore[attr-defined]
    return twin


def _held(params: Any) -> Iterator[Any]:
    """The floating parameters, and the arrays that they are views of."""
    for array in params.values():
        while isinstance(array, np.ndarray):
            if array.dtype.kind == "f":
                yield array
            array = array.base
