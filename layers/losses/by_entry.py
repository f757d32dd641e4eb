"""What losses share that compare an output with its target entry by entry."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.core import checks
from layers.core.base import Layer
from layers.core.params import Array


def targets(layer: Layer, t: Any, shape: tuple[int, ...], name: str) -> Array:
    """Targets for an output, called `name`, of the given shape."""
    array = checks.numbers(layer, "t", t)
    if array.shape != shape:
        raise ValueError(
            f"{layer.label}: expected targets t of shape {shape}, the shape of {name}, got "
            f"{array.shape}; reshape one of them, they are never broadcast"
        )
    return array


def shares(layer: Layer, t: Array) -> Array:
    """Targets that name one of two classes, 0 or 1, or lie between them."""
    hint = "; 0 and 1 name the two classes"
    checks.allowed(layer, "targets t from 0 to 1", t, (t >= 0) & (t <= 1), hint)
    return t


def weighed(layer: Layer, y: Array, t: Array, sample_weight: Any) -> tuple[Array, Array, Any]:
    """An output, its targets, and how much each entry counts.

    What has weight 0 holds 0 then, in both: see `checks.counted`.
    """
    weight = _weight_of_entries(layer, y, sample_weight)
    return checks.counted(weight, y), checks.counted(weight, t), weight


def _weight_of_entries(layer: Layer, y: Array, sample_weight: Any) -> Any:
    """How much each entry of y counts: 1 / (number of entries), or by its example's weight."""
    if sample_weight is None:
        return 1 / y.size
    rows = y.reshape(len(y), -1) if y.ndim else y.reshape(1, 1)
    weight = checks.weights(layer, sample_weight, len(rows), y.dtype)
    return (weight / rows.shape[1]).reshape(y.shape[:1] + (1,) * (y.ndim - 1))


def share_on_the_right_side(values: Array, middle: float, t: Array) -> float:
    """The share of entries that lie above `middle` where t is above 1/2, and not elsewhere."""
    right = ((values > middle) == (t > 0.5)) & ~np.isnan(values)
    return float(np.count_nonzero(right) / right.size)
