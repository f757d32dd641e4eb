"""A curve in a few characters, for a line of a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

HEIGHTS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """At most `width` characters, each as high as the last value of its part of the curve.

    Examples
    --------
    >>> sparkline([8.0, 4.0, 2.0, 1.0], width=10)
    '█▄▂▁'
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    count = min(width, len(values))
    ends = [values[(n + 1) * len(values) // count - 1] for n in range(count)]
    low, high = min(finite), max(finite)
    return "".join(_character(value, low, high) for value in ends)


def _character(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return " "
    share = (value - low) / (high - low) if high > low else 0.0
    return HEIGHTS[min(int(share * len(HEIGHTS)), len(HEIGHTS) - 1)]
