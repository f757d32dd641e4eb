"""The concatenation of several arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.params import Array
from layers.gates import gate


class Concat(Layer):
    """Join arrays along one axis: x0 (N, D0), x1 (N, D1), ... give y (N, D0 + D1 + ...).

    Each input gets the part of dout that belongs to it. Takes two or more arrays with shapes that
    differ at most along the axis. The gradients are views of dout.

    Parameters
    ----------
    axis : int
        The axis; -1 is the last one.

    Raises
    ------
    TypeError
        If there are fewer than two inputs.
    ValueError
        If they have no such axis, or their shapes differ along another one.

    Examples
    --------
    >>> import numpy as np
    >>> concat = Concat()
    >>> concat.forward(np.array([[1.0, 2.0]]), np.array([[3.0]]))
    array([[1., 2., 3.]])
    >>> (dx0, dx1), _ = concat.backward(np.array([[10.0, 20.0, 30.0]]))
    >>> dx0, dx1
    (array([[10., 20.]]), array([[30.]]))

    Notes
    -----
    Source: CSCI 544, lecture 8, "Feedforward Neural LM", which concatenates the vectors of the
    preceding words; if these are already one array, `Flatten` does it.
    """

    _shape = Cached[tuple[int, ...]]()
    _dtype = Cached[np.dtype[Any]]()
    _ends = Cached[list[int]]()

    def __init__(self, axis: int = -1) -> None:
        self.axis = checks.whole("Concat", "axis", axis)

    def forward(self, *xs: ArrayLike) -> Array:
        """Return the inputs, end to end."""
        arrays = gate.inputs(self, xs)
        self._require_fit([array.shape for array in arrays])
        y = np.concatenate(arrays, self.axis)
        self._shape, self._dtype = y.shape, y.dtype
        self._ends = np.cumsum([array.shape[self.axis] for array in arrays]).tolist()
        return y

    def backward(self, dout: ArrayLike) -> tuple[tuple[Array, ...], Grads]:
        """Return dx: dout, cut where the inputs met."""
        dout = checks.upstream(self, dout, self._shape, self._dtype)
        return tuple(np.split(dout, self._ends[:-1], self.axis)), {}

    def _require_fit(self, shapes: list[tuple[int, ...]]) -> None:
        shown = " and ".join(map(str, shapes))
        if not all(-len(shape) <= self.axis < len(shape) for shape in shapes):
            raise ValueError(f"{self.label}: expected arrays with an axis {self.axis}, got {shown}")
        if len({_without(shape, self.axis) for shape in shapes}) > 1:
            raise ValueError(
                f"{self.label}: expected shapes that differ at most along axis {self.axis}, "
                f"got {shown}"
            )


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """Return the shape with 0 for one axis."""
    axis %= len(shape)
    return (*shape[:axis], 0, *shape[axis + 1 :])
