"""Arrays, numbers and tuples of arrays, treated as one vector: flattened, scaled, drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.core.params import Array


def flat(y: Any) -> Array:
    """An output, or a tuple of several, as one float64 vector."""
    parts = y if isinstance(y, tuple) else (y,)
    return np.concatenate([np.ravel(np.asarray(part, np.float64)) for part in parts])


def scaled(dout: Any, by: float) -> Any:
    """`dout`, or each of a tuple, times a number, as new arrays."""
    return tuple(by * part for part in dout) if isinstance(dout, tuple) else by * dout


def varied(array: Array, rng: np.random.Generator) -> Array:
    """Other numbers of the same signs, none larger; zeros are moved off their place."""
    noise = 0.1 * (np.abs(array).max(initial=0.0) or 1.0) * rng.uniform(0.5, 1, array.shape)
    other: Array = array * rng.uniform(0.5, 1, array.shape)
    return np.where(array == 0, noise * rng.choice([-1, 1], array.shape), other)


def size_of(array: Array) -> float:
    """The root mean square of the entries, or 1 where all are 0."""
    return float(np.sqrt(np.mean(np.square(array)))) or 1.0 if array.size else 1.0


def draw_like(y: Any, rng: np.random.Generator) -> Any:
    """A random dout for y: of either sign, and nowhere near 0, where errors would hide."""
    if isinstance(y, tuple):
        return tuple(draw_like(part, rng) for part in y)
    dout = _away_from_0(np.shape(y), rng)
    return dout if np.shape(y) else float(dout)


def _away_from_0(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Numbers of either sign, of size about 1."""
    return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape))
