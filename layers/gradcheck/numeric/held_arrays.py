"""The arrays that a layer keeps, wherever they are: what forward has left for backward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layers.core.params import Array

DEPTH = 3  # attributes, a tuple among them, a dict in this tuple


def held_arrays(layer: Any) -> dict[str, Array]:
    """The arrays among the attributes of a layer, directly or in lists, tuples and dicts.

    Examples
    --------
    >>> class Layer:
    ...     def __init__(self):
    ...         self.x, self.cache = np.zeros(2), (np.ones(3), {"p": np.ones(1)})
    >>> list(held_arrays(Layer()))
    ['x', 'cache[0]', "cache[1]['p']"]
    """
    attributes = getattr(layer, "__dict__", {}).items()
    return {path: a for name, value in attributes for path, a in _among(name, value, DEPTH)}


def differing(before: dict[str, Array], now: dict[str, Array]) -> list[str]:
    """The names of the arrays that have changed or are gone."""
    return [k for k, a in before.items() if k not in now or not np.array_equal(now[k], a)]


def _among(path: str, value: Any, depth: int) -> Iterator[tuple[str, Array]]:
    if isinstance(value, np.ndarray):
        yield path, value
    elif depth and isinstance(value, (dict, list, tuple)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _among(f"{path}[{key!r}]", inner, depth - 1)
