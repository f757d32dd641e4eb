"""What forward returns, and what nobody could compute with."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.gradcheck.report.finding import Finding


def wrong_output(y: Any) -> Finding | None:
    """A finding, unless y is an array or a number in float64, or a tuple of these."""
    parts = y if isinstance(y, tuple) else (y,)
    for part in parts:
        if what := _objection(part):
            return Finding("wrong-output", "", f"forward returns {what}")
    return None


def _objection(y: Any) -> str:
    is_number = isinstance(y, (int, float, np.number)) and not isinstance(y, bool)
    if not isinstance(y, np.ndarray) and not is_number:
        return f"a {type(y).__name__}, and not an array"
    dtype = np.asarray(y).dtype
    if dtype.kind != "f":
        return f"numbers of dtype {dtype}, which cannot move a little"
    if dtype.itemsize < 8:
        return f"{dtype} for float64, so that small changes drown in its rounding"
    return ""
