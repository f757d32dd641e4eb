"""Normalisation of each channel over the batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core import checks
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.normalizing.channel_rows import ChannelRows
from layers.normalizing.standardized import added


class BatchNorm(Layer):
    """Each channel has mean 0 and variance 1 over the batch, and is then scaled and shifted.

    For x of shape (N, C) or (N, C, H, W), with the mean and the variance over the m values of a
    channel in the batch, m = N or N H W::

        x_hat  = (x - mean) / sqrt(variance + epsilon)
        y      = gamma x_hat + beta
        dgamma = sum of dout x_hat      (C,)
        dbeta  = sum of dout            (C,)
        dx     = gamma (dout - dbeta / m - x_hat dgamma / m) / sqrt(variance + epsilon)

    The two terms that dx subtracts come back through the mean and through the variance, to which
    every example of the batch contributes.

    Inference takes running averages in place of the batch's, so that no example depends on another.
    Each ``forward`` moves them by ``momentum``::

        running = (1 - momentum) running + momentum of_batch

    There the variance is the unbiased one, m / (m - 1) times that of the batch.

    Parameters
    ----------
    features : int
        C, the size of the second axis of x.
    momentum : float
        How far a batch moves the running averages, from 0 to 1.
    epsilon : float
        Is added to the variance, which may be 0.
    dtype : dtype
        Of the parameters, and so of the computation. float64 unless given.

    Attributes
    ----------
    buffers : dict of str to ndarray
        ``running_mean`` and ``running_var`` of shape (C,), which start at 0 and 1.

    Raises
    ------
    ValueError
        If x has neither two nor four axes, the second is not C, or, in training, there is only one
        value a channel; or if dout does not have the shape of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = BatchNorm(2, epsilon=0.0)
    >>> layer.forward(np.array([[1.0, 10.0], [3.0, 30.0]]))
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> layer.buffers["running_mean"], layer.buffers["running_var"]
    (array([0.2, 2. ]), array([ 1.1, 20.9]))

    Notes
    -----
    Source: Ioffe and Szegedy, 2015; CS231n, "Neural Networks Part 2", "Batch Normalization".
    """

    _centred = Cached[ChannelRows]()  # x - mean
    _scale = Cached[Array]()  # 1 / sqrt(variance + epsilon)

    def __init__(
        self,
        features: int,
        *,
        momentum: float = 0.1,
        epsilon: float = 1e-5,
        dtype: DTypeLike | None = None,
    ) -> None:
        name = type(self).__name__
        self.features = checks.count(name, "features", features)
        self.momentum = checks.real(name, "momentum", momentum)
        if not 0 <= self.momentum <= 1:
            raise ValueError(f"{name}: expected momentum from 0 to 1, got {momentum!r}")
        self.epsilon = added(name, epsilon)
        zeros = np.zeros(self.features, floating_dtype(dtype))
        self.params = {"gamma": zeros + 1, "beta": zeros}
        self.buffers = {"running_mean": zeros.copy(), "running_var": zeros + 1}

    def forward(self, x: ArrayLike) -> Array:
        """Return y, of the shape of x, and move the running averages towards the batch."""
        rows = self._rows(x)
        if rows.count < 2:
            raise ValueError(
                f"{self.label}: expected more than one value a channel in training, got x of shape "
                f"{rows.shape}, of which the variance is 0; pass a larger batch"
            )
        mean = rows.sums() / rows.count
        self._centred = rows.minus(mean)
        variance = self._centred.sums_with(self._centred) / rows.count
        self._scale = self._inverse_deviation(variance)
        unbiased = variance * (rows.count / (rows.count - 1))
        for name, of_batch in (("running_mean", mean), ("running_var", unbiased)):
            running = self.buffers[name]
            running += self.momentum * (of_batch - running)
        return self._centred.affine(self._scale * self.params["gamma"], self.params["beta"]).images

    def backward(self, dout: ArrayLike) -> tuple[Array, Grads]:
        """Return dx, of the shape of x, and the gradients of gamma and beta."""
        centred, scale, m = self._centred, self._scale, self._centred.count
        errors = ChannelRows(checks.upstream(self, dout, centred.shape, self.dtype))
        dgamma, dbeta = scale * errors.sums_with(centred), errors.sums()
        factor = self.params["gamma"] * scale
        along = -factor * scale * dgamma / m
        dx = errors.affine(factor, -factor * dbeta / m, plus=(along, centred))
        return dx.images, {"gamma": dgamma, "beta": dbeta}

    def predict(self, x: ArrayLike) -> Array:
        """Return y with the running averages in place of the batch's; nothing changes."""
        factor = self._inverse_deviation(self.buffers["running_var"]) * self.params["gamma"]
        centred = self._rows(x).minus(self.buffers["running_mean"])
        return centred.affine(factor, self.params["beta"]).images

    def _rows(self, x: ArrayLike) -> ChannelRows:
        found = checks.floating(self, "x", x, self.dtype)
        if found.ndim not in (2, 4) or found.shape[1] != self.features:
            raise ValueError(
                f"{self.label}: expected x of shape (N, {self.features}) or "
                f"(N, {self.features}, H, W), got {found.shape}"
            )
        return ChannelRows(found)

    def _inverse_deviation(self, variance: Array) -> Array:
        inverse: Array = 1 / np.sqrt(variance + self.dtype.type(self.epsilon))
        return inverse

    @classmethod
    def param_shapes(cls, features: int, **_: Any) -> dict[str, tuple[int, ...]]:
        """The shapes of the params and buffers of a layer made with these arguments."""
        names = ("gamma", "beta", "running_mean", "running_var")
        return dict.fromkeys(names, (features,))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters, in which the layer computes."""
        return self.params["gamma"].dtype

    @property
    def label(self) -> str:
        """What error messages call this layer."""
        return f"BatchNorm {self.features}"
