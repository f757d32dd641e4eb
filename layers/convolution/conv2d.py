"""The convolution of images with kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.convolution.image_columns import ImageColumns, kernels_first
from layers.convolution.image_windows import Pair, Windows, images, pair
from layers.core import checks, sums
from layers.core.base import Grads, Layer
from layers.core.cache import Cached
from layers.core.cast import floating_dtype
from layers.core.params import Array
from layers.initializers import Initializer, draw


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
        b = self.params["b"] if self.bias else np.zeros(1, W.dtype)
        columns = ImageColumns(self._padded, self.windows, self._count)
        for block in columns.blocks():
            product = W.reshape(len(W), -1).dot(columns.seen(block))
            np.add(
                columns.images(product, block), b[:, None, None, None], out=kernels_first(y[block])
            )
        return y

    def backward(self, dout: ArrayLike, input_gradient: bool = True) -> tuple[Array | None, Grads]:
        """Return dx, in the shape of x, and the gradients of W and b.

        ``input_gradient=False`` saves the product for dx, and gives None in its place.
        """
        padded, W = self._padded, self.params["W"]
        shape = (len(padded), self.out_channels, *self._count)
        dout = checks.upstream(self, dout, shape, W.dtype)
        # A column of dout has F kh kw numbers: with few channels, columns of x cost less.
        turns = input_gradient and self.windows.can_turn and len(W) <= 2 * self.in_channels
        dx, dW = self._turned(dout) if turns else self._summed(dout, input_gradient)
        grads = {"W": dW}
        if self.bias:
            per_image = sums.over_columns(dout.reshape(-1, shape[2] * shape[3]))
            grads["b"] = sums.over_rows(per_image.reshape(shape[:2]))
        return dx, grads

    def _summed(self, dout: Array, input_gradient: bool) -> tuple[Array | None, Array]:
        """Dx and dW from the columns of x."""
        W = self.params["W"]
        kernels = W.reshape(len(W), -1)
        columns = ImageColumns(self._padded, self.windows, self._count)
        dW = np.zeros_like(kernels)
        dpadded = np.zeros(self._padded.shape, W.dtype) if input_gradient else None
        for block in columns.blocks():
            errors = columns.matrix(dout, block)
            dW += errors.dot(columns.seen(block).T)
            if dpadded is not None:
                columns.add(dpadded, block, kernels.T.dot(errors))
        dx = None if dpadded is None else np.ascontiguousarray(self.windows.inside(dpadded))
        return dx, dW.reshape(W.shape)

    def _turned(self, dout: Array) -> tuple[Array, Array]:
        """Dx and dW from the columns of dout: dx is the convolution of dout with turned kernels.

        Where window p sees pixel q at (k, l), q sees p at (kh - 1 - k, kw - 1 - l).
        """
        x, W, back = self.windows.inside(self._padded), self.params["W"], self.windows.turned()
        turned = kernels_first(W[:, :, ::-1, ::-1])
        kernels = turned.reshape(len(turned), -1)
        columns = ImageColumns(back.padded(dout), back, x.shape[2:])
        dx, dkernels = np.empty(x.shape, W.dtype), np.zeros(kernels.shape, W.dtype)
        for block in columns.blocks():
            seen = columns.seen(block)
            kernels_first(dx[block])[...] = columns.images(kernels.dot(seen), block)
            dkernels += columns.matrix(x, block).dot(seen.T)
        dW = kernels_first(dkernels.reshape(turned.shape))[:, :, ::-1, ::-1]
        return dx, np.ascontiguousarray(dW)

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
