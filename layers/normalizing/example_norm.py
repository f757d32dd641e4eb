"""What the layers share that normalise each example by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.normalizing.standardized import Standardized, added, standardized


class ExampleNorm(Layer):
    """Normalisation of each example over groups of its numbers, with gamma and beta of (C,).

    The numbers of a group and those of a channel lie side by side. Where a channel has several,
    its gamma and beta are repeated for each.
    """

    _found = Cached[Standardized]()
    _shape = Cached[tuple[int, ...]]()
    _numbers = Cached[int]()  # of an example

    def _start(self, channels: int, epsilon: float, dtype: DTypeLike | None) -> None:
        self.epsilon = added(type(self).__name__, epsilon)
        zeros = np.zeros(channels, floating_dtype(dtype))
        self.params = {"gamma": zeros + 1, "beta": zeros}

    def _normalized(self, x: Array, numbers: int, groups: int) -> Array:
        """Y for x whose examples have so many numbers, in so many groups."""
        self._shape, self._numbers = x.shape, numbers
        self._found = standardized(x.reshape(-1, numbers // groups), self.epsilon)
        y: Array = self._found.rows.reshape(-1, numbers) * self._repeated("gamma")
        y += self._repeated("beta")
        return y.reshape(x.shape)

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx, of the shape of x, and the gradients of gamma and beta."""
        found = self._found
        dout = checks.upstream(self, dout, self._shape, self.dtype).reshape(-1, self._numbers)
        dx = found.backward((dout * self._repeated("gamma")).reshape(found.rows.shape))
        totals = {
            "gamma": sums.over_rows(dout * found.rows.reshape(dout.shape)),
            "beta": sums.over_rows(dout),
        }
        grads = {k: total.reshape(len(self.params[k]), -1).sum(1) for k, total in totals.items()}
        return dx.reshape(self._shape), grads

    def _repeated(self, name: str) -> Array:
        theta = self.params[name]
        return theta.repeat(self._numbers // len(theta))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters, in which the layer computes."""
        return self.params["gamma"].dtype
