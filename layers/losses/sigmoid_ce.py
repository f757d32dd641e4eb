"""Sigmoid and binary cross-entropy in one layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.losses.by_entry import ByEntry, ByTwoClasses


class SigmoidCE(ByTwoClasses):
    """Sigmoid followed by binary cross-entropy, for two classes, 0 and 1.

    For scores s and targets t of the same shape, which may be any shape::

        a = 1 / (1 + exp(-s))
        loss = mean over all entries of -(t log a + (1 - t) log(1 - a))
        dscores = (a - t) / (number of entries)

    The loss is computed from the scores, as max(s, 0) - s t + log(1 + exp(-|s|)), so that it is
    accurate for any finite scores: nothing is clipped. A target between 0 and 1 is the probability
    of class 1.

    Raises
    ------
    ValueError
        If the shapes differ, a target is outside [0, 1], or the arrays are empty.

    Examples
    --------
    >>> import numpy as np
    >>> loss = SigmoidCE()
    >>> round(loss.forward(np.array([0.0, 1000.0]), np.array([1, 1])), 4)
    0.3466
    >>> dscores, _ = loss.backward()
    >>> dscores
    array([-0.25,  0.  ])

    Notes
    -----
    ``sample_weight`` (N,) makes it the weighted mean over the examples, the rows of the scores.
    Source: CSCI 544, lecture 8, "LR and FFNN: Similarities and Differences", where y is the target
    and (a - y) x the gradient of the weights.
    """

    _difference = Cached[Array]()
    _weight = Cached[Any]()
    output = "the scores"

    def forward(
        self, scores: ArrayLike, t: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the mean of -(t log a + (1 - t) log(1 - a))."""
        s = checks.floating(self, "scores", scores)
        t = ByEntry.check(self, s.shape, t)  # its range is checked below, given the weights
        checks.not_empty(self, "scores", s)
        s, t, weight = self._weighed(s, t, sample_weight)
        t = self._from_0_to_1(t).astype(s.dtype, copy=False)
        e = np.exp(-np.abs(s))
        losses = np.maximum(s, 0) - s * t + np.log1p(e)
        self._weight, self._difference = weight, np.exp(np.minimum(s, 0)) / (1 + e) - t
        return float((weight * losses).sum())

    def backward(self, dout: ArrayLike = 1.0) -> tuple[Array, Grads]:
        """Return dscores = (a - t) / (number of entries) * dout."""
        dout = checks.factor(self, dout, self._difference.dtype)
        return dout * self._weight * self._difference, {}

    @staticmethod
    def accuracy(scores: ArrayLike, t: ArrayLike) -> float:
        """Return the fraction of entries on the correct side: a score above 0 for class 1 only.

        Examples
        --------
        >>> SigmoidCE.accuracy([2.0, -1.0, 0.5, 3.0], [1, 0, 0, 1])
        0.75
        """
        loss = SigmoidCE()
        return loss._accuracy(checks.floating(loss, "scores", scores), 0.0, t)
