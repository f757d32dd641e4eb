"""Checks of parameters, gradients and state, and their error messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizers import requirements

Array = NDArray[Any]
State = dict[str, Array]
Shapes = Callable[[tuple[int, ...]], dict[str, tuple[int, ...]]]


def rolled(average: Array, kept: float, new: Array) -> Array:
    """Add a new value to a rolling average, in place."""
    average *= kept
    average += (1 - kept) * new
    return average


def real(owner: str, name: str, value: object, kinds: str = "fiu") -> Array:
    """Return `value` as a plain array of real numbers, without copying.

    Masked arrays are refused, because the mask would be lost.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{owner}: expected {name} to be an array without a mask, got a masked array; "
            "pass its .filled(0)"
        )
    if not isinstance(value, np.ndarray) or value.dtype.kind not in kinds:
        kind = "an array of real numbers" if "i" in kinds else "a floating array"
        got = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        raise TypeError(f"{owner}: expected {name} to be {kind}, got {got}")
    return np.asarray(value)


def wide(owner: str, name: str, array: Array) -> Array:
    """Refuse floats of fewer than 32 bits, in which sums of squares overflow or underflow."""
    if array.dtype.kind == "f" and array.dtype.itemsize < 4:
        raise TypeError(
            f"{owner}: expected {name} in float32 or float64, got {array.dtype}, in which sums "
            "overflow at 65,504; use .astype(np.float32)"
        )
    return array


def mapping(owner: str, name: str, given: object) -> Mapping[str, Any]:
    """Return a dict of arrays by name."""
    if not isinstance(given, Mapping):
        hint = "; pass net.params" if isinstance(getattr(given, "params", None), Mapping) else ""
        raise TypeError(
            f"{owner}: expected {name} to be a dict of arrays, got {type(given).__name__}{hint}"
        )
    return given


def all_real(owner: str, name: str, given: object) -> dict[str, Array]:
    """Return a dict of arrays of real numbers."""
    named = {key: (f"{name}[{key!r}]", array) for key, array in mapping(owner, name, given).items()}
    return {key: wide(owner, n, real(owner, n, array)) for key, (n, array) in named.items()}


def for_step(
    params: Mapping[str, Array], grads: Mapping[str, Array], state: object, shapes: Shapes
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return parameters and gradients that fit each other and the state of earlier steps.

    The gradients have the dtypes of the parameters.
    """
    mapping("step", "params", params)
    if params.keys() != mapping("step", "grads", grads).keys():
        raise KeyError(
            "step: expected params and grads to have the same keys, but "
            + " and ".join(_difference(params, grads))
        )
    for key, theta in params.items():
        _writable(f"params[{key!r}]", theta)
    thetas, gs = all_real("step", "params", params), all_real("step", "grads", grads)
    for key, theta in thetas.items():
        if gs[key].shape != theta.shape:
            raise ValueError(
                f"step: expected grads[{key!r}] of shape {theta.shape}, the shape of the "
                f"parameter, got {gs[key].shape}"
            )
        _fitting_state(key, theta, state, shapes(theta.shape))
    return thetas, {key: gs[key].astype(theta.dtype, copy=False) for key, theta in thetas.items()}


def _difference(params: Mapping[str, Array], grads: Mapping[str, Array]) -> Iterator[str]:
    if missing := [key for key in params if key not in grads]:
        yield f"grads lacks {missing}"
    if extra := [key for key in grads if key not in params]:
        yield f"params lacks {extra}"


def _writable(name: str, array: Array) -> None:
    """Refuse an array that cannot be written entry by entry."""
    real("step", name, array, kinds="f")
    if not array.flags.writeable:
        raise ValueError(f"step: expected {name} to be writable, got a read-only array; copy it")
    if _overlaps_itself(array):
        raise ValueError(
            f"step: expected every entry of {name} to have memory of its own, got a broadcast or "
            f"overlapping view with strides {array.strides}; pass a copy"
        )


def _overlaps_itself(array: Array) -> bool:
    """Whether two entries of an array may share memory."""
    reach = array.itemsize  # bytes from the first entry to the end, along the axes so far
    for stride, n in sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True)):
        if n > 1:
            if stride < reach:
                return array.size > 0
            reach += stride * (n - 1)
    return False


def _fitting_state(
    key: str, theta: Array, state: object, shapes: Mapping[str, tuple[int, ...]]
) -> None:
    """Refuse state that cannot be used or belongs to another net."""
    kept = _dict("step", "state", state).get(key, {})
    for slot, array in _dict("step", f"state[{key!r}]", kept).items():
        name, shape = f"state[{key!r}][{slot!r}]", shapes.get(slot, theta.shape)
        _writable(name, array)
        if array.shape != shape:
            raise ValueError(
                f"step: expected {name} of shape {shape} for a parameter of shape {theta.shape}, "
                f"got {array.shape}; use a new optimizer for another net"
            )


@contextmanager
def loading(owner: str) -> Iterator[None]:
    """Turn errors about loaded state into a ValueError that names the function."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise ValueError(f"{owner}: {str(error).removeprefix(f'{owner}: ')}") from error


def saved(owner: str, given: object, own: Mapping[str, Any]) -> None:
    """Refuse anything but a `state_dict` of the same rule."""
    if not isinstance(given, Mapping) or given.keys() != own.keys():
        raise ValueError(f"{owner}: expected a dict with the keys {list(own)}")
    if given["rule"] != own["rule"]:
        rule = requirements.short(given["rule"]).strip("'")
        raise ValueError(f"{owner}: expected the state of {own['rule']}, got that of {rule}")
    settings = _dict(owner, "settings", given["settings"])
    if settings.keys() != own["settings"].keys():
        raise ValueError(
            f"{owner}: expected the settings {list(own['settings'])}, got {list(settings)}"
        )


def saved_state(owner: str, given: object, slots: tuple[str, ...]) -> dict[str, State]:
    """Return a copy of a saved state, which must be that of a rule with these slots."""
    state: dict[str, State] = {}
    for key, kept in _dict(owner, "state", given).items():
        name = f"state[{key!r}]"
        if not (set(slots) <= set(_dict(owner, name, kept)) or set(kept) <= set(slots)):
            raise ValueError(f"{owner}: expected {name} with {slots}, got {tuple(kept)}")
        state[key] = {
            slot: real(owner, f"{name}[{slot!r}]", kept[slot], "f").copy() for slot in kept
        }
    return state


def _dict(owner: str, name: str, given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise TypeError(f"{owner}: expected {name} to be a dict, got {type(given).__name__}")
    return given
