"""What optimizers require of their arguments, and the sentences that say so."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import numpy as np


def number(
    name: str, value: Any, low: float = 0.0, below: float = math.inf, most: float = math.inf
) -> float:
    """A finite number of at least `low` and at most `most`, and less than `below`."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name}: expected a number, got {value!r}")
    if not (-math.inf < value < math.inf and low <= value <= most and value < below):
        bounds = {"at least": low, "at most": most, "below": below}
        wanted = " and ".join(f"{word} {n:g}" for word, n in bounds.items() if abs(n) < math.inf)
        raise ValueError(f"{name}: expected a finite number, {wanted}, got {value!r}")
    return float(value)


def count(name: str, value: Any) -> int:
    """A whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name}: expected a whole number from 1, got {value!r}")
    return int(value)


def learning_rate(value: Any, name: str = "learning_rate") -> Any:
    """A number of at least 0, or a schedule, which is asked at each step."""
    schedule = callable(value) and not isinstance(value, type)
    return value if schedule else number(name, value)


def rate_at(value: Any, t: int) -> float:
    """The learning rate at step `t`."""
    return number(f"the learning rate at step {t}", value(t) if callable(value) else value)


def clock(t: Any) -> None:
    """A clock counts the steps that were made."""
    if not isinstance(t, (int, np.integer)) or t < 0:
        raise ValueError(f"step: expected the clock t to be a whole number from 0, got {t!r}")


def gradients(params: Any, grads: Any) -> Mapping[str, Any]:
    """The gradients, in the dtypes of the parameters; both are refused if they do not fit."""
    _mapping("params", params)
    _mapping("grads", grads)
    if params.keys() != grads.keys():
        raise KeyError(
            "step: expected params and grads to have the same keys, but "
            + " and ".join(_difference(params, grads))
        )
    others = [key for key, theta in params.items() if not _fit(theta, grads[key])]
    if not others:
        return cast("Mapping[str, Any]", grads)
    for key in others:
        _check(key, params[key], grads[key])
    return {**grads, **{key: grads[key].astype(params[key].dtype) for key in others}}


def _mapping(name: str, given: Any) -> None:
    if not isinstance(given, (dict, Mapping)):
        hint = "; pass net.params" if hasattr(given, "params") else ""
        raise TypeError(
            f"step: expected {name} to be a dict of arrays, got {type(given).__name__}{hint}"
        )


def _difference(params: Mapping[str, Any], grads: Mapping[str, Any]) -> Iterable[str]:
    if missing := [key for key in params if key not in grads]:
        yield f"grads lacks {missing}"
    if extra := [key for key in grads if key not in params]:
        yield f"params lacks {extra}"


def _fit(theta: Any, g: Any) -> bool:
    """Whether a parameter and its gradient are in order, as they nearly always are."""
    return (
        type(theta) is type(g) is np.ndarray
        and theta.dtype.kind == "f"
        and theta.dtype == g.dtype
        and theta.shape == g.shape
        and theta.flags.writeable
    )


def _check(key: str, theta: Any, g: Any) -> None:
    if not isinstance(theta, np.ndarray) or theta.dtype.kind != "f":
        kind = theta.dtype if isinstance(theta, np.ndarray) else type(theta).__name__
        raise TypeError(f"step: expected params[{key!r}] to be a floating array, got {kind}")
    if not theta.flags.writeable:
        raise ValueError(f"step: expected params[{key!r}] to be writable, got a read-only array")
    if not isinstance(g, np.ndarray) or g.dtype.kind not in "fiu":
        kind = g.dtype if isinstance(g, np.ndarray) else type(g).__name__
        raise TypeError(f"step: expected grads[{key!r}] to be an array of real numbers, got {kind}")
    if g.shape != theta.shape:
        raise ValueError(
            f"step: expected grads[{key!r}] of shape {theta.shape}, the shape of the parameter, "
            f"got {g.shape}"
        )


def state(params: Mapping[str, Any], kept: Any, shapes: Callable[[Any], Any]) -> None:
    """Refuse state that cannot be used, or does not fit: that belongs to another net."""
    for key, theta in params.items():
        wanted = shapes(theta.shape)
        if not isinstance(kept.get(key, {}), dict):
            raise TypeError(f"step: expected state[{key!r}] to be a dict, got {kept[key]!r}")
        for slot, array in kept.get(key, {}).items():
            if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
                kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
                raise TypeError(
                    f"step: expected state[{key!r}][{slot!r}] to be a floating array, got {kind}"
                )
            if not array.flags.writeable:
                raise ValueError(f"step: state[{key!r}][{slot!r}] is read-only; copy it")
            if array.shape != (shape := wanted.get(slot, theta.shape)):
                raise ValueError(
                    f"step: expected state[{key!r}][{slot!r}] of shape {shape} for a parameter of "
                    f"shape {theta.shape}, got {array.shape}; use a new optimizer for another net"
                )


def saved(given: Any, own: Mapping[str, Any]) -> None:
    """Refuse what is not a `state_dict` of the same rule."""
    if not isinstance(given, Mapping) or given.keys() != own.keys():
        raise ValueError(f"load_state_dict: expected a dict with the keys {list(own)}")
    if given["rule"] != own["rule"]:
        raise ValueError(
            f"load_state_dict: expected the state of {own['rule']}, got that of {given['rule']}"
        )
    _items(given["settings"], "settings")
    if given["settings"].keys() != own["settings"].keys():
        raise ValueError(
            f"load_state_dict: expected the settings {list(own['settings'])}, "
            f"got {list(given['settings'])}"
        )
    if isinstance(given["t"], bool) or not isinstance(given["t"], int) or given["t"] < 0:
        raise ValueError(f"load_state_dict: expected t to count steps, got {given['t']!r}")
    for key, slots in _items(given["state"], "state"):
        for slot, array in _items(slots, f"state[{key!r}]"):
            if np.asarray(array).dtype.kind != "f":
                raise ValueError(
                    f"load_state_dict: expected state[{key!r}][{slot!r}] to be a floating array, "
                    f"got {type(array).__name__}"
                )


def flag(name: str, value: Any) -> bool:
    """True or False, and nothing that merely counts as one."""
    if not isinstance(value, (bool, np.bool_)) and value not in (0, 1):
        raise TypeError(f"{name}: expected True or False, got {value!r}")
    return bool(value)


def _items(given: Any, name: str) -> Iterable[tuple[Any, Any]]:
    if not isinstance(given, Mapping):
        raise ValueError(
            f"load_state_dict: expected {name} to be a dict, got {type(given).__name__}"
        )
    return given.items()
