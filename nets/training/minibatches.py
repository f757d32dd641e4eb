"""Cutting the examples into minibatches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import Rng, count, flag, generator
from layers.core.params import Array, as_array
from nets.training.foreign_arguments import named

BatchSize = int | Literal["all"] | None


@named
def minibatches(
    x: ArrayLike, y: ArrayLike, batch_size: BatchSize = 32, *, shuffle: bool = True, rng: Rng = None
) -> Iterator[tuple[Array, Array]]:
    """Yield minibatches of x and y that together contain every example once.

    x and y are shuffled together, differently at each call, so that a minibatch is a random
    sample and its mean gradient an estimate of the full one.

    Parameters
    ----------
    x, y : array
        Inputs and targets; the first axis counts the examples.
    batch_size : int or "all"
        The number of examples in a batch; the last batch may be shorter. "all", None and sizes
        above the number of examples give a single batch.
    shuffle : bool
        Whether to shuffle the examples.
    rng : None, int or numpy.random.Generator
        The source of the random order.

    Returns
    -------
    iterator of tuple of arrays
        One batch of x, and the same examples of y.

    Raises
    ------
    ValueError
        If x and y have different lengths, or the batch size is not a positive integer.
    TypeError
        If shuffle is not True or False, or x or y is a masked array.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(5)
    >>> [xb.tolist() for xb, yb in minibatches(x, 10 * x, 2, shuffle=False)]
    [[0, 1], [2, 3], [4]]
    >>> all((yb == 10 * xb).all() for xb, yb in minibatches(x, 10 * x, 2, rng=0))
    True

    Notes
    -----
    Source: 10-601, lecture 13, "Mini-Batch SGD"; CSE 587, lecture 3, "Training Tricks".
    """
    x, y, rng = _array(x, "x"), _array(y, "y"), generator("minibatches", rng)
    if not x.ndim or not y.ndim or len(x) != len(y):
        raise ValueError(
            "minibatches: expected x and y with one entry for each example, "
            f"got shapes {x.shape} and {y.shape}"
        )
    shuffle = flag("minibatches", "shuffle", shuffle)
    size = examples_in_batch("minibatches", batch_size, len(x))
    order = rng.permutation(len(x)) if shuffle else None
    return _cut(x, y, size, order)


def examples_in_batch(owner: str, batch_size: BatchSize, examples: int) -> int:
    """Return the batch size as a number from 1 to the number of examples."""
    if batch_size is None or (isinstance(batch_size, str) and batch_size == "all"):
        return max(examples, 1)
    size = count(owner, "batch_size", batch_size, ' or "all"')
    return max(min(size, examples), 1)


def _array(value: object, name: str) -> Array:
    """Return examples of any dtype, even text, contiguous so that `take` is fast."""
    array = as_array("minibatches", name, value)
    return np.ascontiguousarray(array) if array.ndim else array


def _cut(x: Array, y: Array, size: int, order: Array | None) -> Iterator[tuple[Array, Array]]:
    """Yield batches that are copies, so that a net may write into them."""
    for start in range(0, len(x), size):
        stop = start + size
        if order is None:
            yield x[start:stop].copy(), y[start:stop].copy()
        else:  # as x[order[start:stop]], but faster
            yield x.take(order[start:stop], axis=0), y.take(order[start:stop], axis=0)
