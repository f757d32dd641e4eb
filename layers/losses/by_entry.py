"""Losses that compare an output with its targets entry by entry."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.base import Layer
from layers.core.params import Array


class ByEntry(Layer):
    """A loss of an output and targets t of the same shape, which may be any shape."""

    output = "y"  # what error messages call the output

    def check(self, shape: tuple[int, ...], t: ArrayLike) -> Array:
        """The targets for an output of the given shape; raise if they do not fit."""
        array = checks.numbers(self, "t", t)
        if array.shape != shape:
            raise ValueError(
                f"{self.label}: expected targets t of shape {shape}, the shape of {self.output}, "
                f"got {array.shape}; reshape one of them, because they are never broadcast"
            )
        return array

    def _weighed(
        self, y: Array, t: Array, sample_weight: ArrayLike | None
    ) -> tuple[Array, Array, Any]:
        """Return an output, its targets, and the weight of each entry.

        Entries of weight 0 become 0 in both: see `checks.counted`.
        """
        if sample_weight is None:
            return y, t, 1 / y.size
        rows = y.reshape(len(y), -1) if y.ndim else y.reshape(1, 1)
        shares = checks.weights(self, sample_weight, (len(rows),), y.dtype) / rows.shape[1]
        weight = shares.reshape(y.shape[:1] + (1,) * (y.ndim - 1))
        return checks.counted(weight, y), checks.counted(weight, t), weight


class ByTwoClasses(ByEntry):
    """A loss for targets that are classes 0 and 1, or probabilities of class 1."""

    def check(self, shape: tuple[int, ...], t: ArrayLike) -> Array:
        """The targets for an output of the given shape; raise if they do not fit."""
        return self._from_0_to_1(super().check(shape, t))

    def _from_0_to_1(self, t: Array) -> Array:
        hint = "; 0 and 1 name the two classes"
        checks.allowed(self, "targets t from 0 to 1", t, (t >= 0) & (t <= 1), hint)
        return t

    def _accuracy(self, y: Array, middle: float, t: ArrayLike) -> float:
        """Return the fraction of entries on the correct side: y above `middle` for class 1 only."""
        targets = self.check(y.shape, t)
        checks.not_empty(self, self.output.removeprefix("the "), y)
        correct = ((y > middle) == (targets > 0.5)) & ~np.isnan(y)
        return float(np.count_nonzero(correct) / correct.size)
