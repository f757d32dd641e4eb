"""The copy gate."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.gates import gate


class Copy(Layer):
    """Copy gate, the gradient adder: y0 = y1 = ... = x.

    ``forward`` returns a tuple that holds x n times, once for each place that uses it, and
    ``backward`` takes a tuple of the n gradients that come back: dx = dout0 + dout1 + ... Takes a
    number or an array of any shape.

    Parameters
    ----------
    n : int
        The number of copies.

    Raises
    ------
    TypeError
        If dout is not a tuple of n gradients.

    Examples
    --------
    >>> copy = Copy(2)
    >>> copy.forward(2.0)
    (2.0, 2.0)
    >>> dx, _ = copy.backward((2.0, 3.0))
    >>> dx
    5.0

    Notes
    -----
    The copies are all the same array. Source: EECS 442, discussion 5, "Backpropagation of some
    common operations"; CSE 587, lecture 3, "Backpropagation: Multiple Outputs".
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()

    def __init__(self, n: int) -> None:
        self.n = checks.count("Copy", "n", n)

    def forward(self, x: ArrayLike) -> tuple[Any, ...]:
        """Return x, n times."""
        x = checks.floating(self, "x", x)
        self._shape, self._dtype = x.shape, x.dtype
        return (gate.plain(x),) * self.n

    def backward(self, dout: Any) -> tuple[Any, Grads]:
        """Return dx, the sum of the gradients of all copies."""
        shape, dtype = self._shape, self._dtype
        if not isinstance(dout, tuple) or len(dout) != self.n:
            got = f"a tuple of {len(dout)}" if isinstance(dout, tuple) else type(dout).__name__
            raise TypeError(
                f"{self.label}: expected dout to be a tuple of {self.n} gradients, one for each "
                f"copy, got {got}"
            )
        douts = [checks.upstream(self, part, shape, dtype) for part in dout]
        return gate.plain(reduce(np.add, douts)), {}

    @property
    def label(self) -> str:
        """The name of this layer in error messages."""
        return f"Copy {self.n}"
