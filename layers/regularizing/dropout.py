"""Dropout."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Dropout(Layer):
    """Set each entry to 0 with probability p in training; do nothing in inference.

    Every forward pass draws a new mask, which is 0 with probability p and 1 / (1 - p) otherwise::

        y = x * mask,    dx = dout * mask

    Dividing by 1 - p in training ("inverted" dropout) keeps the mean of y equal to that of x, so
    ``predict`` returns x unchanged.

    Parameters
    ----------
    p : float
        The probability of dropping an entry, at least 0 and below 1.
    rng : None, int or numpy.random.Generator
        The source of the random masks.

    Raises
    ------
    ValueError
        If p is not in [0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> dropout = Dropout(0.5, rng=0)
    >>> dropout.forward(np.ones(6))
    array([2., 0., 0., 0., 2., 2.])
    >>> dropout.predict(np.ones(6))
    array([1., 1., 1., 1., 1., 1.])

    Notes
    -----
    Source: CSE 587, lecture 3, "Training Tricks"; Srivastava et al., 2014.
    """

    _mask = Cached[Array]()

    def __init__(self, p: float, *, rng: checks.Rng = None) -> None:
        if isinstance(p, bool) or not isinstance(p, (int, float, np.number)) or not 0 <= p < 1:
            raise ValueError(
                "Dropout: expected p, the probability of dropping, in [0, 1), "
                f"got {checks.brief(p)}"
            )
        self.p = float(p)
        self._rng = checks.generator("Dropout", rng)

    def forward(self, x: ArrayLike) -> Array:
        """Return x with some entries dropped and the others scaled up."""
        x = checks.floating(self, "x", x)
        kept = self._rng.random(x.shape) >= self.p
        self._mask = kept.astype(x.dtype) / (1 - self.p)
        y: Array = x * self._mask
        return y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx: the gradient passes where the entry did, with the same scale."""
        dout = checks.upstream(self, dout, self._mask.shape, self._mask.dtype)
        return dout * self._mask, {}

    def predict(self, x: ArrayLike) -> Array:
        """Return x."""
        return checks.floating(self, "x", x)

    @property
    def label(self) -> str:
        """The name of this layer in error messages."""
        return f"Dropout {self.p}"
