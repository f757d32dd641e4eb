"""How a layer shows itself: the constructor's arguments that made it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np


def shown(layer: Any) -> str:
    """The call that makes such a layer."""
    given = [
        _text(value) if by_position else f"{name}={_text(value)}"
        for name, value, by_position in arguments(layer)
    ]
    return f"{type(layer).__name__}({', '.join(given)})"


def arguments(layer: Any) -> Iterator[tuple[str, Any, bool]]:
    """The constructor's arguments that made a layer: name, value, whether given by position.

    An argument's value is the attribute of its name; those at their default, and those that the
    layer does not keep (such as `rng`), are left out.
    """
    # Of __init__, because some versions of Python would look at __new__ first.
    _, *parameters = inspect.signature(type(layer).__init__).parameters.values()
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        required = parameter.default is parameter.empty
        value = getattr(layer, parameter.name, ... if required else parameter.default)
        if isinstance(value, np.dtype):
            value = None if value == np.float64 else value.name
        if required or not _same(value, parameter.default):
            yield parameter.name, value, required and parameter.kind != parameter.KEYWORD_ONLY


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, np.ndarray) or isinstance(default, np.ndarray):
        return value is default
    return bool(value == default)


def _text(value: Any) -> str:
    return value.__name__ if inspect.isfunction(value) else repr(value)
