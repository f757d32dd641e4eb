"""The gradients of values that are used several times: gathered along the edges, and summed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def along_edges(dx: object, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return one gradient for each input of a node, from the return value of its backward.

    A loss returns one for its scores but none for its targets; missing gradients are None.

    Examples
    --------
    >>> along_edges((2.0, 3.0), (1.0, 1.0))
    (2.0, 3.0)
    >>> along_edges(np.array([0.5]), (np.array([1.0]), np.array([0])))
    (array([0.5]), None)
    """
    given = dx if isinstance(dx, tuple) else () if dx is None else (dx,)
    if len(given) > len(values):
        raise ValueError(
            f"expected backward to return at most {len(values)} gradients, one for each value that "
            f"forward took, got {len(given)}"
        )
    for gradient, value in zip(given, values, strict=False):
        if gradient is not None and np.shape(gradient) != np.shape(value):
            raise ValueError(
                f"expected backward to return a gradient of shape {np.shape(value)}, the shape of "
                f"what forward took, got {np.shape(gradient)}"
            )
    return given + (None,) * (len(values) - len(given))


def total(gradients: Sequence[Any]) -> Any:
    """Return the sum of the gradients from all uses of a value; None if one use has none."""
    if not gradients or any(gradient is None for gradient in gradients):
        return None
    first, *others = gradients
    for gradient in others:
        first = first + gradient  # a new array: the first belongs to a layer
    return first
