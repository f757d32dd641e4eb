"""What functions on nets require of their arguments, and the sentences that say so.

`layers.core.checks` has those for numbers and arrays. Each function here returns the argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from layers.core.checks import brief, unlike
from layers.core.params import MOST

T = TypeVar("T")
MOST_BYTES = 2**40


def layer(owner: str, name: str, value: object, hint: str = "") -> Any:
    """Something with forward and backward: a layer or a net, not the class of one."""
    if isinstance(value, type) or not (hasattr(value, "forward") and hasattr(value, "backward")):
        if isinstance(value, type) and hasattr(value, "forward"):
            hint = f"; make one: {value.__name__}()"
        raise TypeError(
            f"{owner}: expected {name} to be a layer or a net, got {_what(value)}{hint}"
        )
    return value


def function(owner: str, name: str, value: object) -> Callable[..., Any]:
    """Something to call."""
    if not callable(value):
        raise TypeError(unlike(owner, name, "a function", value))
    return value


def called(owner: str, f: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """What a function gives; one that cannot be called with these inputs is a sentence."""
    function(owner, "f", f)
    try:
        return f(*arguments)
    except Exception as error:
        inside = error.__traceback__ and error.__traceback__.tb_next
        if inside:  # it was called, and what it says is its own
            raise
        raise TypeError(
            f"{owner}: expected a function of {len(arguments)} inputs that takes "
            f"{', '.join(type(x).__name__ for x in arguments)}, but {brief(f)} says: {error}"
        ) from error


def instance(owner: str, name: str, value: object, kind: type[T], hint: str = "") -> T:
    """An object of a class."""
    if not isinstance(value, kind):
        raise TypeError(
            f"{owner}: expected {name} to be a {kind.__name__}, got {_what(value)}{hint}"
        )
    return value


def by_name(owner: str, name: str, value: object) -> Mapping[str, Any]:
    """A dict with at least one entry."""
    if not isinstance(value, Mapping) or not value:
        raise ValueError(
            f"{owner}: expected {name} by name, got {brief(value)}; pass a dict such as "
            '{"first": ..., "second": ...}'
        )
    return value


def items(owner: str, name: str, value: object) -> list[Any]:
    """The items of anything that can be iterated over; bytes would be integers."""
    if not isinstance(value, Iterable) or isinstance(value, (type, bytes, bytearray)):
        raise TypeError(unlike(owner, name, "a list", value))
    if getattr(value, "ndim", 1) == 0:  # an array of one number, which cannot be iterated over
        raise TypeError(unlike(owner, name, "a list", value))
    return list(value)


def strings(owner: str, name: str, value: object) -> list[str]:
    """Strings, as a list."""
    found = items(owner, name, value)
    for place, text in enumerate(found):
        if not isinstance(text, str):
            raise TypeError(
                f"{owner}: expected {name} to be strings, got {brief(text)} at position {place}"
            )
    return found


def fits(owner: str, shape: tuple[int, ...]) -> None:
    """Refuse an array that no computer has room for, before any memory is taken."""
    if 8 * math.prod(shape) > MOST_BYTES:
        raise ValueError(
            f"{owner}: expected an array that fits into memory, got the shape {brief(shape)}"
        )


def names(given: Iterable[str]) -> str:
    """Names in a sentence, the first ones of many."""
    every = list(given)
    return ", ".join(every[:MOST]) + (", ..." if len(every) > MOST else "")


def _what(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else brief(value)
