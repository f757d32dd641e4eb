"""The multiclass hinge loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.losses.by_class import ByClass


class Hinge(ByClass):
    """Multiclass hinge loss: the correct class should score higher than any other by at least 1.

    For scores s (N, C) and labels (N,), integers from 0 to C - 1, with y the label of example n::

        loss = mean over the batch of the sum over j != y of max(0, s[n, j] - s[n, y] + 1)
        dscores[n, j] = 1 / N if the term of j is above 0, else 0
        dscores[n, y] = -(how many terms are above 0) / N

    At the kink, where a term is exactly 0, its slope is 0, as in PyTorch. PyTorch's
    ``MultiMarginLoss`` also divides by C. Scores may have more axes, as in `SoftmaxCE`.

    Raises
    ------
    ValueError
        If scores are not (..., C), labels not (...) or out of range, or the batch is empty.
    TypeError
        If labels are not integers.

    Examples
    --------
    >>> import numpy as np
    >>> loss = Hinge()
    >>> round(loss.forward(np.array([[3.2, 5.1, -1.7]]), [0]), 2)
    2.9
    >>> dscores, _ = loss.backward()
    >>> dscores
    array([[-1.,  1.,  0.]])

    Notes
    -----
    ``sample_weight``, of the shape of the labels, makes it a weighted mean. Source: CS231n,
    "Multiclass Support Vector Machine loss", for the cat, car and frog of the lecture
    "Backpropagation" by Li, Karpathy and Johnson; Weston and Watkins, 1999.
    """

    _shape = Cached[tuple[int, ...]]()
    _above = Cached[Array]()
    _right = Cached[tuple[Array, Array]]()
    _weight = Cached[Any]()

    def forward(
        self, scores: ArrayLike, labels: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the mean of the sums of max(0, s[j] - s[y] + 1)."""
        s = checks.floating(self, "scores", scores)
        shape = s.shape
        s, labels, weight = self._weighed(s, labels, sample_weight)
        right = np.arange(len(s)), labels
        with np.errstate(over="ignore"):  # the difference of finite scores can be infinite
            terms = np.maximum(s - s[right][:, None] + 1, 0)
            terms[right] -= 1  # the term of the correct class itself, which is 1, does not count
            loss = float((weight[:, None] * terms).sum())
        self._above, self._right, self._weight = (terms > 0).astype(s.dtype), right, weight
        self._shape = shape
        return loss

    def backward(self, dout: ArrayLike = 1.0) -> tuple[Array, Grads]:
        """Return dscores, in which each term above 0 counts for j and against y, times dout."""
        factor = (self._weight * checks.factor(self, dout, self._weight.dtype))[:, None]
        dscores = self._above.copy()
        dscores[self._right] -= dscores.sum(axis=1)
        return (dscores * factor).reshape(self._shape), {}
