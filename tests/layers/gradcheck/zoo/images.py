"""Layers of images as courses ask for them, each with the mistakes people make.

A convolution with stride and padding, a pooling, and batch normalisation with running averages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.layers.gradcheck.zoo.specimen import Specimen, mutant

Params = dict[str, Any]
Backward = Callable[[Any, Any, Callable[..., Any]], Any]


class Convolution2D:
    """A convolution with four loops, as it is written first. Right."""

    channels, kernels, size, stride, padding = 2, 2, 3, 2, 1

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        shape = (self.kernels, self.channels, self.size, self.size)
        self.params: Params = {"W": rng.normal(size=shape), "b": rng.normal(size=self.kernels)}

    def padded(self, x: Any) -> Any:
        p = self.padding
        return np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))

    def places(self) -> Iterator[tuple[int, int, Any]]:
        for i in range(self.rows):
            for j in range(self.columns):
                top, left = i * self.stride, j * self.stride
                window = np.s_[:, :, top : top + self.size, left : left + self.size]
                yield i, j, window

    def forward(self, x: Any) -> Any:
        self.seen = self.padded(x)
        self.rows = (self.seen.shape[2] - self.size) // self.stride + 1
        self.columns = (self.seen.shape[3] - self.size) // self.stride + 1
        y = np.empty((len(x), self.kernels, self.rows, self.columns))
        for i, j, window in self.places():
            y[:, :, i, j] = np.einsum("nckl,fckl->nf", self.seen[window], self.params["W"])
        return y + self.params["b"][:, None, None]

    def backward(self, dout: Any) -> Any:
        dseen, dW = np.zeros_like(self.seen), np.zeros_like(self.params["W"])
        for i, j, window in self.places():
            d = dout[:, :, i, j]
            dW += np.einsum("nf,nckl->fckl", d, self.seen[window])
            dseen[window] += np.einsum("nf,fckl->nckl", d, self.params["W"])
        return self.inside(dseen), {"W": dW, "b": dout.sum(axis=(0, 2, 3))}

    def inside(self, dseen: Any) -> Any:
        p = self.padding
        return dseen[:, :, p : dseen.shape[2] - p, p : dseen.shape[3] - p]


def with_another_kernel(change: Callable[[Any], Any]) -> Backward:
    """The gradient of x computed with another W."""

    def backward(layer: Any, dout: Any, right: Any) -> Any:
        W, layer.params["W"] = layer.params["W"], change(layer.params["W"])
        dx, _ = right(dout)
        layer.params["W"] = W
        return dx, right(dout)[1]

    return backward


def without_padding(layer: Any, dout: Any, right: Any) -> Any:
    """The border is cut off on one side twice, so that everything is one pixel away."""
    layer.inside = lambda dseen: dseen[:, :, : -2 * layer.padding, : -2 * layer.padding]
    dx, grads = right(dout)
    del layer.inside
    return dx, grads


def without_stride(layer: Any, dout: Any, right: Any) -> Any:
    layer.stride = 1
    dx, grads = right(dout)
    del layer.stride
    return dx, grads


def overwritten(layer: Any, dout: Any, right: Any) -> Any:
    dseen = np.zeros_like(layer.seen)
    for i, j, window in layer.places():
        dseen[window] = np.einsum("nf,fckl->nckl", dout[:, :, i, j], layer.params["W"])
    return layer.inside(dseen), right(dout)[1]


CONVOLUTION: dict[tuple[str, str, str], Backward] = {
    ("padding-forgotten", "x", "padding forgotten"): without_padding,
    ("stride-ignored", "x", "stride ignored"): without_stride,
    ("weight-reversed", "x", "kernel turned"): with_another_kernel(lambda W: W[:, :, ::-1, ::-1]),
    ("channels-mixed", "x", "kernels for channels"): with_another_kernel(
        lambda W: W.swapaxes(0, 1)
    ),
    ("flow-missing", "x", "windows overwritten"): overwritten,
}


class MaxPooling:
    """The maximum of windows of 2 x 2, one beside the other. Right."""

    def __init__(self) -> None:
        self.params: Params = {}

    def windows(self, x: Any) -> Any:
        n, c, h, w = x.shape
        parts = x.reshape(n, c, h // 2, 2, w // 2, 2)
        return parts.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)

    def images(self, windows: Any) -> Any:
        n, c, h, w, _ = windows.shape
        parts = windows.reshape(n, c, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5)
        return parts.reshape(n, c, 2 * h, 2 * w)

    def forward(self, x: Any) -> Any:
        self.seen = self.windows(x)
        return self.seen.max(axis=-1)

    def backward(self, dout: Any) -> Any:
        first = np.arange(4) == self.seen.argmax(axis=-1)[..., None]
        return self.images(first * dout[..., None]), {}


def to_all_ties(layer: Any, dout: Any, right: Any) -> Any:
    ties = layer.seen == layer.seen.max(axis=-1, keepdims=True)
    return layer.images(ties * dout[..., None]), {}


def to_all(layer: Any, dout: Any, right: Any) -> Any:
    return layer.images(np.repeat(dout[..., None], 4, axis=-1)), {}


POOLING: dict[tuple[str, str], Backward] = {
    ("gradient-to-all-ties", "ties"): to_all_ties,
    ("mask-missing", "all"): to_all,
}


class ChannelNorm:
    """Batch normalisation of images, with running averages. Right; `dx` is for going wrong."""

    momentum, axes = 0.1, (0, 2, 3)

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.params: Params = {"gamma": rng.uniform(0.5, 2, 3), "beta": rng.normal(size=3)}
        self.running_mean, self.running_var = np.zeros(3), np.ones(3)

    def along(self, values: Any) -> Any:
        return values[:, None, None]

    def forward(self, x: Any) -> Any:
        mean, variance = x.mean(axis=self.axes), x.var(axis=self.axes)
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean
        self.running_var = 0.9 * self.running_var + 0.1 * variance
        return self.normalized(x, mean, variance)

    def normalized(self, x: Any, mean: Any, variance: Any) -> Any:
        self.spread = self.along(np.sqrt(variance + 1e-5))
        self.normal = (x - self.along(mean)) / self.spread
        return self.along(self.params["gamma"]) * self.normal + self.along(self.params["beta"])

    def predict(self, x: Any) -> Any:
        spread = self.along(np.sqrt(self.running_var + 1e-5))
        normal = (x - self.along(self.running_mean)) / spread
        return self.along(self.params["gamma"]) * normal + self.along(self.params["beta"])

    def backward(self, dout: Any) -> Any:
        dx = self.dx(dout * self.along(self.params["gamma"]))
        return dx, {
            "gamma": (dout * self.normal).sum(axis=self.axes),
            "beta": dout.sum(axis=self.axes),
        }

    def mean(self, d: Any) -> Any:
        return d.mean(axis=self.axes, keepdims=True)

    def dx(self, d: Any) -> Any:
        return (d - self.mean(d) - self.normal * self.mean(d * self.normal)) / self.spread


def dx(change: Callable[[Any, Any], Any]) -> type:
    return type("ChannelNorm", (ChannelNorm,), {"dx": change})


def unbiased(layer: Any, d: Any) -> Any:
    m = d.size // d.shape[1]
    means = layer.mean(d), layer.normal * layer.mean(d * layer.normal)
    return (d - sum(means) * m / (m - 1)) / layer.spread


def summed(layer: Any, d: Any) -> Any:
    m = d.size // d.shape[1]
    return (d - m * layer.mean(d) - m * layer.normal * layer.mean(d * layer.normal)) / layer.spread


class RunningInForward(ChannelNorm):
    def forward(self, x: Any) -> Any:
        super().forward(x)
        return self.normalized(x, self.running_mean, self.running_var)


class UpdatedInPredict(ChannelNorm):
    def predict(self, x: Any) -> Any:
        y = super().predict(x)
        self.forward(x)
        return y


NORM: dict[tuple[str, str, str], type] = {
    ("path-missing", "x", "mean and variance"): dx(lambda layer, d: d / layer.spread),
    ("path-missing", "x", "variance"): dx(lambda layer, d: (d - layer.mean(d)) / layer.spread),
    ("path-missing", "x", "mean"): dx(
        lambda layer, d: (d - layer.normal * layer.mean(d * layer.normal)) / layer.spread
    ),
    ("path-factor", "x", "1 / N forgotten"): dx(summed),
    ("path-factor", "x", "N - 1"): dx(unbiased),
    ("parameter-missing", "x", "gamma"): dx(
        lambda layer, d: ChannelNorm.dx(layer, d / layer.along(layer.params["gamma"]))
    ),
    ("running-statistics", "", "in forward"): RunningInForward,
    ("changes-in-predict", "", "in predict"): UpdatedInPredict,
}


def specimens() -> Iterator[Specimen]:
    rng = np.random.default_rng(0)
    x, ties = rng.normal(size=(2, 2, 5, 5)), rng.integers(0, 3, (2, 2, 4, 4)).astype(float)
    for (mistake, tensor, variant), change in CONVOLUTION.items():
        kind = mutant(Convolution2D, change)
        yield Specimen("Convolution2D", mistake, tensor, variant, kind, (x,), Convolution2D)
    for (mistake, given), change in POOLING.items():
        kind = mutant(MaxPooling, change)
        inputs = (ties if given == "ties" else rng.normal(size=(2, 2, 4, 4)),)
        yield Specimen("MaxPooling", mistake, "x", given, kind, inputs, MaxPooling)
    for (mistake, tensor, variant), kind in NORM.items():
        inputs = (rng.normal(size=(4, 3, 2, 2)),)
        right = ChannelNorm if tensor else None  # what predict does shows in no gradient
        yield Specimen("ChannelNorm", mistake, tensor, variant, kind, inputs, right)


def right_ones(rng: np.random.Generator) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The right layers of this file, with inputs."""
    n, scale = int(rng.integers(2, 4)), float(10.0 ** rng.integers(-1, 2))
    yield Convolution2D(), (scale * rng.normal(size=(n, 2, 5, 6)),)
    yield MaxPooling(), (scale * rng.normal(size=(n, 2, 4, 6)),)
    yield ChannelNorm(), (rng.normal(size=(n, 3, 2, 3)),)
