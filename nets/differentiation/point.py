"""The point at which a function is differentiated, and its coordinates one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from layers.core.checks import brief, numbers, real
from layers.core.params import Array
from layers.gates.gate import plain

TINY = float(np.finfo(np.float64).tiny)


class StuckStepError(ValueError):
    """A step so small that it does not change an input."""


class Coordinate(NamedTuple):
    """One number among the inputs of a function: of which input, and where in it."""

    position: int
    place: tuple[int, ...]


def point(xs: Sequence[Any], owner: str) -> list[Array]:
    """The inputs as arrays: numbers in float64, and arrays of integers as they are.

    Arrays in float32 become float64 too, in which a small step moves them.
    """
    if not xs:
        raise TypeError(f"{owner}: expected the inputs at which to differentiate, got none")
    found = [numbers(owner, f"input {position}", x) for position, x in enumerate(xs)]
    return [x if x.ndim and x.dtype.kind != "f" else x.astype(np.float64) for x in found]


def moved(inputs: Sequence[Array], entry: Coordinate, step: complex) -> list[Any]:
    """The inputs with a step added to one entry; single numbers stay numbers."""
    shifted = list(inputs)
    x = inputs[entry.position].copy()
    x[entry.place] += step
    shifted[entry.position] = x
    return given(shifted)


def given(inputs: Sequence[Any]) -> list[Any]:
    """The arguments of a call: arrays, and numbers for inputs of one number."""
    return [x[()] for x in inputs]


def entrywise(inputs: Sequence[Array], slope: Callable[[Coordinate], float]) -> Any:
    """A gradient computed entry by entry; None for integers."""
    return as_gradient(
        [
            np.array([slope(Coordinate(position, index)) for index in np.ndindex(x.shape)])
            if x.dtype.kind == "f"
            else None
            for position, x in enumerate(inputs)
        ],
        inputs,
    )


def as_gradient(slopes: Sequence[Any], inputs: Sequence[Array]) -> Any:
    """Slopes in the shapes of the inputs: one gradient, or a tuple of several."""
    found = tuple(
        None if slope is None else plain(np.reshape(np.asarray(slope, np.float64), x.shape))
        for slope, x in zip(slopes, inputs, strict=True)
    )
    return found[0] if len(found) == 1 else found


def number(value: object, owner: str) -> Any:
    """The one number, real or complex, that a function returned."""
    value = single(value, owner)
    if isinstance(value, bool) or not isinstance(value, (complex, float, int, np.number)):
        raise TypeError(f"{owner}: expected the function to return a number, got {brief(value)}")
    return value


def step(h: object, inputs: Sequence[Array], owner: str) -> None:
    """Refuse a step unless it is positive, and large enough to move every input."""
    if real(owner, "h", h) < TINY:
        raise ValueError(f"{owner}: expected a positive step h, at least {TINY:g}, got {h!r}")
    for position, x in enumerate(inputs):
        if x.dtype.kind == "f" and (stuck := (x + h == x) & np.isfinite(x)).any():
            raise StuckStepError(
                f"{owner}: expected a step h that moves each input, but input {position} has "
                f"{x[stuck][0]}, to which {h!r} adds nothing in float64"
            )


def single(value: Any, owner: str) -> Any:
    """The one number that a function returned."""
    if isinstance(value, (str, bytes, list, tuple, dict, np.ma.MaskedArray)):
        raise TypeError(f"{owner}: expected the function to return a number, got {brief(value)}")
    if np.size(value) != 1:
        raise ValueError(
            f"{owner}: expected the function to return one number, got shape {np.shape(value)}; "
            "add the entries up, or give it weights with number_of(layer, dout)"
        )
    return np.reshape(value, ())[()]
