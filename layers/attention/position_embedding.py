"""Learned vectors that tell positions apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.initializers import Initializer, draw


class PositionEmbedding(Layer):
    """Add to each step of a sequence a learned vector of its position: y[:, t] = x[:, t] + W[t].

    Attention by itself does not know the order of the steps. For x (N, T, D)::

        dW[t] = sum of dout[n, t] over n      (D,)   0 for positions that x does not reach
        dx = dout

    Parameters
    ----------
    length : int
        L, the largest T: W is (L, D).
    features : int
        D, the size of the last axis of x.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``.
    dtype : dtype
        Of W, and so of y: x is cast to it. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the vectors are drawn from.

    Raises
    ------
    ValueError
        If x is not (N, T, D) with T from 1 to L, or dout does not have the shape of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = PositionEmbedding(3, 2)
    >>> layer.params["W"] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    >>> layer.forward(np.zeros((1, 2, 2)))
    array([[[1., 2.],
            [3., 4.]]])
    >>> dx, grads = layer.backward(np.ones((1, 2, 2)))
    >>> grads["W"]
    array([[1., 1.],
           [1., 1.],
           [0., 0.]])

    Notes
    -----
    Source: Gehring et al., 2017; Radford et al., 2018.
    """

    _shape = Cached[tuple[int, ...]]()

    def __init__(
        self,
        length: int,
        features: int,
        *,
        weight_init: str | Initializer = "uniform",
        dtype: DTypeLike | None = None,
        rng: Any = None,
    ) -> None:
        name = "PositionEmbedding"
        self.length = checks.count(name, "length", length)
        self.features = checks.count(name, "features", features)
        self.weight_init = weight_init
        shape = (self.length, self.features)
        W = draw(name, weight_init, shape, checks.generator(name, rng))
        self.params = {"W": W.astype(floating_dtype(dtype), order="C")}

    def forward(self, x: ArrayLike) -> Array:
        """Return x + W, of the shape of x."""
        x = checks.sequences(self, x, self.features, self.dtype, longest=self.length)
        self._shape = x.shape
        return x + self.params["W"][: x.shape[1]]

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx = dout, and the gradient of W."""
        dout = checks.upstream(self, dout, self._shape, self.dtype)
        dW = np.zeros_like(self.params["W"])
        dW[: dout.shape[1]] = dout.sum(axis=0)
        return dout.copy(), {"W": dW}

    @classmethod
    def param_shapes(cls, length: int, features: int, **_: Any) -> dict[str, tuple[int, ...]]:
        """The shapes of the params of a layer made with these arguments."""
        return {"W": (length, features)}

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of W, and so of y."""
        return self.params["W"].dtype

    @property
    def label(self) -> str:
        """What error messages call this layer."""
        return f"PositionEmbedding {self.length} x {self.features}"
