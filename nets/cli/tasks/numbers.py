"""The task on numbers: classify images and tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from layers.core.checks import Rng
from layers.core.params import Array
from nets import datasets, plots
from nets.cli.tasks.task import Task, predicted, print_classes, validation_part
from nets.cli.train_options import NumbersOptions
from nets.datasets import Dataset, RandomFlip, RandomShift
from nets.recipes import conv_net, lenet, mlp, resnet
from nets.sequential import Sequential

BUNDLED: dict[str, Callable[[], Dataset]] = {
    "digits": datasets.digits,
    "mnist": datasets.mnist,
    "fashion-mnist": datasets.fashion_mnist,
    "cifar10": datasets.cifar10,
}
RECIPES: dict[str, Callable[..., Sequential]] = {
    "conv": conv_net,
    "lenet": lenet,
    "resnet": resnet,
}
HIDDEN = (128,)
CHANNELS, RESIDUAL = (32, 64, 128), (16, 32, 64)  # of the stages
SMALLEST = 4  # rows and columns after the last stage
FEW = 4  # channels of a small net, and the rows and columns of the images for it:
CROP = {"conv": 8, "resnet": 8, "lenet": 12}
SHIFTS = {"cifar10": 4, "mnist": 1, "fashion-mnist": 1}  # pixels; the digits are too small
PHOTOGRAPHS = ("cifar10",)  # which show the same when they are mirrored


class NumbersTask(Task):
    """The classification of images, or of a user's table."""

    def __init__(self, options: NumbersOptions) -> None:
        own, self.reads_images = options.is_own_file, options.net != "mlp"
        self.data: Dataset = datasets.from_file(options.data) if own else BUNDLED[options.data]()
        print(self.data)
        self.input_shape = _input_shape(self.data, options)
        if own:
            print_classes(self.data)
        train, held_out = validation_part(self.data.y_train, options.seed)
        x, y = self._shaped(self.data.x_train), self.data.y_train
        self.mean, self.deviation = self._scale(x[train], own)
        self.x_train, self.x_validation, self.x_test = (
            (part - self.mean) / self.deviation
            for part in (x[train], x[held_out], self._shaped(self.data.x_test))
        )
        self.y_train, self.y_validation, self.y_test = y[train], y[held_out], self.data.y_test
        self.classes = self.data.classes
        if self.reads_images and options.data in SHIFTS:
            self.augment = _augmentation(options.data, options.seed)
        self.form = _form(options, self.input_shape)
        self.net = build(self.input_shape, len(self.classes), **self.form, rng=options.seed)
        if self.reads_images:
            form = dict(self.form)
            if "channels" in form:
                form["channels"] = (FEW,) * len(form["channels"])
            shape = self.few().shape[1:]
            self.miniature = build(shape, len(self.classes), **form, rng=options.seed)

    @property
    def epochs(self) -> int:
        """The default number of epochs."""
        return 5 if self.form["net"] == "lenet" else super().epochs

    @property
    def batch_size(self) -> int:
        """The default size: small for LeNet, so that its few epochs have many steps."""
        return min(64, super().batch_size) if self.form["net"] == "lenet" else super().batch_size

    def few(self) -> Array:
        """The first training examples, and of images the middle."""
        x = super().few()
        if self.reads_images:
            for axis, pixels in ((2, x.shape[2]), (3, x.shape[3])):
                side = min(CROP[self.form["net"]], pixels)
                x = x.take(range((pixels - side) // 2, (pixels + side) // 2), axis)
        return x

    def about(self) -> dict[str, Any]:
        """The columns, and the form of the net."""
        return {
            "input_shape": self.input_shape,
            "columns": self.data.columns,
            "image_shape": self.data.image_shape,
            "net": self.form,
        }

    def finish(self, net: Sequential) -> Sequential:
        """Let the first layer do the scaling, so that the saved net takes unscaled data.

        ((x - mean) / deviation) W + b = x (W / deviation) + (b - (mean / deviation) W)
        """
        self.x_test = self._shaped(self.data.x_test)
        if np.ndim(self.mean):
            W, b = net.params["0.W"], net.params["0.b"]
            net.params["0.b"] = b - (self.mean / self.deviation) @ W
            net.params["0.W"] = W / self.deviation[:, None]
        elif self.deviation != 1:
            net.params["0.W"] = net.params["0.W"] / self.deviation
        return net

    def pictures(self, net: Sequential) -> Iterator[tuple[Any, str]]:
        """Test images with their labels, the misread ones first, and the filters of the net."""
        data = self.data
        if data.image_shape:
            predictions = predicted(net, self.x_test).argmax(axis=1)
            order = np.argsort(predictions == data.y_test, kind="stable")[:30]
            names = np.array(data.classes)
            labels, read = names[data.y_test[order]], names[predictions[order]]
            figure = plots.sample_images(data.x_test[order], labels, data.image_shape, read)
            yield figure, "test-images.png"
        W = net.params.get("0.W")
        if W is not None and W.ndim == 4:
            yield plots.filters(W), "filters.png"

    def _shaped(self, x: Array) -> Array:
        return x.reshape(-1, *self.input_shape)

    def _scale(self, x: Array, own: bool) -> tuple[Any, Any]:
        """What to subtract and to divide by: a user's numbers may be in any unit."""
        if not own:
            return 0.0, 1.0
        if self.reads_images:
            largest = float(np.abs(x).max()) or 1.0
            print(f"images are scaled: each number is divided by the largest, {largest:g}")
            return 0.0, largest
        print("rows are standardised: each column less its mean, over its standard deviation")
        deviation: Array = x.std(axis=0)
        return x.mean(axis=0), np.where(deviation > 0, deviation, 1.0)


def build(
    input_shape: Sequence[int], classes: int, *, net: str, rng: Rng, **form: Any
) -> Sequential:
    """The net for examples of a shape."""
    if net == "mlp":
        return mlp(*input_shape, *form.pop("hidden"), classes, **form, rng=rng)
    return RECIPES[net](input_shape, classes, **form, rng=rng)


def _form(options: NumbersOptions, input_shape: tuple[int, ...]) -> dict[str, Any]:
    """The arguments of `build`."""
    form: dict[str, Any] = {"net": options.net, "activation": options.activation}
    if options.net in ("mlp", "conv"):
        form["dropout"] = options.dropout
    if options.net == "mlp":
        form["hidden"] = HIDDEN if options.hidden is None else options.hidden
    if options.net == "resnet":
        form["channels"] = RESIDUAL
    if options.net == "conv":
        halvings = int(math.log2(min(input_shape[1:]) / SMALLEST))
        form["channels"] = CHANNELS[: max(1, halvings)]
    return form


def _input_shape(data: Dataset, options: NumbersOptions) -> tuple[int, ...]:
    """Rows for a perceptron, and images with their channels for other nets."""
    if options.net == "mlp":
        return (math.prod(data.x_train.shape[1:]),)
    if data.image_shape is None:
        raise ValueError(
            f"--net {options.net}: expected images, got {data}; an archive of images has x of "
            "shape (N, height, width), and for other numbers there is --net mlp"
        )
    return data.image_shape if len(data.image_shape) == 3 else (1, *data.image_shape)


def _augmentation(data: str, seed: int) -> Callable[[Array], Array]:
    """Images shifted and perhaps mirrored at random, so that a net learns from more of them."""
    pixels, mirrored = SHIFTS[data], data in PHOTOGRAPHS
    print(
        f"in training, images are {'mirrored and ' * mirrored}shifted by up to {pixels} "
        f"pixel{'s' * (pixels > 1)} at random"
    )
    flip, shift = RandomFlip(0.5 if mirrored else 0.0, rng=seed), RandomShift(pixels, rng=seed)
    return lambda x: shift(flip(x))
