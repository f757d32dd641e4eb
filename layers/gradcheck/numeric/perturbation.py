"""Flattened outputs, the size of a tensor, perturbed copies of it, and a random dout."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.core.params import Array


def flat(y: Any) -> Array:
    """An output, or a tuple of several, as one float64 vector."""
    if isinstance(y, tuple):
        return np.concatenate([flat(part) for part in y])
    return np.array(y, np.float64, order="C").reshape(-1)


def perturbed(array: Array, rng: np.random.Generator) -> Array:
    """Other numbers of the same signs, none larger; zeros are moved away from 0."""
    noise = 0.1 * (np.abs(array).max(initial=0.0) or 1.0) * rng.uniform(0.5, 1, array.shape)
    other = array * rng.uniform(0.5, 1, array.shape)
    return np.where(array == 0, noise * rng.choice([-1, 1], array.shape), other)


def size_of(array: Array) -> float:
    """The root mean square of the entries, or 1 where all are 0."""
    return float(np.sqrt(np.mean(np.square(array)))) or 1.0 if array.size else 1.0


def random_dout(y: Any, rng: np.random.Generator) -> Any:
    """A dout for y, of entries of either sign and size about 1: near 0, errors would hide."""
    if isinstance(y, tuple):
        return tuple(random_dout(part, rng) for part in y)
    shape = np.shape(y)
    dout = np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape))
    return dout if shape else float(dout)
