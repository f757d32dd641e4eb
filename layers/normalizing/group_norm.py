"""Normalisation of each image over groups of its channels."""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks
from layers.core.params import Array
from layers.normalizing.example_norm import ExampleNorm


class GroupNorm(ExampleNorm):
    """Each group of an image's channels has mean 0 and variance 1; channels are then scaled.

    For x of shape (N, C, ...), with the mean and the variance over the channels of a group and
    all their pixels::

        x_hat  = (x - mean) / sqrt(variance + epsilon)
        y      = gamma x_hat + beta
        dgamma = sum of dout x_hat      (C,)   over the examples and the pixels
        dbeta  = sum of dout            (C,)
        dx_hat = gamma dout
        dx     = (dx_hat - mean of dx_hat - x_hat (mean of dx_hat x_hat)) / sqrt(variance + epsilon)

    No example depends on another, so that training and inference are the same. One group is the
    normalisation of a whole image, and a group for each channel is instance normalisation.

    Parameters
    ----------
    groups : int
        The number of groups; it divides the number of channels.
    channels : int
        C, the size of the second axis of x.
    epsilon : float
        Is added to the variance, which may be 0.
    dtype : dtype
        Of the parameters, and so of the computation. float64 unless given.

    Raises
    ------
    ValueError
        If the groups do not divide the channels, the second axis of x is not C, or dout does not
        have the shape of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = GroupNorm(1, 2, epsilon=0.0)
    >>> layer.forward(np.array([[[[1.0, 1.0]], [[3.0, 3.0]]]]))
    array([[[[-1., -1.]],
    <BLANKLINE>
            [[ 1.,  1.]]]])

    Notes
    -----
    Source: Wu and He, 2018.
    """

    def __init__(
        self, groups: int, channels: int, *, epsilon: float = 1e-5, dtype: DTypeLike | None = None
    ) -> None:
        self.groups = checks.count("GroupNorm", "groups", groups)
        self.channels = checks.count("GroupNorm", "channels", channels)
        if channels % groups:
            raise ValueError(
                f"GroupNorm: expected groups to divide the {channels} channels, got {groups}"
            )
        self._start(self.channels, epsilon, dtype)

    def forward(self, x: ArrayLike) -> Array:
        """Return y, of the shape of x."""
        found = checks.floating(self, "x", x, self.dtype)
        if found.ndim < 2 or found.shape[1] != self.channels or not math.prod(found.shape[1:]):
            raise ValueError(
                f"{self.label}: expected x of shape (N, {self.channels}, ...) with at least one "
                f"entry, got {found.shape}"
            )
        return self._normalized(found, math.prod(found.shape[1:]), self.groups)

    @classmethod
    def param_shapes(cls, groups: int, channels: int, **_: Any) -> dict[str, tuple[int, ...]]:
        """The shapes of the params of a layer made with these arguments."""
        return {"gamma": (channels,), "beta": (channels,)}

    @property
    def label(self) -> str:
        """The name of this layer in error messages."""
        return f"GroupNorm {self.groups} of {self.channels}"
