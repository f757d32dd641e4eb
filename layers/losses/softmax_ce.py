"""Softmax and cross-entropy in one layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks, sums
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.losses.by_class import ByClass


def softmax(scores: ArrayLike) -> Array:
    """Turn scores into probabilities: exp(s) / sum of exp(s), along the last axis.

    The largest score is subtracted first, which does not change the quotient and keeps exp from
    overflowing.

    Parameters
    ----------
    scores : array (..., C)
        Any finite numbers.

    Returns
    -------
    array (..., C)
        Probabilities, which sum to 1 along the last axis.

    Examples
    --------
    >>> softmax([3.2, 5.1, -1.7]).round(2)
    array([0.13, 0.87, 0.  ])

    Notes
    -----
    Source: the cat, car and frog of the lecture "Backpropagation" by Li, Karpathy and Johnson.
    """
    given = checks.floating(SoftmaxCE(), "scores", scores)
    if not given.ndim or not given.shape[-1]:
        raise ValueError(f"SoftmaxCE: expected scores of shape (..., C), got {given.shape}")
    matrix = given.reshape(-1, given.shape[-1])
    shifted = _below_the_largest(matrix, _row_starts(matrix))
    e = np.exp(shifted, out=shifted)
    total = sums.over_columns(e)
    return (e / total[:, None]).reshape(given.shape)


class SoftmaxCE(ByClass):
    """Softmax followed by cross-entropy, the negative log-likelihood of the correct class.

    For scores (N, C) and labels (N,), integers from 0 to C - 1::

        p = softmax(scores)                                    (N, C)
        loss = mean over the batch of -log p[n, labels[n]]
        dscores = (p - onehot(labels)) / N                     (N, C)

    The loss is computed from the scores, log p = s - log sum exp(s), so that it is accurate
    for any finite scores, and infinite only if it is too large for their dtype: nothing is clipped.

    Scores may have any number of axes before the last, and labels all but the last: for N texts of
    T words, scores (N, T, V) and labels (N, T), N is then the number of all labels, N T.

    Raises
    ------
    ValueError
        If scores are not (..., C), labels not (...) or out of range, or the batch is empty.
    TypeError
        If labels are not integers.

    Examples
    --------
    >>> import numpy as np
    >>> loss = SoftmaxCE()
    >>> round(loss.forward([[3.2, 5.1, -1.7]], [0]), 2)
    2.04
    >>> dscores, _ = loss.backward()
    >>> dscores.round(2)
    array([[-0.87,  0.87,  0.  ]])

    Notes
    -----
    ``sample_weight``, of the shape of the labels, makes it the weighted mean over them. A label of
    weight 0, such as that of padding, does not count, even if its scores are nan. Source: CSCI 544,
    lecture 8, "FNN and Classification"; the lecture of Li, Karpathy and Johnson, where the 0.89 for
    this example is a logarithm to base 10.
    """

    _shape = Cached[tuple[int, ...]]()
    _e = Cached[Array]()
    _total = Cached[Array]()
    _right = Cached[Array]()
    _weight = Cached[Any]()

    def forward(
        self, scores: ArrayLike, labels: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the mean of -log p of the correct classes."""
        scores = checks.floating(self, "scores", scores)
        matrix, labels, weight = self._weighed(scores, labels, sample_weight)
        rows = _row_starts(matrix)
        self._shape, self._right, self._weight = scores.shape, rows + labels, weight
        shifted = _below_the_largest(matrix, rows)
        right = shifted.take(self._right)
        self._e = np.exp(shifted, out=shifted)  # in place, because allocating takes longer than exp
        self._total = sums.over_columns(self._e)
        return sums.weighted(np.log(self._total) - right, weight)

    def backward(self, dout: ArrayLike = 1.0) -> tuple[Array, Grads]:
        """Return dscores = (p - onehot(labels)) / N * dout."""
        share = self._weight * checks.factor(self, dout, self._e.dtype)
        # p, each row times its share; contiguous, because the next line must write into it.
        dscores = np.multiply(self._e, (share / self._total)[:, None], order="C")
        dscores.reshape(-1)[self._right] -= share  # faster than indexing with [n, labels[n]]
        return dscores.reshape(self._shape), {}


def _below_the_largest(scores: Array, rows: Array) -> Array:
    """Return the scores minus the largest of their row, contiguous in memory.

    Looking up the largest by its index is several times faster than ``scores.max(axis=1)``, which
    is slow on short rows.
    """
    top = scores.take(rows + scores.argmax(axis=1))
    # Finite scores can differ by more than the largest float: exp(-inf) = 0 is correct then.
    with np.errstate(over="ignore"):
        shifted: Array = np.subtract(scores, top[:, None], order="C")
    return shifted


def _row_starts(matrix: Array) -> Array:
    """Return the index at which each row of a flattened matrix begins."""
    return np.arange(0, matrix.size, matrix.shape[1])
