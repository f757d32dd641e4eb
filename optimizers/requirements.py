"""Checks of the settings of optimizers and schedules, and their error messages.

A class declares its settings as the fields of a dataclass; the type of a field holds its check.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, SupportsFloat, TypeVar, get_type_hints

import numpy as np

from optimizers import spelling

C = TypeVar("C", bound=type)
Check = Callable[[Any, str, Any], Any]


def number(
    owner: object,
    name: str,
    value: object,
    low: float = 0.0,
    below: float = math.inf,
    most: float = math.inf,
) -> float:
    """Return a finite number of at least `low` and at most `most`, and less than `below`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{label(owner)}: expected {name} to be a number, got {short(value)}")
    if not (_finite(value) and low <= value <= most and value < below):
        bounds = {"at least": low, "at most": most, "below": below}
        range_ = " and ".join(f"{word} {n:g}" for word, n in bounds.items() if abs(n) < math.inf)
        raise ValueError(
            f"{label(owner)}: expected {name} to be a finite number, {range_}, got {short(value)}"
        )
    return float(value)


def _finite(value: SupportsFloat) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int too large for a float
        return False


def optional(owner: object, name: str, value: object) -> float | None:
    """Return a finite number of at least 0, or None."""
    return None if value is None else number(owner, name, value)


def count(owner: object, name: str, value: object, low: int = 1) -> int:
    """Return a positive integer, or with ``low=0`` a non-negative one."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < low:
        kind = "a positive integer" if low else "a non-negative integer"
        raise ValueError(f"{label(owner)}: expected {name} to be {kind}, got {short(value)}")
    return int(value)


def flag(owner: object, name: str, value: object) -> bool:
    """Return True or False; refuse values that are merely truthy or falsy."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{label(owner)}: expected {name} to be True or False, got {short(value)}")
    return bool(value)


def learning_rate(owner: object, name: str, value: object) -> Any:
    """Return a number of at least 0, or a schedule, which is called at each step."""
    if isinstance(value, type):
        got = f"the class {value.__name__}; pass an instance of it"
    elif spelling.looks_like_parameters(value):
        got = f"{short(value)}; {spelling.PARAMETERS}"
    elif callable(value):
        if takes(value, 1):
            return value
        got = f"{short(value)}, which does not take one argument, the step"
    elif isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        got = short(value)
    else:
        return number(owner, name, value)
    raise TypeError(
        f"{label(owner)}: expected {name} to be a number or a schedule t -> float, got {got}"
    )


def takes(function: Any, *inputs: Any) -> bool:
    """Whether a function can be called with that many inputs, as far as can be told."""
    try:
        inspect.signature(function).bind(*inputs)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return True
    return True


def rate_at(owner: object, value: object, t: int) -> float:
    """Return the learning rate at step `t`."""
    return number(owner, f"the learning rate at step {t}", value(t) if callable(value) else value)


def label(owner: object) -> str:
    """Return the name that starts a message: a function's, or that of an object's class."""
    return owner if isinstance(owner, str) else type(owner).__name__


def short(value: object, most: int = 80) -> str:
    """Return the repr of a value in one line of bounded length."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a user-defined repr, or an integer with too many digits
        text = type(value).__name__
    return text if len(text) <= most else f"{text[: most - 1]}…"


NotNegative = Annotated[float, number]
NotNegativeOrNone = Annotated[float | None, optional]
NotPositive = Annotated[float, partial(number, low=-math.inf, most=0)]
Below1 = Annotated[float, partial(number, below=1)]
AtMost1 = Annotated[float, partial(number, most=1)]
AtLeast1 = Annotated[float, partial(number, low=1)]
Flag = Annotated[bool, flag]
Count = Annotated[int, count]
LearningRate = Annotated[float | Callable[[int], float], learning_rate]


def declared(cls: C) -> C:
    """Collect the checks of a class from its annotations, and explain calls that do not fit."""
    hints = get_type_hints(cls, include_extras=True)
    checks = {name: h.__metadata__[0] for name, h in hints.items() if hasattr(h, "__metadata__")}
    type.__setattr__(cls, "checks", checks)
    return spelling.spelled_class(cls)
