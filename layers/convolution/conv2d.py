"""The convolution of images with kernels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, DTypeLike

from layers.convolution.image_windows import Pair, Windows, images, pair
from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.initializers import Initializer, draw

BYTES = 2**20  # of the columns made at a time, so that they stay in the processor's cache


class Conv2D(Layer):
    """Every output channel is a kernel that slides over all input channels, plus a bias.

    For x of shape (N, C, H, W), W (F, C, kh, kw) and b (F,), with s the stride and x padded::

        y[n, f, i, j] = b[f] + sum over c, k, l of x[n, c, s i + k, s j + l] W[f, c, k, l]

    As a product of matrices: a column is what the kernels see at one place, C kh kw numbers, and
    with dout (F, places) the gradient of y::

        y  = W columns          (F, places)
        dW = dout columns.T     (F, C kh kw)        each place adds its outer product
        db = sum of dout        (F,)                over all places
        dcolumns = W.T dout     (C kh kw, places)   and dx adds up, for each pixel, what comes
                                                    back from all the windows that see it

    The kernel is not turned, as in all libraries: this is the cross-correlation.

    Parameters
    ----------
    in_channels : int
        C, the number of channels of x: 1 for grey images, 3 for coloured ones.
    out_channels : int
        F, the number of kernels.
    kernel_size : int or pair of int
        The height and the width of the kernels.
    stride : int or pair of int
        How far apart neighbouring windows are.
    padding : int, pair of int or "same"
        How many rows and columns of zeros surround x. With "same" and stride 1, y has the height
        and the width of x.
    bias : bool
        Whether there is a b; it starts at 0.
    weight_init : str or callable
        A name from `layers.initializers`, or a callable ``(shape, rng) -> array``.
    dtype : dtype
        Of the parameters, and so of the computation: x is cast to it. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the weights are drawn from.

    Raises
    ------
    ValueError
        If x does not have C channels, is smaller than the kernel, or dout does not have the shape
        of y.
    TypeError
        If x is not an array of real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Conv2D(1, 1, (1, 2))
    >>> layer.params["W"] = [[[[-1.0, 1.0]]]]
    >>> layer.forward(np.array([[[[1.0, 4.0, 9.0]]]]))
    array([[[[3., 5.]]]])
    >>> dx, grads = layer.backward(np.array([[[[1.0, 10.0]]]]))
    >>> dx
    array([[[[-1., -9., 10.]]]])
    >>> grads["W"]
    array([[[[41., 94.]]]])

    Notes
    -----
    Source: LeCun et al., 1998; CS231n, "Convolutional Neural Networks".
    """

    _padded = Cached[Array]()
    _count = Cached[Pair]()

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Pair,
        *,
        stride: int | Pair = 1,
        padding: int | Pair | str = 0,
        bias: bool = True,
        weight_init: str | Initializer = "he_uniform",
        dtype: DTypeLike | None = None,
        rng: checks.Rng = None,
    ) -> None:
        name = type(self).__name__
        self.in_channels = checks.count(name, "in_channels", in_channels)
        self.out_channels = checks.count(name, "out_channels", out_channels)
        size = pair(name, "kernel_size", kernel_size)
        steps = pair(name, "stride", stride)
        self.windows = Windows(size, steps, _border(name, padding, size, steps))
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.weight_init = weight_init
        self.bias = checks.flag(name, "bias", bias)
        shape = (self.out_channels, self.in_channels, *size)
        W = draw(name, weight_init, shape, checks.generator(name, rng))
        params = {"W": W.astype(floating_dtype(dtype), order="C")}
        if self.bias:
            params["b"] = np.zeros(self.out_channels, params["W"].dtype)
        self.params = params

    def forward(self, x: ArrayLike) -> Array:
        """Return y of shape (N, F, rows, columns)."""
        W = self.params["W"]
        found = images(self, x, W.dtype, self.in_channels)
        self._count = self.windows.grid(self, found)
        self._padded = self.windows.padded(found)
        y = np.empty((len(found), self.out_channels, *self._count), W.dtype)
        kernels = W.reshape(len(W), -1)
        for at, columns in self._columns():
            _of_kernels(y[at])[...] = kernels.dot(columns).reshape(_of_kernels(y[at]).shape)
        if self.bias:
            y += self.params["b"][:, None, None]
        return y

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        """Return dx, in the shape of x, and the gradients of W and b.

        ``input_gradient=False`` saves the product for dx, and gives None in its place.
        """
        padded, W = self._padded, self.params["W"]
        shape = (len(padded), self.out_channels, *self._count)
        dout = checks.upstream(self, dout, shape, W.dtype)
        kernels = W.reshape(len(W), -1)
        dW = np.zeros_like(kernels)
        dpadded = np.zeros_like(padded) if input_gradient else None
        for at, columns in self._columns():
            errors = _of_kernels(dout[at]).reshape(len(W), -1)
            dW += errors.dot(columns.T)
            if dpadded is not None:
                self._add(dpadded, at, kernels.T.dot(errors))
        grads = {"W": dW.reshape(W.shape)}
        if self.bias:
            per_image = sums.over_columns(dout.reshape(-1, shape[2] * shape[3]))
            grads["b"] = sums.over_rows(per_image.reshape(shape[:2]))
        return None if dpadded is None else np.ascontiguousarray(
            self.windows.inside(dpadded)
        ), grads

    def _columns(self) -> Iterator[tuple[tuple[slice, slice, slice], Array]]:
        """Some places of y at a time, of one image or several, and what the kernels see there."""
        (down, right), (rows, columns) = self.windows.stride, self._count
        seen = sliding_window_view(self._padded, self.windows.size, (2, 3))[:, :, ::down, ::right]
        seen = seen.transpose(1, 4, 5, 0, 2, 3)  # (C, kh, kw, N, rows, columns)
        of_row = seen.itemsize * self.params["W"][0].size * columns
        height = min(rows, max(1, BYTES // of_row))
        several = max(1, BYTES // (of_row * height)) if height == rows else 1
        for n in range(0, len(self._padded), several):
            for row in range(0, rows, height):
                block = seen[:, :, :, n : n + several, row : row + height]
                at = (slice(n, n + several), slice(None), slice(row, row + height))
                yield at, block.reshape(self.params["W"][0].size, -1)

    def _add(self, dpadded: Array, at: tuple[slice, slice, slice], dcolumns: Array) -> None:
        """Add what comes back from some windows to the pixels that they see."""
        n, _, rows = at
        (down, _), (kh, kw) = self.windows.stride, self.windows.size
        first, last = rows.start, min(rows.stop, self._count[0]) - 1
        part = dpadded[n, :, first * down : last * down + kh]
        shape = (self.in_channels, kh * kw, len(part), last - first + 1, self._count[1])
        back = dcolumns.reshape(shape).transpose(1, 2, 0, 3, 4)
        for place, gradient in zip(self.windows.places(part), back, strict=True):
            place += gradient

    @classmethod
    def param_shapes(
        cls, in_channels: int, out_channels: int, kernel_size: Any, bias: bool = True, **_: Any
    ) -> dict[str, tuple[int, ...]]:
        """The shapes of the params of a layer made with these arguments."""
        size = pair(cls.__name__, "kernel_size", kernel_size)
        shapes: dict[str, tuple[int, ...]] = {"W": (out_channels, in_channels, *size)}
        return {**shapes, "b": (out_channels,)} if bias else shapes

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters, in which the layer computes."""
        return self.params["W"].dtype

    @property
    def label(self) -> str:
        """The name of this layer in error messages."""
        kh, kw = self.windows.size
        return f"{type(self).__name__} {self.in_channels} -> {self.out_channels}, {kh} x {kw}"


def _border(name: str, padding: Any, size: Pair, stride: Pair) -> tuple[Pair, Pair]:
    """The rows before and after, and the columns; of an even kernel, "same" adds more after."""
    if isinstance(padding, str):
        if padding != "same" or stride != (1, 1):
            raise ValueError(
                f'{name}: expected padding to be numbers, or "same" with stride 1, got {padding!r} '
                f"with stride {stride}"
            )
        return ((size[0] - 1) // 2, size[0] // 2), ((size[1] - 1) // 2, size[1] // 2)
    rows, columns = pair(name, "padding", padding, least=0)
    return (rows, rows), (columns, columns)


def _of_kernels(y: Array) -> Array:
    """The kernels first, (F, N, rows, columns), as a product of matrices gives them."""
    turned: Array = y.transpose(1, 0, 2, 3)
    return turned
