"""The last step of a sequence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array


class Last(Layer):
    """The last step of each sequence: y = x[:, -1], from (N, T, D) to (N, D).

    dx is dout at that step, and 0 at all others. After a recurrent layer, y is a summary of the
    whole sequence, for a classifier. Sequences of different lengths are padded at their end, and
    `lengths` says where that is: y[n] = x[n, lengths[n] - 1].

    Raises
    ------
    ValueError
        If x is not (N, T, D) with at least one step, or a length is not from 1 to T.
    TypeError
        If x is not an array of real numbers, or lengths are not integers.

    Examples
    --------
    >>> import numpy as np
    >>> last = Last()
    >>> last.forward(np.array([[[1.0, 2.0], [3.0, 4.0]]]))
    array([[3., 4.]])
    >>> dx, _ = last.backward(np.array([[5.0, 6.0]]))
    >>> dx
    array([[[0., 0.],
            [5., 6.]]])
    >>> last.forward(np.array([[[1.0, 2.0], [3.0, 4.0]]]), lengths=[1])
    array([[1., 2.]])
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()
    _ends = Cached[tuple[Array, Array]]()

    def forward(self, x: ArrayLike, lengths: ArrayLike | None = None) -> Array:
        """Return x[:, -1], or the last steps before the padding."""
        x = checks.sequences(self, x)
        n, steps, _ = x.shape
        ends = np.full(n, steps) if lengths is None else checks.lengths(self, lengths, n, steps)
        self._shape, self._dtype, self._ends = x.shape, x.dtype, (np.arange(n), ends - 1)
        y: Array = x[self._ends]
        return y

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx: dout at the last steps, and 0 elsewhere."""
        n, _, width = self._shape
        dx = np.zeros(self._shape, self._dtype)
        dx[self._ends] = checks.upstream(self, dout, (n, width), self._dtype)
        return dx, {}
