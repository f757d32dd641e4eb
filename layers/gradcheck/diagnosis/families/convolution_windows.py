"""What goes wrong with the windows of a convolution: their padding, their stride, their channels.

Whether a layer is a convolution is tried on its output, with the strides and the paddings that
would give the shape of it. Then its gradients with a wrong stride or padding are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.numeric.experiment import Experiment

WIDEST = 3  # strides and paddings that are tried


class Convolution(NamedTuple):
    """A convolution of x (N, C, H, W) with kernels (F, C, kh, kw) under some name."""

    key: str
    stride: int
    padding: int

    def forward(self, x: Array, W: Array, rows: int, columns: int) -> Array:
        """The output without its bias."""
        y = np.zeros((len(x), len(W), rows, columns))
        seen = self.padded(x)
        for k, j in np.ndindex(W.shape[2:]):
            y += np.einsum("nchw,fc->nfhw", seen[self.window(k, j, y)], W[:, :, k, j])
        return y

    def dx(self, dout: Array, x: Array, W: Array, cut: int) -> Array:
        """The gradient of x, with so many rows and columns cut off in front."""
        dseen = np.zeros_like(self.padded(x))
        for k, j in np.ndindex(W.shape[2:]):
            back = np.einsum("nfhw,fc->nchw", dout, W[:, :, k, j])
            dseen[self.window(k, j, dout)] += back
        return dseen[:, :, cut : cut + x.shape[2], cut : cut + x.shape[3]]

    def dW(self, dout: Array, seen: Array, W: Array) -> Array:
        """The gradient of the kernels that have seen padded images."""
        dW = np.zeros_like(W)
        for k, j in np.ndindex(W.shape[2:]):
            dW[:, :, k, j] = np.einsum("nfhw,nchw->fc", dout, seen[self.window(k, j, dout)])
        return dW

    def padded(self, x: Array) -> Array:
        """The images with zeros around them."""
        around = (self.padding, self.padding)
        return np.pad(x, ((0, 0), (0, 0), around, around))

    def window(self, k: int, j: int, y: Array) -> tuple[slice, ...]:
        """What all windows see at one place."""
        rows, columns = (
            start + self.stride * n for start, n in zip((k, j), y.shape[2:], strict=True)
        )
        return slice(None), slice(None), slice(k, rows, self.stride), slice(j, columns, self.stride)


def convolutions(case: Case) -> Iterator[Candidate]:
    """A stride or a padding that backward forgets, in a layer whose output is a convolution."""
    found = found_in(case.first.experiment)
    if found is None:
        return
    claim = f"is the gradient for stride 1, and forward takes stride {found.stride},"
    if found.stride > 1:
        yield Candidate("stride-ignored", _gradient(found, stride=1), claim)
    claim = f"is the gradient without the padding of {found.padding}"
    if found.padding:
        yield Candidate("padding-forgotten", _gradient(found, padded=False), claim)


def found_in(experiment: Experiment) -> Convolution | None:
    """The convolution, up to a bias, that gives the output of an experiment."""
    x, y = experiment.inputs[0], experiment.y
    if np.ndim(y) != 4 or x.ndim != 4:
        return None
    for key, W in experiment.tensors().items():
        if W.ndim != 4 or W.shape[:2] != (y.shape[1], x.shape[1]):
            continue
        for stride, padding in np.ndindex(WIDEST, WIDEST + 1):
            one = Convolution(key, stride + 1, padding)
            sides = zip(x.shape[2:], W.shape[2:], strict=True)
            count = tuple((n + 2 * padding - k) // one.stride + 1 for n, k in sides)
            if count == y.shape[2:]:
                rest = y - one.forward(x, W, *count)
                if np.ptp(rest, axis=(0, 2, 3)).max() < 1e-9 * np.abs(y).max():
                    return one
    return None


def _gradient(
    found: Convolution, stride: int | None = None, padded: bool = True
) -> Callable[[View], Array]:
    wrong = found._replace(stride=stride or found.stride)

    def predict(view: View) -> Array:
        x, W = view.experiment.inputs[0], view.experiment.tensors()[found.key]
        dout = view.dout.reshape(view.output_shape)
        if view.name != found.key:
            return view.at(wrong.dx(dout, x, W, found.padding if padded else 0))
        after = 2 * found.padding
        unpadded = np.pad(x, ((0, 0), (0, 0), (0, after), (0, after)))
        return view.at(wrong.dW(dout, found.padded(x) if padded else unpadded, W))

    return predict
