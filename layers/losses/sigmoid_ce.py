"""Sigmoid and binary cross-entropy in one layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.losses import by_entry


class SigmoidCE(Layer):
    """Sigmoid followed by binary cross-entropy, for two classes, 0 and 1.

    For scores s and targets t of one shape, whatever it is::

        a = 1 / (1 + exp(-s))
        loss = mean over all entries of -(t log a + (1 - t) log(1 - a))
        dscores = (a - t) / (number of entries)

    The loss is computed from the scores, as max(s, 0) - s t + log(1 + exp(-|s|)), so that it is
    right for any finite scores: nothing is clipped. A target between 0 and 1 is the probability of
    class 1.

    Raises
    ------
    ValueError
        If the shapes differ, a target is not from 0 to 1, or there is no entry.

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

    def forward(self, scores: Any, t: Any, sample_weight: Any = None) -> float:
        """Return the mean of -(t log a + (1 - t) log(1 - a))."""
        s = checks.floating(self, "scores", scores)
        t = by_entry.targets(self, t, s.shape, "the scores")
        checks.not_empty(self, "scores", s)
        s, t, weight = by_entry.weighed(self, s, t, sample_weight)
        t = by_entry.shares(self, t).astype(s.dtype, copy=False)
        e = np.exp(-np.abs(s))
        losses = np.maximum(s, 0) - s * t + np.log1p(e)
        self._weight, self._difference = weight, np.exp(np.minimum(s, 0)) / (1 + e) - t
        return float((weight * losses).sum())

    def backward(self, dout: Any = 1.0) -> tuple[Array, Grads]:
        """Return dscores = (a - t) / (number of entries) * dout."""
        dout = checks.factor(self, dout)
        return dout * self._weight * self._difference, {}

    def check(self, shape: tuple[int, ...], t: Any) -> Array:
        """Targets for scores of the given shape, or an exception that says what is wrong."""
        return by_entry.shares(self, by_entry.targets(self, t, shape, "the scores"))

    @staticmethod
    def accuracy(scores: Any, t: Any) -> float:
        """The share of entries with a score above 0 for class 1, and not above 0 for class 0.

        Examples
        --------
        >>> SigmoidCE.accuracy([2.0, -1.0, 0.5, 3.0], [1, 0, 0, 1])
        0.75
        """
        loss = SigmoidCE()
        s = checks.floating(loss, "scores", scores)
        t = loss.check(s.shape, t)
        checks.not_empty(loss, "scores", s)
        return by_entry.share_on_the_right_side(s, 0.0, t)
