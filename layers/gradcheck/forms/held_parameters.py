"""Where an object keeps its parameters: in a dict, in a list, behind a method, in attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import required

CONTAINERS = ("params", "parameters", "weights", "trainable_weights", "get_params")


def parameters(thing: Any) -> dict[str, Array]:
    """The arrays that an object may train, live, by name.

    They are what its container holds, if it has one, else all floating arrays among its attributes,
    also in lists there (``weights.0``).
    """
    name = container(thing)
    if name:
        return _named(thing, contents(thing, name))
    return {key: array for key, array in _attributes(thing).items() if is_floating(array)}


def container(thing: Any) -> str:
    """The attribute or method that gives all parameters, or "" without one."""
    return next((name for name in CONTAINERS if _is_container(thing, name)), "")


def _is_container(thing: Any, name: str) -> bool:
    held, again = contents(thing, name), contents(thing, name)
    if isinstance(held, Mapping):
        return all(isinstance(array, np.ndarray) for array in held.values())
    if not isinstance(held, (list, tuple)) or (not held and name == "weights"):
        return False
    live = len(held) == len(again) and all(a is b for a, b in zip(held, again, strict=True))
    return live and all(isinstance(array, np.ndarray) for array in held)


def contents(thing: Any, name: str) -> Any:
    """An attribute, or what a method of no arguments returns; None where there is neither."""
    try:
        held = getattr(thing, name, None)
        return held() if callable(held) and not required(held) else held
    except Exception:  # a user's method may raise anything
        return None


def put(thing: Any, name: str, array: Array) -> None:
    """Let an object hold `array` again as the parameter `name`."""
    held = contents(thing, container(thing)) if container(thing) else None
    key, _, position = name.partition(".")
    if isinstance(held, dict):
        held[name] = array
    elif isinstance(held, list):
        held[list(_named(thing, held)).index(name)] = array
    elif position:
        getattr(thing, key)[int(position)] = array
    if hasattr(thing, name):
        setattr(thing, name, array)


def is_floating(array: Any) -> bool:
    """Whether something is an array of real numbers, and not empty."""
    return isinstance(array, np.ndarray) and array.dtype.kind == "f" and array.size > 0


def array_lists(thing: Any) -> dict[str, list[Array]]:
    """The attributes that are lists of floating arrays, live."""
    held = getattr(thing, "__dict__", {}).items()
    return {k: v for k, v in held if isinstance(v, list) and v and all(map(is_floating, v))}


def _attributes(thing: Any) -> dict[str, Any]:
    found = dict(getattr(thing, "__dict__", {}))
    for name, arrays in array_lists(thing).items():
        found |= {f"{name}.{i}": array for i, array in enumerate(arrays)}
    return found


def _named(thing: Any, held: Any) -> dict[str, Array]:
    """The arrays of a container, those of a list by the attributes that hold them too."""
    if isinstance(held, Mapping):
        return dict(held)
    attributes = _attributes(thing)
    return {
        next((name for name, value in attributes.items() if value is array), str(i)): array
        for i, array in enumerate(held)
    }
