"""Fan-in and fan-out: how many inputs feed a unit, and how many units each input feeds."""

from __future__ import annotations

import math

from layers.core import checks

Shape = tuple[int, ...]


def fans(shape: Shape) -> tuple[int, int]:
    """Return the fan-in and fan-out of weights (D, M), a vector (D,), or kernels (F, C, kh, kw).

    Each of the F units of a convolution is fed by a window of C kh kw inputs, and each input
    feeds F units at kh kw places.

    Examples
    --------
    >>> fans((300, 100)), fans((300,)), fans((64, 32, 3, 3))
    ((300, 100), (300, 1), (288, 576))
    """
    if len(shape) <= 2:
        return shape[0], shape[1] if len(shape) == 2 else 1
    units, channels, *window = shape
    return channels * math.prod(window), units * math.prod(window)


def sizes(owner: object, shape: object, least: int = 1) -> Shape:
    """Return a shape as a tuple of at least `least` positive integers."""
    if not isinstance(shape, (tuple, list)) or len(shape) < least:
        some = f" of {least} or more" if least else ""
        raise TypeError(
            f"{owner}: expected shape to be a tuple{some} positive integers, such as (300, 100), "
            f"got {checks.brief(shape)}"
        )
    return tuple(checks.count(owner, "each size of shape", size) for size in shape)
