"""What forward returned, taken apart: the outputs, and a cache that backward wants back."""

from __future__ import annotations

from typing import Any

import numpy as np


def split(returned: Any, count: int, name: str) -> tuple[Any, Any]:
    """The first `count` outputs (a tuple where there are several), and the cache.

    The cache is last, as in ``(out, cache)``, or first where it alone is not an array.

    Raises
    ------
    TypeError
        If forward returned no tuple that holds so many outputs and a cache.
    """
    if not isinstance(returned, (tuple, list)) or len(returned) < max(count + 1, 2):
        kind = type(returned).__name__
        wanted = "out" if count < 2 else f"{count} outputs"
        raise TypeError(f"expected {name} to return ({wanted}, cache), got {kind}")
    cache_first = not _is_output(returned[0]) and _is_output(returned[-1])
    *outputs, cache = [*returned[1:], returned[0]] if cache_first else returned
    return (outputs[0] if count < 2 else tuple(outputs[:count])), cache


def _is_output(value: Any) -> bool:
    return isinstance(value, (np.ndarray, float, np.floating))
