"""The task on numbers: classify images and tables with a perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.core.checks import Rng
from layers.core.params import Array
from nets import datasets, plots
from nets.cli.tasks.task import Task, print_classes, validation_part
from nets.cli.train_options import NumbersOptions
from nets.datasets import Dataset
from nets.recipes import mlp
from nets.sequential import Sequential

BUNDLED = {
    "digits": datasets.digits,
    "mnist": datasets.mnist,
    "fashion-mnist": datasets.fashion_mnist,
}
HIDDEN = (128,)


class NumbersTask(Task):
    """The classification of images, or of a user's table."""

    def __init__(self, options: NumbersOptions) -> None:
        own = options.is_own_file
        self.data: Dataset = datasets.from_file(options.data) if own else BUNDLED[options.data]()
        print(self.data)
        if own:
            print_classes(self.data)
            print("rows are standardised: each column less its mean, over its standard deviation")
        train, held_out = validation_part(self.data.y_train, options.seed)
        x, y = self.data.x_train, self.data.y_train
        self.mean, self.deviation = _scale(x[train], own)
        self.x_train, self.x_validation, self.x_test = (
            (part - self.mean) / self.deviation
            for part in (x[train], x[held_out], self.data.x_test)
        )
        self.y_train, self.y_validation, self.y_test = y[train], y[held_out], self.data.y_test
        self.classes = self.data.classes
        self.form: dict[str, Any] = {
            "hidden": HIDDEN if options.hidden is None else options.hidden,
            "activation": options.activation,
            "dropout": options.dropout,
        }
        self.net = build(x.shape[1], len(self.classes), **self.form, rng=options.seed)

    def about(self) -> dict[str, Any]:
        """The columns, and the form of the net."""
        return {
            "width": self.data.x_train.shape[1],
            "columns": self.data.columns,
            "image_shape": self.data.image_shape,
            "net": self.form,
        }

    def finish(self, net: Sequential) -> Sequential:
        """Let the first layer do the scaling, so that the saved net takes unscaled data.

        ((x - mean) / deviation) W + b = x (W / deviation) + (b - (mean / deviation) W)
        """
        self.x_test = self.data.x_test
        if np.ndim(self.mean):
            W, b = net.params["0.W"], net.params["0.b"]
            net.params["0.b"] = b - (self.mean / self.deviation) @ W
            net.params["0.W"] = W / self.deviation[:, None]
        return net

    def picture(self, net: Sequential) -> Any:
        """Test images with their labels, the misread ones first."""
        data = self.data
        if not data.image_shape:
            return None
        predictions = net.predict(data.x_test).argmax(axis=1)
        order = np.argsort(predictions == data.y_test, kind="stable")[:30]
        names = np.array(data.classes)
        labels, read = names[data.y_test[order]], names[predictions[order]]
        figure = plots.sample_images(data.x_test[order], labels, data.image_shape, read)
        return figure, "test-images.png"


def build(width: int, classes: int, *, hidden: Sequence[int], rng: Rng, **form: Any) -> Sequential:
    """The net for rows of `width` numbers."""
    return mlp(width, *hidden, classes, **form, rng=rng)


def _scale(x: Array, own: bool) -> tuple[Any, Any]:
    """What to subtract and to divide by: images come in [0, 1], a user's columns in any unit."""
    if not own:
        return 0.0, 1.0
    deviation = x.std(axis=0)
    return x.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
