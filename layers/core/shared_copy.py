"""A copy of a layer on which to run forward without changing the layer's cache."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np

from layers.core.cache import Cached
from layers.core.params import Params, buffers

T = TypeVar("T")
PLAIN = (int, float, str, type(None), np.dtype, np.random.Generator, Params)


def shared_copy(layer: T, shared: Iterable[Any] = (), *, shares_buffers: bool = True) -> T:
    """Return a copy with its own cache that shares the arrays of the parameters and buffers.

    Without `shares_buffers` it gets its own buffers, which its forward may write into. It also
    shares the objects in `shared`, such as random generators. If forward can only set attributes,
    a shallow copy is enough. Anything that forward might write into, such as a dict or a nested
    layer, is copied too.
    """
    held = vars(layer) if hasattr(layer, "__dict__") else {}
    kind = type(layer)
    written = {} if shares_buffers else buffers(layer)
    if held and not written and all(_is_plain(kind, name, value) for name, value in held.items()):
        twin = object.__new__(kind)
        twin.__dict__.update(held)
        return twin
    held = {**getattr(layer, "params", {}), **({} if written else buffers(layer))}
    arrays = [array for array in held.values() if isinstance(array, np.ndarray)]
    return copy.deepcopy(layer, {id(kept): kept for kept in (*arrays, *shared)})


def _is_plain(kind: type, name: str, value: object) -> bool:
    if isinstance(getattr(kind, name, None), Cached) or isinstance(value, PLAIN):
        return True
    if isinstance(value, tuple):
        return all(_is_plain(kind, "", part) for part in value)
    return callable(value) and not hasattr(value, "forward")
