"""What optimizers and schedules require of their settings, and the errors they raise."""

from __future__ import annotations

import inspect
import math
from functools import partial
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
        range_ = " and ".join(f"{word} {n:g}" for word, n in bounds.items() if abs(n) < math.inf)
        raise ValueError(
            f"{label(owner)}: expected {name} to be a finite number, {range_}, got {short(value)}"
        )
    return float(value)


share = partial(number, below=1)
at_least_1 = partial(number, low=1)
not_positive = partial(number, low=-math.inf, most=0)


def _finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int that no float can hold
        return False


def optional(owner: Any, name: str, value: Any) -> float | None:
    """A finite number of at least 0, or None."""
    return None if value is None else number(owner, name, value)


def count(owner: Any, name: str, value: Any, low: int = 1) -> int:
    """A positive integer, or with ``low=0`` a non-negative one."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < low:
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
    if isinstance(value, type):
        got = f"the class {value.__name__}; pass an instance of it"
    elif spelling.looks_like_parameters(value):
        got = f"{short(value)}; {spelling.PARAMETERS}"
    elif callable(value):
        if _takes_the_step(value):
            return value
        got = f"{short(value)}, which does not take one argument, the step"
    elif isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        got = short(value)
    else:
        return number(owner, name, value)
    raise TypeError(
        f"{label(owner)}: expected {name} to be a number or a schedule t -> float, got {got}"
    )


def _takes_the_step(schedule: Any) -> bool:
    try:
        inspect.signature(schedule).bind(1)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return True
    return True


def plain(schedule: Any) -> None:
    """Keep Python's numbers in place of NumPy's, whose small integers overflow."""
    for name, value in vars(schedule).items():
        if isinstance(value, np.generic):
            object.__setattr__(schedule, name, value.item())  # a schedule is frozen


def step(owner: Any, t: Any) -> Any:
    """The number of a step, from 1, as a number of Python."""
    number(owner, "t", t, low=1)
    return t.item() if isinstance(t, np.generic) else t


def rate_at(owner: Any, value: Any, t: int) -> float:
    """The learning rate at step `t`."""
    return number(owner, f"the learning rate at step {t}", value(t) if callable(value) else value)


def label(owner: Any) -> str:
    """The name at the start of a message: that of a function, or of the object's class."""
    return owner if isinstance(owner, str) else type(owner).__name__


def short(value: Any, most: int = 80) -> str:
    """How a value looks, in one line of bounded length."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a user-defined repr, or an integer of too many digits
        text = type(value).__name__
    return text if len(text) <= most else f"{text[: most - 1]}…"
