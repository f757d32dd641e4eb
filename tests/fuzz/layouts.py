"""Arrays in all memory layouts and dtypes: the answers must be those of plain float64 arrays."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.fuzz.entries import Entry
from tests.fuzz.judge import Fault, Outcome, fault, run, short
from tests.fuzz.senseless import Call

Array = Any


def strided(a: Array) -> Array:
    """Every second column, or entry, of a wider array."""
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def read_only(a: Array) -> Array:
    """An array that cannot be written."""
    copy = a.copy()
    copy.flags.writeable = False
    return copy


def reversed_(a: Array) -> Array:
    """A view that walks through memory backwards."""
    return np.flip(np.flip(a).copy())


def offset(a: Array) -> Array:
    """An array that starts at an odd address."""
    raw = np.zeros(a.nbytes + 1, np.uint8)
    view = raw[1:].view(a.dtype).reshape(a.shape)
    view[...] = a
    return view


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "Fortran": np.asfortranarray,
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "strided": strided,
    "reversed": reversed_,
    "read-only": read_only,
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "slice": lambda a: np.pad(a, 2)[(slice(2, -2),) * a.ndim],
    "unaligned": offset,
}
DTYPES: dict[str, Callable[[Array], Array]] = {
    "float32": lambda a: a.astype(np.float32) if a.dtype == np.float64 else a.astype(np.int16),
    "longdouble": lambda a: a.astype(np.longdouble) if a.dtype == np.float64 else a.astype(np.intp),
    "float16": lambda a: a.astype(np.float16) if a.dtype == np.float64 else a.astype(np.int8),
    "masked": lambda a: np.ma.masked_array(a, np.zeros(a.shape, bool)),
    "uint": lambda a: a if a.dtype.kind == "f" else a.astype(np.uint64),
}
DIGITS = {"float32": 2e-4, "float16": np.inf}  # float16 may be refused, or be made wider

ROUNDING = ("error_against_h", "errors_against_h")  # their answer is the rounding error


def laid_out(value: Any, form: Callable[[Array], Array]) -> Any:
    """All arrays in an argument in another form; dicts are parameters, which stay dicts."""
    if isinstance(value, np.ndarray) and value.ndim:
        return form(value)
    if isinstance(value, (list, tuple)):
        return type(value)([laid_out(part, form) for part in value])
    if type(value) is dict:
        return {key: laid_out(part, form) for key, part in value.items()}
    return value


def case(entry: Entry, seed: int, index: int) -> tuple[Fault | None, str]:
    """Run a call on plain arrays and on others, and compare all that it returned and wrote."""
    rng = np.random.default_rng([seed, index])
    forms = LAYOUTS if rng.random() < 0.7 else DTYPES
    name = str(rng.choice(list(forms)))
    plain, good = _run(entry.make(), lambda a: a)
    other, bad = _run(entry.make(), forms[name])
    text = f"{entry.name} with {name} arrays: {bad}"
    found = fault(other)
    answered = plain.ended and plain.error is None and other.ended
    if found is None and answered and _has_arrays(good):
        found = _compared(plain, good, other, bad, name, entry)
    return found, text


def _run(made: Call, form: Callable[[Array], Array]) -> tuple[Outcome, Call]:
    made = Call(made.function, laid_out(made.args, form), laid_out(made.kwargs, form))
    with contextlib.redirect_stdout(io.StringIO()):
        return run(made.function, made.args, made.kwargs), made


def _compared(
    plain: Outcome, good: Call, other: Outcome, bad: Call, name: str, entry: Entry
) -> Fault | None:
    if other.error is not None:
        refused = name in DTYPES or "read-only" in str(other.error)
        return None if refused else Fault("wrong", entry.name, f"{name}: {other.error}")
    if name == "masked":
        return Fault("wrong", entry.name, "masked arrays were taken")
    one, two = numbers(plain.value), numbers(other.value)
    if name == "float16" and any(a.dtype == np.float16 for a in two):
        return Fault("wrong", entry.name, "computed in float16")
    one, two = one + numbers(_held(good)), two + numbers(_held(bad))  # what was written, too
    worst = distance(one, two)
    if worst > DIGITS.get(name, 1e-9) and not (name == "float32" and entry.name in ROUNDING):
        return Fault("wrong", entry.name, f"{name}: off by {worst:.1e}, {short(other.value)}")
    return None


def _held(made: Call) -> Any:
    owner = getattr(made.function, "__self__", None)
    return made.args, made.kwargs, getattr(owner, "params", {}), getattr(owner, "state", {})


def _has_arrays(made: Call) -> bool:
    return any(array.ndim for array in numbers((made.args, made.kwargs)))


def numbers(value: Any, depth: int = 0) -> list[Any]:
    """The arrays in a result, one after the other: in tuples, dicts, figures, histories, nets."""
    if isinstance(value, (np.ndarray, float, int, np.number)):
        return [np.asarray(value)] if np.asarray(value).dtype.kind in "fiub" else []
    if isinstance(value, dict):
        return [a for key, part in value.items() if key != "seconds" for a in numbers(part, depth)]
    if isinstance(value, (list, tuple)) and type(value).__name__ != "Step":
        return [a for part in value for a in numbers(part, depth)]
    if hasattr(value, "axes") and hasattr(value, "savefig"):
        drawn = [a for axes in value.axes for a in (*axes.lines, *axes.images)]
        return [np.asarray(getattr(a, "get_xydata", getattr(a, "get_array", 0))()) for a in drawn]
    held = [getattr(value, name, {}) for name in ("params", "_curves", "grads")]
    return [a for part in held for a in numbers(part)] if depth < 3 and not callable(value) else []


def distance(one: list[Any], two: list[Any]) -> float:
    """The worst difference between two lists of arrays, relative to the largest entry."""
    if [a.shape for a in one] != [a.shape for a in two]:
        return np.inf
    worst = 0.0
    for a, b in zip(one, two, strict=True):
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        if not np.array_equal(np.isfinite(a), np.isfinite(b)):
            return np.inf
        a, b = a[np.isfinite(a)], b[np.isfinite(b)]
        scale = max(float(np.abs(a).max(initial=0)), 1e-300)
        worst = max(worst, float(np.abs(a - b).max(initial=0)) / max(scale, 1e-12))
    return worst
