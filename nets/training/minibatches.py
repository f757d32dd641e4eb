"""Cutting the examples into minibatches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

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

    Yields
    ------
    tuple of arrays
        The examples of one batch of x, and those of y.

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
    n = len(x)
    size = n if batch_size is None else batch_size
    order = np.random.default_rng(rng).permutation(n) if shuffle else None
    for start in range(0, n, size):
        stop = start + size
        batch: Any = slice(start, stop) if order is None else order[start:stop]
        yield x[batch], y[batch]
