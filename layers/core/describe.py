"""The repr of a layer: the constructor call that made it."""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Iterator
from typing import Any

import numpy as np

UNKNOWN: Any = ...  # an argument that the layer does not store
# Arguments that only control how weights are drawn: the layer stores just the weights.
DRAWING = ("rng", "weight_init")
LONGEST_ARGUMENT, LONGEST_CALL = 80, 160  # characters
VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def shown(layer: object) -> str:
    """Return the call that makes such a layer, in a line or two.

    Long arguments are shortened, and ``...`` replaces arguments that the layer does not store.
    """
    given: list[str] = []
    complete = True
    for name, value, by_position in arguments(layer):
        if value is UNKNOWN or sum(map(len, given)) > LONGEST_CALL:
            complete = False
            continue
        given.append(short(value) if by_position and complete else f"{name}={short(value)}")
    return f"{type(layer).__name__}({', '.join(given if complete else [*given, '...'])})"


def arguments(layer: object) -> Iterator[tuple[str, Any, bool]]:
    """Yield the constructor arguments that made a layer: name, value, whether positional.

    An argument's value is the attribute of the same name, or `UNKNOWN` without one. Arguments
    at their default are left out, and so is `rng`.
    """
    for parameter in _parameters(layer):
        required = parameter.default is parameter.empty
        value = _kept(layer, parameter.name)
        if parameter.name == "rng" and not required:
            continue
        if required or not _same(value, parameter.default):
            by_position = required and parameter.kind != parameter.KEYWORD_ONLY
            yield parameter.name, value, by_position and parameter.kind not in VARIABLE


def _parameters(layer: object) -> list[inspect.Parameter]:
    # That of __init__, because some versions of Python look at __new__ first.
    init = type(layer).__init__
    if init is object.__init__:
        return []
    try:
        return list(inspect.signature(init).parameters.values())[1:]
    except (TypeError, ValueError):  # a constructor that is not written in Python
        return []


def _kept(layer: object, name: str) -> Any:
    """Return an attribute, with a dtype as its name and a NumPy number as a Python one."""
    try:
        value = getattr(layer, name)
    except Exception:  # a user's property may raise anything
        return UNKNOWN
    if isinstance(value, type) and issubclass(value, np.generic):
        value = np.dtype(value)
    if isinstance(value, np.dtype):
        return None if value == np.float64 else value.name
    return value.item() if isinstance(value, np.generic) else value


def _same(value: object, default: object) -> bool:
    if isinstance(value, np.ndarray) or isinstance(default, np.ndarray):
        return value is default
    try:
        return value is default or bool(value == default)
    except Exception:  # values that cannot be compared, such as a list of arrays
        return False


class _Short(reprlib.Repr):
    """Python's shortened reprs, and one for arrays."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = self.maxfrozenset = 8
        self.maxstring = self.maxother = LONGEST_ARGUMENT

    def repr_ndarray(self, array: Any, _: int) -> str:
        """Show a small array with its entries, a larger one by its shape and dtype."""
        words = " ".join(repr(array).split()) if array.size <= self.maxlist else ""
        return words if 0 < len(words) <= LONGEST_ARGUMENT else _shape(array)


def _shape(array: Any) -> str:
    return f"<array of shape {array.shape}, {array.dtype.name}>"


_short = _Short()


def short(value: object) -> str:
    """Return the repr of a value in at most about a line; a layer's is not shortened.

    Examples
    --------
    >>> short((3, None)), short(np.zeros((50, 3))), short([1] * 50_000)
    ('(3, None)', '<array of shape (50, 3), float64>', '[1, 1, 1, 1, 1, 1, 1, 1, ...]')
    """
    if hasattr(value, "forward") and hasattr(value, "backward") and not isinstance(value, type):
        return repr(value)
    if isinstance(value, type) or inspect.isroutine(value):
        return str(value.__name__)
    try:
        words = _short.repr(value)
    except Exception:  # an int with more digits than Python prints
        words = f"<{type(value).__name__}>"
    words = " ".join(words.split()) if "\n" in words else words
    return words if len(words) <= LONGEST_ARGUMENT else words[: LONGEST_ARGUMENT - 3] + "..."
