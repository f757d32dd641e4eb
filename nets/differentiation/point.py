"""The point at which a function is differentiated, and its entries one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from layers.checks import numbers
from layers.params import Array


class Entry(NamedTuple):
    """One number among the inputs of a function: of which input, and where in it."""

    position: int
    place: tuple[int, ...]


def point(xs: Sequence[Any], owner: str) -> list[Array]:
    """The inputs as arrays; numbers become floating, arrays of integers stay what they are."""
    found = [numbers(x, f"input {position}", owner) for position, x in enumerate(xs)]
    return [x if x.ndim and x.dtype.kind != "f" else x.astype(np.float64) for x in found]


def moved(inputs: Sequence[Array], entry: Entry, step: complex) -> list[Any]:
    """The inputs with a step added to one entry; single numbers are handed on as such."""
    shifted = list(inputs)
    x = inputs[entry.position].copy()
    x[entry.place] += step
    shifted[entry.position] = x
    return given(shifted)


def given(inputs: Sequence[Any]) -> list[Any]:
    """What a function is called with: arrays, and numbers where an input is just one."""
    return [x[()] for x in inputs]


def entrywise(inputs: Sequence[Array], slope: Callable[[Entry], float]) -> Any:
    """A gradient that is found entry by entry; None for integers."""
    return as_gradient(
        [
            np.array([slope(Entry(position, index)) for index in np.ndindex(x.shape)])
            if x.dtype.kind == "f"
            else None
            for position, x in enumerate(inputs)
        ],
        inputs,
    )


def as_gradient(slopes: Sequence[Any], inputs: Sequence[Array]) -> Any:
    """Slopes in the shapes of the inputs: one gradient, or a tuple of several."""
    shaped = tuple(
        None if slope is None else np.reshape(np.asarray(slope, np.float64), x.shape)[()]
        for slope, x in zip(slopes, inputs, strict=True)
    )
    found = tuple(float(g) if isinstance(g, np.floating) else g for g in shaped)
    return found[0] if len(found) == 1 else found


def single(value: Any, owner: str) -> Any:
    """The one number that a function gave."""
    if np.size(value) != 1:
        raise ValueError(
            f"{owner}: expected the function to give one number, got shape {np.shape(value)}; "
            "add the entries up, or give it weights with number_of(layer, dout)"
        )
    return np.reshape(value, ())[()]
