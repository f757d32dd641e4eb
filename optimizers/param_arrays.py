"""What optimizers require of parameters, gradients and state, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizers import requirements

Array = NDArray[Any]
State = dict[str, Array]


def real(owner: str, name: str, value: Any) -> Array:
    """`value` as a plain array of real numbers, sharing its memory.

    Masked arrays are refused, as the mask would be lost, and so are floats of fewer than 32 bits,
    with which sums of squares overflow or vanish.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{owner}: expected {name} to be an array without a mask, got a masked array; "
            "pass its .filled(0)"
        )
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise TypeError(
            f"{owner}: expected {name} to be an array of real numbers, got {_of(value)}"
        )
    if value.dtype.kind == "f" and value.dtype.itemsize < 4:
        raise TypeError(
            f"{owner}: expected {name} in float32 or float64, got {value.dtype}, whose sums "
            "overflow at 65,504; use .astype(np.float32)"
        )
    return np.asarray(value)


def mapping(owner: str, name: str, given: Any) -> None:
    """A dict of arrays by name."""
    if not isinstance(given, Mapping):
        hint = "; pass net.params" if isinstance(getattr(given, "params", None), Mapping) else ""
        raise TypeError(
            f"{owner}: expected {name} to be a dict of arrays, got {type(given).__name__}{hint}"
        )


def all_real(owner: str, name: str, given: Any) -> dict[str, Array]:
    """A dict of arrays of real numbers."""
    mapping(owner, name, given)
    return {key: real(owner, f"{name}[{key!r}]", array) for key, array in given.items()}


def pairs(params: Any, grads: Any) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
    """Parameters and gradients that fit, the gradients in the dtypes of the parameters."""
    mapping("step", "params", params)
    mapping("step", "grads", grads)
    if params.keys() != grads.keys():
        raise KeyError(
            "step: expected params and grads to have the same keys, but "
            + " and ".join(_difference(params, grads))
        )
    if all(_fit(theta, grads[key]) for key, theta in params.items()):
        return params, grads
    thetas = {key: _writable(key, theta) for key, theta in params.items()}
    return thetas, {key: _gradient(key, theta, grads[key]) for key, theta in thetas.items()}


def _difference(params: Mapping[str, Any], grads: Mapping[str, Any]) -> Iterator[str]:
    if missing := [key for key in params if key not in grads]:
        yield f"grads lacks {missing}"
    if extra := [key for key in grads if key not in params]:
        yield f"params lacks {extra}"


def _fit(theta: Any, g: Any) -> bool:
    """Whether a parameter and its gradient are in order, as they nearly always are."""
    return (
        type(theta) is type(g) is np.ndarray
        and theta.dtype.char in "fdg"  # float16 is "e"
        and theta.dtype == g.dtype
        and theta.shape == g.shape
        and theta.flags.writeable
    )


def _writable(key: str, theta: Any) -> Array:
    name = f"params[{key!r}]"
    if not isinstance(theta, np.ndarray) or theta.dtype.kind != "f":
        raise TypeError(f"step: expected {name} to be a floating array, got {_of(theta)}")
    if not theta.flags.writeable:
        raise ValueError(f"step: expected {name} to be writable, got a read-only array")
    return real("step", name, theta)


def _gradient(key: str, theta: Array, given: Any) -> Array:
    g = real("step", f"grads[{key!r}]", given)
    if g.shape != theta.shape:
        raise ValueError(
            f"step: expected grads[{key!r}] of shape {theta.shape}, the shape of the parameter, "
            f"got {g.shape}"
        )
    return g if g.dtype == theta.dtype else g.astype(theta.dtype)


def memory(params: Mapping[str, Array]) -> None:
    """Refuse parameters several entries of which lie in the same memory."""
    for key, theta in params.items():
        if overlaps_itself(theta):
            raise ValueError(
                f"step: expected every entry of params[{key!r}] to have memory of its own, got a "
                f"broadcast or overlapping view with strides {theta.strides}; pass a copy"
            )


def overlaps_itself(array: Array) -> bool:
    """Whether two entries of an array may lie in the same memory."""
    reach = array.itemsize  # bytes from the first entry to the end, over the axes so far
    for stride, n in sorted((abs(s), n) for s, n in zip(array.strides, array.shape, strict=True)):
        if n > 1:
            if stride < reach:
                return array.size > 0
            reach += stride * (n - 1)
    return False


def state(params: Mapping[str, Array], kept: Any, shapes: Callable[[Any], Any]) -> None:
    """Refuse state that cannot be used, or does not fit: that belongs to another net."""
    if not isinstance(kept, dict):
        raise TypeError(f"step: expected state to be a dict, got {type(kept).__name__}")
    for key, theta in params.items():
        wanted = shapes(theta.shape)
        if not isinstance(kept.get(key, {}), dict):
            raise TypeError(
                f"step: expected state[{key!r}] to be a dict, got {requirements.short(kept[key])}"
            )
        for slot, array in kept.get(key, {}).items():
            _slot(f"state[{key!r}][{slot!r}]", array, theta, wanted.get(slot, theta.shape))


def _slot(name: str, array: Any, theta: Array, shape: tuple[int, ...]) -> None:
    floating("step", name, array)
    if not array.flags.writeable:
        raise ValueError(f"step: expected {name} to be writable, got a read-only array; copy it")
    if array.shape != shape:
        raise ValueError(
            f"step: expected {name} of shape {shape} for a parameter of shape {theta.shape}, got "
            f"{array.shape}; use a new optimizer for another net"
        )
    if overlaps_itself(array):
        raise ValueError(f"step: expected every entry of {name} to have memory of its own; copy it")


def floating(owner: str, name: str, array: Any) -> None:
    """State is floating, in any width: it is taken in the dtype of the parameter."""
    if isinstance(array, np.ma.MaskedArray):
        real(owner, name, array)
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
        raise TypeError(f"{owner}: expected {name} to be a floating array, got {_of(array)}")


def saved(owner: str, given: Any, own: Mapping[str, Any]) -> None:
    """Refuse what is not a `state_dict` of the same rule."""
    if not isinstance(given, Mapping) or given.keys() != own.keys():
        raise ValueError(f"{owner}: expected a dict with the keys {list(own)}")
    if given["rule"] != own["rule"]:
        raise ValueError(
            f"{owner}: expected the state of {own['rule']}, got that of "
            f"{requirements.short(given['rule']).strip(chr(39))}"
        )
    _dict(owner, "settings", given["settings"])
    if given["settings"].keys() != own["settings"].keys():
        raise ValueError(
            f"{owner}: expected the settings {list(own['settings'])}, got {list(given['settings'])}"
        )
    if "t" in own:
        requirements.count(owner, "t", given["t"], low=0)


def saved_state(owner: str, given: Any, slots: tuple[str, ...]) -> dict[str, State]:
    """Copies of a saved state, which must be that of a rule with these slots."""
    state: dict[str, State] = {}
    for key, kept in _dict(owner, "state", given).items():
        _dict(owner, f"state[{key!r}]", kept)
        missing = [slot for slot in slots if slot not in kept]
        if missing and not set(kept) <= set(slots):
            raise ValueError(f"{owner}: expected state[{key!r}] with {slots}, got {tuple(kept)}")
        try:
            for slot, array in kept.items():
                floating(owner, f"state[{key!r}][{slot!r}]", array)
        except TypeError as error:
            raise ValueError(str(error)) from None
        state[key] = {slot: np.array(array) for slot, array in kept.items()}
    return state


def _dict(owner: str, name: str, given: Any) -> Mapping[Any, Any]:
    if not isinstance(given, Mapping):
        raise ValueError(f"{owner}: expected {name} to be a dict, got {type(given).__name__}")
    return given


def _of(value: Any) -> str:
    return str(value.dtype) if isinstance(value, np.ndarray) else type(value).__name__
