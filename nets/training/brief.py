"""What was given, as it stands in an error."""

from __future__ import annotations

from typing import Any


def brief(value: Any) -> str:
    """What was given, in a few words even if it is large.

    Examples
    --------
    >>> import numpy as np
    >>> brief("mse"), brief(np.zeros((1000, 3)))
    ("'mse'", 'ndarray of shape (1000, 3)')
    """
    if shape := getattr(value, "shape", ()):
        return f"{type(value).__name__} of shape {shape}"
    text = repr(value)
    return text if len(text) <= 100 and "\n" not in text else f"an object of {type(value).__name__}"
