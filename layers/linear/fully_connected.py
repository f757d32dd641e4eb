"""The fully connected (dense, affine) layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.initializers import Initializer, draw


class FullyConnected(Layer):
    """Every output unit is a weighted sum of all inputs, plus a bias: y = x W + b.

    For x of shape (N, D), W (D, M) and b (M,), with dout (N, M) the gradient of y::

        dW = x.T dout       (D, M)   each example adds its outer product
        db = sum of dout    (M,)     over the examples: b is added to every row
        dx = dout W.T       (N, D)   the errors flow back through the same weights

    x may have any shape (..., D); the axes before the last one are all batch.

    Parameters
    ----------
    in_features : int
        D, the size of the last axis of x.
    out_features : int
        M, the size of the last axis of y.
    bias : bool
        Whether the layer has a bias b, which starts at 0.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``.
    dtype : dtype
        The dtype of the parameters and of the computation: x is cast to it. float64 by default.
    rng : None, int or numpy.random.Generator
        The source of the random weights.

    Raises
    ------
    ValueError
        If the last axis of x is not D, or dout does not have the shape of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = FullyConnected(2, 1)
    >>> layer.params["W"] = [[3.0], [4.0]]
    >>> layer.forward([[1.0, 2.0]])
    array([[11.]])
    >>> dx, grads = layer.backward([[1.0]])
    >>> dx
    array([[3., 4.]])
    >>> grads["W"]
    array([[1.],
           [2.]])

    Notes
    -----
    Source: EECS 442, discussion 5, "Fully Connected Layer"; CSE 587, lecture 3, which writes the
    same layer for columns, W x + b.
    """

    _x = Cached[Array]()

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: bool = True,
        weight_init: str | Initializer = "xavier_uniform",
        dtype: DTypeLike | None = None,
        rng: checks.Rng = None,
    ) -> None:
        name = type(self).__name__
        self.in_features = checks.count(name, "in_features", in_features)
        self.out_features = checks.count(name, "out_features", out_features)
        self.weight_init = weight_init
        self.bias = checks.flag(name, "bias", bias)
        shape = (self.in_features, self.out_features)
        W = draw(name, weight_init, shape, checks.generator(name, rng))
        params = {"W": W.astype(floating_dtype(dtype), order="C")}
        if self.bias:
            params["b"] = np.zeros(self.out_features, params["W"].dtype)
        self.params = params

    def forward(self, x: ArrayLike) -> Array:
        """Return y = x W + b, of shape (..., M)."""
        x = self._x = self._batch(x)
        y: Array = _rows(x).dot(self.params["W"])
        if self.bias:
            y += self.params["b"]
        return y if x.ndim == 2 else y.reshape(self._output_shape())

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        """Return dx, in the shape of x, and the gradients of W and b.

        ``input_gradient=False`` skips the product for dx, and returns None in its place.
        """
        x, W = self._x, self.params["W"]
        dout = _rows(checks.upstream(self, dout, self._output_shape(), x.dtype))
        grads = {"W": _rows(x).T.dot(dout)}
        if self.bias:
            grads["b"] = sums.over_rows(dout)
        if not input_gradient:
            return None, grads
        return dout.dot(W.T).reshape(x.shape), grads

    @classmethod
    def param_shapes(
        cls, in_features: int, out_features: int, bias: bool = True, **_: Any
    ) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the params of a layer made with these arguments."""
        shapes: dict[str, tuple[int, ...]] = {"W": (in_features, out_features)}
        return {**shapes, "b": (out_features,)} if bias else shapes

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters, in which the layer computes."""
        return self.params["W"].dtype

    @property
    def label(self) -> str:
        """The name of this layer in error messages."""
        return f"{type(self).__name__} {self.in_features} -> {self.out_features}"

    def _batch(self, x: ArrayLike) -> Array:
        batch = checks.floating(self, "x", x, self.params["W"].dtype)
        if batch.ndim == 0 or batch.shape[-1] != self.in_features:
            raise ValueError(
                f"{self.label}: expected x of shape (..., {self.in_features}), got {batch.shape}"
            )
        return batch

    def _output_shape(self) -> tuple[int, ...]:
        return (*self._x.shape[:-1], self.out_features)


def _rows(x: Array) -> Array:
    """Merge all axes but the last into one batch axis."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])
