"""What optimizers and schedules require of their settings, and the sentences that say so."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

from optimizers import spelling


def number(
    owner: Any,
    name: str,
    value: Any,
    low: float = 0.0,
    below: float = math.inf,
    most: float = math.inf,
) -> float:
    """A finite number of at least `low` and at most `most`, and less than `below`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{label(owner)}: expected {name} to be a number, got {short(value)}")
    if not (_finite(value) and low <= value <= most and value < below):
        bounds = {"at least": low, "at most": most, "below": below}
        wanted = " and ".join(f"{word} {n:g}" for word, n in bounds.items() if abs(n) < math.inf)
        raise ValueError(
            f"{label(owner)}: expected {name} to be a finite number, {wanted}, got {short(value)}"
        )
    return float(value)


def _finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int that no float can hold
        return False


def count(owner: Any, name: str, value: Any, low: int = 1) -> int:
    """A positive integer, or with ``low=0`` a non-negative one."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low:
        kind = "a positive integer" if low else "a non-negative integer"
        raise ValueError(f"{label(owner)}: expected {name} to be {kind}, got {short(value)}")
    return int(value)


def flag(owner: Any, name: str, value: Any) -> bool:
    """True or False, and nothing that merely counts as one."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{label(owner)}: expected {name} to be True or False, got {short(value)}")
    return bool(value)


def learning_rate(owner: Any, name: str, value: Any) -> Any:
    """A number of at least 0, or a schedule, which is asked at each step."""
    if (
        callable(value)
        and not isinstance(value, type)
        and not spelling.looks_like_parameters(value)
    ):
        _takes_the_step(owner, name, value)
        return value
    if isinstance(value, type):
        hint = f", got the class {value.__name__}; pass an instance of it"
    elif spelling.looks_like_parameters(value):
        hint = f", got {short(value)}; {spelling.PARAMETERS}"
    elif isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        hint = f", got {short(value)}"
    else:
        return number(owner, name, value)
    raise TypeError(
        f"{label(owner)}: expected {name} to be a number or a schedule t -> float{hint}"
    )


def _takes_the_step(owner: Any, name: str, schedule: Any) -> None:
    """Refuse a function that cannot be called with the number of the step alone."""
    try:
        inspect.signature(schedule).bind(1)
    except TypeError:
        raise TypeError(
            f"{label(owner)}: expected {name} to be a number or a schedule t -> float, got "
            f"{short(schedule)}, which does not take one argument, the step"
        ) from None
    except ValueError:  # a builtin without a signature
        return


def rate_at(owner: Any, value: Any, t: int) -> float:
    """The learning rate at step `t`."""
    return number(owner, f"the learning rate at step {t}", value(t) if callable(value) else value)


def label(owner: Any) -> str:
    """The name that stands before a sentence: that of a function, or of the object's class."""
    return owner if isinstance(owner, str) else type(owner).__name__


def short(value: Any, most: int = 80) -> str:
    """How a value looks, in one line of bounded length."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # somebody else's repr, or an integer of too many digits
        text = type(value).__name__
    return text if len(text) <= most else f"{text[: most - 1]}…"
