"""A training part and a test part: those of a user's file, or a test part held out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from layers.core.params import Array
from nets.datasets.class_labels import numbered_classes
from nets.datasets.part import Part

FEWEST = 10  # examples, if a test part is to be held out


def train_and_test(
    path: Path, parts: Sequence[Part]
) -> tuple[tuple[str, ...], Array, Array, Array]:
    """The classes, the class of each example, and the indices of training and test examples.

    Of a single part, a fifth is held out.

    Raises
    ------
    ValueError
        If a label may be a mistake, there are fewer than 10 examples to hold a test part out of,
        or the test part has a class that the training part lacks.
    """
    n = len(parts[0].x)

    def place(index: int) -> str:
        return parts[0].place(index) if index < n else parts[1].place(index - n)

    classes, y = numbered_classes([label for part in parts for label in part.labels or ()], place)
    if len(parts) == 1:
        if len(y) < FEWEST:
            raise ValueError(f"{path}: expected at least {FEWEST} examples, got {len(y)}")
        return classes, y, *hold_out(y, len(y) // 5)
    if (lacking := ~np.isin(y[n:], y[:n])).any():
        index = n + int(lacking.argmax())
        raise ValueError(
            f"{place(index)}: the class {classes[y[index]]!r} is in the test part only, so that "
            "it cannot be learned; add examples of it to the training part"
        )
    return classes, y, np.arange(n), np.arange(n, len(y))


def hold_out(y: Array, size: int, seed: int = 0) -> tuple[Array, Array]:
    """The indices of the examples to train on, and of `size` others, drawn at random.

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
