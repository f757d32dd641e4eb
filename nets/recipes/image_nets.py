"""Convolutional nets: a plain one, LeNet, and a residual net."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import DTypeLike

from layers import (
    BatchNorm,
    Conv2D,
    Dropout,
    Flatten,
    FullyConnected,
    GlobalAveragePool2D,
    MaxPool2D,
    ReLU,
)
from layers.core.checks import Rng, count, flag, generator
from nets.arguments import fits, items
from nets.recipes.activation import Activation, maker
from nets.recipes.activation import weight_init as init_before
from nets.recipes.perceptrons import counts, dropped, perceptron
from nets.residual import Residual
from nets.sequential import Sequential


def conv_net(
    input_shape: Sequence[int],
    classes: int,
    channels: int | Sequence[int] = (32, 64),
    *,
    hidden: int | Sequence[int] = (),
    activation: Activation = ReLU,
    batch_norm: bool = True,
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """A convolutional net: stages that each halve the image, and a perceptron on what is left.

    A stage is a convolution with kernels of 3 x 3, `BatchNorm`, an activation, and `MaxPool2D`.

    Parameters
    ----------
    input_shape : tuple of int
        The channels, height and width of an image: (3, 32, 32).
    classes : int
        C, the number of classes; the loss is `SoftmaxCE`.
    channels : int or sequence of int
        The number of kernels of each stage, or of the only one.
    hidden : int or sequence of int
        The number of units in a hidden layer of the perceptron, or in each of several. ``()``:
        there are none.
    activation : class or str
        The activation of all hidden layers, as in `mlp`.
    batch_norm : bool
        Whether the outputs of convolutions are normalised.
    dropout : float
        The probability of dropping an input or a hidden unit of the perceptron in training.
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights and the units to drop.

    Returns
    -------
    Sequential
        Maps images (N, channels, height, width) to scores (N, C).

    Raises
    ------
    ValueError
        If a size is not a positive integer, or the image is too small to be halved so often.

    Examples
    --------
    >>> conv_net((3, 32, 32), 10, channels=[16])
    Sequential(
        Conv2D(3, 16, 3, padding='same', bias=False),
        BatchNorm(16),
        ReLU(),
        MaxPool2D(2),
        Flatten(),
        FullyConnected(4096, 10),
    )

    Notes
    -----
    Source: CS231n, "Convolutional Neural Networks", "Layer Patterns"; Ioffe and Szegedy, 2015.
    """
    owner, rng = "conv_net", generator("conv_net", rng)
    kernels, p = _stages(owner, channels), dropped(owner, dropout)
    depth, height, width = _image(owner, input_shape, least=2 ** len(kernels))
    stage = _Stage(owner, activation, flag(owner, "batch_norm", batch_norm), dtype, rng)
    layers: list[Any] = []
    for size in kernels:
        layers += [*stage(depth, size), MaxPool2D(2)]
        depth, height, width = size, height // 2, width // 2
    units = counts(owner, "hidden", hidden)
    sizes = (depth * height * width, *units, classes)
    rest = perceptron(owner, sizes, activation, None, p if units else 0.0, dtype, rng)
    return Sequential(*layers, Flatten(), *([Dropout(p, rng=rng)] if p else []), *rest)


def lenet(
    input_shape: Sequence[int] = (1, 28, 28),
    classes: int = 10,
    *,
    activation: Activation = ReLU,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """LeNet-5 for digits: two convolutions with pooling, and three fully connected layers.

    It has the sizes of the first successful convolutional net, with maxima in place of trained
    averages, and ReLU unless another `activation` is given; its own was tanh.

    Parameters
    ----------
    input_shape : tuple of int
        The channels, height and width of an image, at least 12 x 12.
    classes : int
        C, the number of classes; the loss is `SoftmaxCE`.
    activation : class or str
        The activation of all hidden layers, as in `mlp`.
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights.

    Returns
    -------
    Sequential
        Maps images (N, channels, height, width) to scores (N, C).

    Raises
    ------
    ValueError
        If a size is not a positive integer, or the image is too small.

    Examples
    --------
    >>> lenet().summary((1, 28, 28))
    layer                                                output            parameters
    0 Conv2D(1, 6, 5, padding='same')                    (N, 6, 28, 28)           156
    1 ReLU()                                             (N, 6, 28, 28)             0
    2 MaxPool2D(2)                                       (N, 6, 14, 14)             0
    3 Conv2D(6, 16, 5)                                   (N, 16, 10, 10)        2,416
    4 ReLU()                                             (N, 16, 10, 10)            0
    5 MaxPool2D(2)                                       (N, 16, 5, 5)              0
    6 Flatten()                                          (N, 400)                   0
    7 FullyConnected(400, 120, weight_init='he_uniform') (N, 120)              48,120
    8 ReLU()                                             (N, 120)                   0
    9 FullyConnected(120, 84, weight_init='he_uniform')  (N, 84)               10,164
    10 ReLU()                                            (N, 84)                    0
    11 FullyConnected(84, 10)                            (N, 10)                  850
    61,706 parameters, 493.6 kB in float64

    Notes
    -----
    Source: LeCun, Bottou, Bengio and Haffner, 1998, "Gradient-Based Learning Applied to Document
    Recognition".
    """
    owner, rng = "lenet", generator("lenet", rng)
    depth, *size = _image(owner, input_shape, least=12)
    stage = _Stage(owner, activation, False, dtype, rng)
    height, width = ((n // 2 - 4) // 2 for n in size)  # after pooling, windows of 5, and pooling
    sizes = (16 * height * width, 120, 84, classes)
    return Sequential(
        *stage(depth, 6, size=5),
        MaxPool2D(2),
        *stage(6, 16, size=5, padding=0),
        MaxPool2D(2),
        Flatten(),
        *perceptron(owner, sizes, activation, None, 0.0, dtype, rng),
    )


def resnet(
    input_shape: Sequence[int],
    classes: int,
    channels: int | Sequence[int] = (16, 32, 64),
    *,
    blocks: int = 1,
    activation: Activation = ReLU,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """A residual net: stages of blocks that each add something to the image, as in `Residual`.

    A block has two convolutions with `BatchNorm`. Every stage but the first begins with a
    convolution of stride 2, which halves the image; at the end, the mean over the pixels of each
    channel goes into one fully connected layer.

    Parameters
    ----------
    input_shape : tuple of int
        The channels, height and width of an image: (3, 32, 32).
    classes : int
        C, the number of classes; the loss is `SoftmaxCE`.
    channels : int or sequence of int
        The number of kernels of each stage, or of the only one.
    blocks : int
        The number of residual blocks of each stage.
    activation : class or str
        The activation, as in `mlp`.
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights.

    Returns
    -------
    Sequential
        Maps images (N, channels, height, width) to scores (N, C).

    Raises
    ------
    ValueError
        If a size is not a positive integer, or the image is too small to be halved so often.

    Examples
    --------
    >>> resnet((3, 32, 32), 10, channels=[16])
    Sequential(
        Conv2D(3, 16, 3, padding='same', bias=False),
        BatchNorm(16),
        ReLU(),
        Residual(
            Conv2D(16, 16, 3, padding='same', bias=False),
            BatchNorm(16),
            ReLU(),
            Conv2D(16, 16, 3, padding='same', bias=False),
            BatchNorm(16),
        ),
        ReLU(),
        GlobalAveragePool2D(),
        FullyConnected(16, 10),
    )

    Notes
    -----
    Source: He et al., 2016, "Deep Residual Learning for Image Recognition". There the way around
    the first block of a stage is a convolution too; here it comes before the block.
    """
    owner, rng = "resnet", generator("resnet", rng)
    kernels, blocks = _stages(owner, channels), count(owner, "blocks", blocks)
    depth, classes = _image(owner, input_shape)[0], count(owner, "classes", classes)
    stage = _Stage(owner, activation, True, dtype, rng)
    layers: list[Any] = []
    for size in kernels:
        layers += stage(depth, size, stride=2, padding=1) if layers else stage(depth, size)
        for _ in range(blocks):
            *linear, last = stage(size, size) + stage(size, size)
            layers += [Residual(*linear), last]
        depth = size
    last = FullyConnected(depth, classes, dtype=dtype, rng=rng)
    return Sequential(*layers, GlobalAveragePool2D(), last)


@dataclass(frozen=True)
class _Stage:
    """Makes convolutions with their normalisation and activation, all in the same way."""

    owner: str
    activation: Activation
    batch_norm: bool
    dtype: DTypeLike | None
    rng: Rng

    def __call__(
        self, depth: int, kernels: int, size: int = 3, padding: int | str = "same", stride: int = 1
    ) -> list[Any]:
        fits(self.owner, (kernels, depth, size, size))
        convolution = Conv2D(
            depth,
            kernels,
            size,
            stride=stride,
            padding=padding,
            bias=not self.batch_norm,  # which has a bias itself
            weight_init=init_before(self.activation),
            dtype=self.dtype,
            rng=self.rng,
        )
        norm = [BatchNorm(kernels, dtype=self.dtype)] if self.batch_norm else []
        return [convolution, *norm, maker(self.activation, self.owner)()]


def _image(owner: str, shape: Any, least: int = 1) -> list[int]:
    """The channels, height and width of an image that is not too small."""
    sizes = [
        count(owner, "each size of input_shape", n) for n in items(owner, "input_shape", shape)
    ]
    if len(sizes) != 3:
        hint = f"; grey images are (1, {sizes[0]}, {sizes[1]})" if len(sizes) == 2 else ""
        raise ValueError(
            f"{owner}: expected input_shape to be (channels, height, width), got {shape}{hint}"
        )
    if min(sizes[1:]) < least:
        raise ValueError(
            f"{owner}: expected images of at least {least} x {least} pixels, because each stage "
            f"halves them, got input_shape {tuple(sizes)}"
        )
    return sizes


def _stages(owner: str, channels: Any) -> tuple[int, ...]:
    """The number of kernels of each stage; there is at least one."""
    kernels = counts(owner, "channels", channels)
    if not kernels:
        raise ValueError(f"{owner}: expected channels of at least one stage, got {channels!r}")
    return kernels
