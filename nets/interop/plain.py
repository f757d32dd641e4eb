"""The arguments of layers as JSON, and back: numbers, text, None, and lists and tuples of them.

JSON has no tuples and no infinite numbers. These become objects with one key, as do the
initializers of this library, which are functions: ``{"tuple": [3, 3]}``, ``{"float": "inf"}``,
``{"initializer": "he_normal"}``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layers.initializers import BY_NAME, uniform

SPECIAL = ("nan", "inf", "-inf")
LONGEST_INT = 4000  # digits; Python reads no more than 4,300


def to_json(value: Any) -> Any:
    """A value as what JSON can hold; a TypeError for what is not plain data.

    Examples
    --------
    >>> to_json([(3, None), math.inf, np.int64(2), uniform(0.5)])
    [{'tuple': [3, None]}, {'float': 'inf'}, 2, {'initializer': 'uniform', 'scale': 0.5}]
    """
    value = value.item() if isinstance(value, np.generic) else value
    kind = type(value)  # and not isinstance: a subclass would come back as something else
    if value is None or kind in (bool, str):
        return value
    if kind is int and abs(value) < 10**LONGEST_INT:
        return value
    if kind is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if kind in (list, tuple):
        items = [to_json(item) for item in value]
        return items if kind is list else {"tuple": items}
    if kind is uniform:
        return {"initializer": "uniform", "scale": to_json(value.scale)}
    for name, initializer in BY_NAME.items():
        if value is initializer:
            return {"initializer": name}
    raise TypeError(f"{kind.__name__} is not plain data")


def from_json(found: object) -> Any:
    """The value that `to_json` turned into this; a ValueError for anything else.

    Examples
    --------
    >>> from_json([{"tuple": [3, None]}, {"float": "inf"}])
    [(3, None), inf]
    """
    if isinstance(found, list):
        return [from_json(item) for item in found]
    if not isinstance(found, dict):
        return found
    match found:
        case {"tuple": list(items)} if len(found) == 1:
            return tuple(from_json(items))
        case {"float": str(text)} if len(found) == 1 and text in SPECIAL:
            return float(text)
        case {"initializer": "uniform", "scale": scale} if len(found) == 2:
            return uniform(from_json(scale))
        case {"initializer": str(name)} if len(found) == 1 and name in BY_NAME:
            return BY_NAME[name]
    raise ValueError(
        f"the description holds an object with {sorted(found)}, which is not an argument"
    )
