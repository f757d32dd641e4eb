"""Code shared by the gates of a computational graph: several inputs, and numbers as outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.core import checks
from layers.core.base import Layer
from layers.core.params import Array


def inputs(layer: Layer, xs: tuple[Any, ...]) -> list[Array]:
    """Return two or more inputs as floating arrays of their common dtype."""
    if len(xs) < 2:
        packed = len(xs) == 1 and isinstance(xs[0], (list, tuple))
        raise TypeError(
            f"{layer.label}: expected at least two inputs, got {len(xs)}; "
            + ("pass them one by one, as in forward(x0, x1); " if packed else "")
            + "a Sequential passes on only one: put this gate into a Graph"
        )
    arrays = [checks.floating(layer, f"x{i}", x) for i, x in enumerate(xs)]
    dtype = np.result_type(*(array.dtype for array in arrays))
    return [array.astype(dtype, copy=False) for array in arrays]


def alike(layer: Layer, xs: tuple[Any, ...]) -> list[Array]:
    """Return two or more inputs, which must have the same shape."""
    arrays = inputs(layer, xs)
    shapes = [array.shape for array in arrays]
    if len(set(shapes)) > 1:
        raise ValueError(
            f"{layer.label}: expected inputs of the same shape, "
            f"got {' and '.join(map(str, shapes))}; reshape or repeat some of them, because they "
            "are never broadcast"
        )
    return arrays


def plain(y: Array) -> Any:
    """Return a single float64 as a Python float, which prints as a number; anything else as is."""
    return float(y) if y.ndim == 0 and y.dtype == np.float64 else y
