"""Cutting the examples into minibatches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layers.checks import count, generator
from layers.params import Array


def minibatches(
    x: Any, y: Any, batch_size: int | None = None, *, shuffle: bool = True, rng: Any = None
) -> Iterator[tuple[Array, Array]]:
    """Pairs of minibatches that together hold every example once.

    x and y are shuffled together, anew at each call, so that a minibatch is a fair sample
    and its average gradient an estimate of the true one.

    Parameters
    ----------
    x, y : array
        Inputs and targets; the first axis counts the examples.
    batch_size : int, optional
        Examples in a batch; the last batch may be shorter. None: all in one batch.
    shuffle : bool
        Whether to change the order.
    rng : None, int or numpy.random.Generator
        Where the order is drawn from.

    Returns
    -------
    iterator of tuple of arrays
        The examples of one batch of x, and those of y.

    Raises
    ------
    ValueError
        If x and y have different lengths, or the batch size is no whole number from 1.

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
    x, y, rng = np.asarray(x), np.asarray(y), generator(rng, "minibatches")
    if len(x) != len(y):
        raise ValueError(
            f"minibatches: expected x and y with one entry for each example, "
            f"got lengths {len(x)} and {len(y)}"
        )
    if batch_size is not None:
        batch_size = count(batch_size, "batch_size", "minibatches")
    order = rng.permutation(len(x)) if shuffle else None
    return _cut(x, y, batch_size or len(x), order)


def _cut(x: Any, y: Any, size: int, order: Array | None) -> Iterator[tuple[Array, Array]]:
    for start in range(0, len(x), size):
        stop = start + size
        if order is None:
            yield x[start:stop], y[start:stop]
        else:  # what x[order[start:stop]] says, in less time
            yield x.take(order[start:stop], axis=0), y.take(order[start:stop], axis=0)
