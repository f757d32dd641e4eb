"""A copy of a layer to run forward on, so that the layer keeps what it holds for backward."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np

from layers.core.cache import Cached
from layers.core.params import Params, buffers

T = TypeVar("T")
PLAIN = (int, float, str, type(None), np.dtype, np.random.Generator, Params)


def bystander(layer: T, shared: Iterable[Any] = ()) -> T:
    """A layer with the same parameters, the very same arrays, on which forward leaves its cache.

    So it is with the objects in `shared`, such as random generators. Where forward can only set
    attributes, a new object with the old ones will do. Where it might write into what an
    attribute holds, such as a dict or a layer inside, that is copied too.
    """
    held = vars(layer) if hasattr(layer, "__dict__") else {}
    kind = type(layer)
    if held and all(_is_plain(kind, name, value) for name, value in held.items()):
        twin = object.__new__(kind)
        twin.__dict__.update(held)
        return twin
    held = {**getattr(layer, "params", {}), **buffers(layer)}
    arrays = [array for array in held.values() if isinstance(array, np.ndarray)]
    return copy.deepcopy(layer, {id(kept): kept for kept in (*arrays, *shared)})


def _is_plain(kind: type, name: str, value: Any) -> bool:
    if isinstance(getattr(kind, name, None), Cached) or isinstance(value, PLAIN):
        return True
    if isinstance(value, tuple):
        return all(_is_plain(kind, "", part) for part in value)
    return callable(value) and not hasattr(value, "forward")
