"""Minibatches that are changed before the net sees them, by a function of the user."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import allowed, brief, numbers
from layers.core.params import Array

Augment = Callable[[Array], ArrayLike]


def check_augment(augment: object) -> None:
    """Raise unless it is None or a function of a batch."""
    hint = ""
    if isinstance(augment, type):
        hint = f"; pass an object of it, such as {augment.__name__}(...)"
    elif isinstance(augment, (list, tuple)):
        hint = "; pass a function that applies one after the other"
    if hint or not (augment is None or callable(augment)):
        raise TypeError(
            "fit: expected augment to be a function that takes a batch of x and returns a new one, "
            f"got {brief(augment)}{hint}"
        )


def augmented(augment: Augment | None, x: Array) -> Array:
    """A batch as the function returns it, in float32 if that is float16.

    Raises
    ------
    TypeError
        If it is not an array of numbers.
    ValueError
        If it has more or fewer examples, which would no longer fit their targets, or numbers that
        are not finite.

    Examples
    --------
    >>> augmented(lambda x: 2 * x, np.array([1.0, 2.0]))
    array([2., 4.])
    """
    if augment is None:
        return x
    n = len(x)
    new = numbers("fit", "the batch that augment returns", augment(x))
    if new.shape[:1] != (n,):
        raise ValueError(
            f"fit: expected augment to return as many examples as it takes, because each has its "
            f"target, got an array of shape {new.shape} for a batch of {n}"
        )
    allowed("fit", "finite numbers in the batch that augment returns", new, np.isfinite(new))
    return new.astype(np.float32) if new.dtype == np.float16 else new
