"""The binary cross-entropy of probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads
from layers.core.cache import Cached
from layers.core.params import Array
from layers.losses.by_entry import ByEntry, ByTwoClasses


class BinaryCE(ByTwoClasses):
    """Binary cross-entropy, for two classes, 0 and 1, from the probability p of class 1.

    For p and targets t of the same shape, which may be any shape::

        loss = mean over all entries of -(t log p + (1 - t) log(1 - p))
        dp = ((1 - t) / (1 - p) - t / p) / (number of entries)

    Nothing is clipped. A p of 0 or 1 costs nothing if it is correct; if it is wrong, both the loss
    and dp are infinite. After a `Sigmoid`, that happens as soon as the output rounds to 0 or 1, so
    train with `SigmoidCE` instead, which computes the same loss from any finite scores.

    Raises
    ------
    ValueError
        If the shapes differ, p or a target is outside [0, 1], or the arrays are empty.

    Examples
    --------
    >>> import numpy as np
    >>> loss = BinaryCE()
    >>> round(loss.forward(np.array([0.5, 1.0]), np.array([1, 1])), 4)
    0.3466
    >>> dp, _ = loss.backward()
    >>> dp
    array([-1. , -0.5])
    >>> loss.forward(np.array([0.5, 1.0]), np.array([1, 0]))
    inf

    Notes
    -----
    ``sample_weight`` (N,) makes it the weighted mean over the examples, the rows of p. Source:
    CSCI 544, lecture 8, "LR and FFNN: Similarities and Differences".
    """

    _slope = Cached[Array]()
    _weight = Cached[Any]()
    output = "p"

    def forward(self, p: ArrayLike, t: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the mean of -(t log p + (1 - t) log(1 - p))."""
        p = checks.floating(self, "p", p)
        t = ByEntry.check(self, p.shape, t)  # its range is checked below, given the weights
        checks.not_empty(self, "p", p)
        p, t, weight = self._weighed(p, t, sample_weight)
        p, t = self._probabilities(p), self._from_0_to_1(t).astype(p.dtype, copy=False)
        with np.errstate(all="ignore"):  # terms with a factor t or 1 - t of 0 are left out
            one = np.where(t > 0, t * np.log(p), 0)
            zero = np.where(t < 1, (1 - t) * np.log1p(-p), 0)
            slope = np.where(t < 1, (1 - t) / (1 - p), 0) - np.where(t > 0, t / p, 0)
        self._weight, self._slope = weight, slope
        return float((weight * (-one - zero)).sum())

    def backward(self, dout: ArrayLike = 1.0) -> tuple[Array, Grads]:
        """Return dp = ((1 - t) / (1 - p) - t / p) / (number of entries) * dout."""
        dout = checks.factor(self, dout, self._slope.dtype)
        return dout * self._weight * self._slope, {}

    @staticmethod
    def accuracy(p: ArrayLike, t: ArrayLike) -> float:
        """The share of entries with p above 1/2 for class 1, and not above 1/2 for class 0.

        Examples
        --------
        >>> BinaryCE.accuracy([0.9, 0.2, 0.6, 0.7], [1, 0, 0, 1])
        0.75
        """
        loss = BinaryCE()
        return loss._accuracy(loss._probabilities(checks.floating(loss, "p", p)), 0.5, t)

    def _probabilities(self, p: Array) -> Array:
        inside = ~((p < 0) | (p > 1))  # nan passes, so that it stays visible
        hint = "; scores are for SigmoidCE"
        checks.allowed(self, "probabilities p from 0 to 1", p, inside, hint)
        return p
