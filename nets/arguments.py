"""Checks of the arguments of functions on nets, and their error messages.

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
    """Return an object with forward and backward: a layer or a net, and not its class."""
    if isinstance(value, type) or not (hasattr(value, "forward") and hasattr(value, "backward")):
        if isinstance(value, type) and hasattr(value, "forward"):
            hint = f"; make one: {value.__name__}()"
        raise TypeError(
            f"{owner}: expected {name} to be a layer or a net, got {_what(value)}{hint}"
        )
    return value


def function(owner: str, name: str, value: object) -> Callable[..., Any]:
    """Return a callable."""
    if not callable(value):
        raise TypeError(unlike(owner, name, "a function", value))
    return value


def called(owner: str, f: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return the result of a function; explain an error if it cannot take these inputs."""
    function(owner, "f", f)
    try:
        return f(*arguments)
    except Exception as error:
        inside = error.__traceback__ and error.__traceback__.tb_next
        if inside:  # it was called, and raised its own error
            raise
        raise TypeError(
            f"{owner}: expected a function of {len(arguments)} inputs that takes "
            f"{', '.join(type(x).__name__ for x in arguments)}, but {brief(f)} raises: {error}"
        ) from error


def instance(owner: str, name: str, value: object, kind: type[T], hint: str = "") -> T:
    """Return an object of a class."""
    if not isinstance(value, kind):
        raise TypeError(
            f"{owner}: expected {name} to be a {kind.__name__}, got {_what(value)}{hint}"
        )
    return value


def by_name(owner: str, name: str, value: object) -> Mapping[str, Any]:
    """Return a dict with at least one entry."""
    if not isinstance(value, Mapping) or not value:
        raise ValueError(
            f"{owner}: expected {name} by name, got {brief(value)}; pass a dict such as "
            '{"first": ..., "second": ...}'
        )
    return value


def items(owner: str, name: str, value: object) -> list[Any]:
    """Return the items of any iterable except bytes, which would become integers."""
    if not isinstance(value, Iterable) or isinstance(value, (type, bytes, bytearray)):
        raise TypeError(unlike(owner, name, "a list", value))
    if getattr(value, "ndim", 1) == 0:  # an array of one number, which cannot be iterated over
        raise TypeError(unlike(owner, name, "a list", value))
    return list(value)


def strings(owner: str, name: str, value: object) -> list[str]:
    """Return strings as a list."""
    found = items(owner, name, value)
    for place, text in enumerate(found):
        if not isinstance(text, str):
            raise TypeError(
                f"{owner}: expected {name} to be strings, got {brief(text)} at position {place}"
            )
    return found


def fits(owner: str, shape: tuple[int, ...]) -> None:
    """Refuse an array too large for any computer, before any memory is allocated."""
    if 8 * math.prod(shape) > MOST_BYTES:
        raise ValueError(
            f"{owner}: expected an array that fits into memory, got the shape {brief(shape)}"
        )


def names(given: Iterable[str]) -> str:
    """Return names for a sentence, or the first ones if there are many."""
    every = list(given)
    return ", ".join(every[:MOST]) + (", ..." if len(every) > MOST else "")


def _what(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else brief(value)
