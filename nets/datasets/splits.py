"""Holding out a part of the examples."""

from __future__ import annotations

import numpy as np

from layers.core.params import Array


def hold_out(y: Array, size: int, seed: int = 0) -> tuple[Array, Array]:
    """The numbers of the examples to train on, and of `size` others, drawn at random.

    Every class keeps an example to train on, for which the part held out may get smaller.

    Examples
    --------
    >>> train, held_out = hold_out(np.array([0, 0, 1, 1, 0, 1]), 2)
    >>> train, held_out
    (array([5, 4, 0, 1]), array([3, 2]))
    """
    held_out, train = np.split(np.random.default_rng(seed).permutation(len(y)), [size])
    lacking = np.setdiff1d(y[held_out], y[train])
    moved = [int(np.flatnonzero(y[held_out] == label)[0]) for label in lacking]
    return np.append(train, held_out[moved]), np.delete(held_out, moved)
