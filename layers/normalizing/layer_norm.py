"""Normalisation of each example over its features."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks
from layers.core.params import Array
from layers.normalizing.example_norm import ExampleNorm


class LayerNorm(ExampleNorm):
    """Each example has mean 0 and variance 1 over its features, and is then scaled and shifted.

    For x of shape (..., D), with the mean and the variance over the last axis::

        x_hat  = (x - mean) / sqrt(variance + epsilon)
        y      = gamma x_hat + beta
        dgamma = sum of dout x_hat      (D,)   over all axes but the last
        dbeta  = sum of dout            (D,)
        dx_hat = gamma dout
        dx     = (dx_hat - mean of dx_hat - x_hat (mean of dx_hat x_hat)) / sqrt(variance + epsilon)

    No example depends on another, so that training and inference are the same.

    Parameters
    ----------
    features : int
        D, the size of the last axis of x.
    epsilon : float
        Is added to the variance, which may be 0.
    dtype : dtype
        Of the parameters, and so of the computation. float64 unless given.

    Raises
    ------
    ValueError
        If the last axis of x is not D, or dout does not have the shape of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = LayerNorm(2, epsilon=0.0)
    >>> layer.forward(np.array([[1.0, 3.0], [10.0, 30.0]]))
    array([[-1.,  1.],
           [-1.,  1.]])

    Notes
    -----
    Source: Ba, Kiros and Hinton, 2016.
    """

    def __init__(
        self, features: int, *, epsilon: float = 1e-5, dtype: DTypeLike | None = None
    ) -> None:
        self.features = checks.count("LayerNorm", "features", features)
        self._start(self.features, epsilon, dtype)

    def forward(self, x: ArrayLike) -> Array:
        """Return y, of the shape of x."""
        found = checks.floating(self, "x", x, self.dtype)
        if not found.ndim or found.shape[-1] != self.features:
            raise ValueError(
                f"{self.label}: expected x of shape (..., {self.features}), got {found.shape}"
            )
        return self._normalized(found, self.features, 1)

    @classmethod
    def param_shapes(cls, features: int, **_: Any) -> dict[str, tuple[int, ...]]:
        """The shapes of the params of a layer made with these arguments."""
        return {"gamma": (features,), "beta": (features,)}

    @property
    def label(self) -> str:
        """The name of this layer in error messages."""
        return f"LayerNorm {self.features}"
