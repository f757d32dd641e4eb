"""To classify images and tables: a perceptron on rows of numbers."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from nets import datasets, plots
from nets.datasets import Dataset
from nets.recipes import mlp
from nets.sequential import Sequential
from nets.training.tasks.task import Task

BUNDLED = {
    "digits": datasets.digits,
    "mnist": datasets.mnist,
    "fashion-mnist": datasets.fashion_mnist,
}
HIDDEN = (128,)


class NumbersTask(Task):
    """The classification of images, or of a user's table."""

    def __init__(self, options: argparse.Namespace) -> None:
        name = options.data or "digits"
        self.data: Dataset = BUNDLED[name]() if name in BUNDLED else datasets.from_file(name)
        print(self.data)
        self.mean, self.deviation = _scale(self.data, own=name not in BUNDLED)
        self.x_train, self.x_test = (
            (x - self.mean) / self.deviation for x in (self.data.x_train, self.data.x_test)
        )
        self.y_train, self.y_test = self.data.y_train, self.data.y_test
        hidden = HIDDEN if options.hidden is None else options.hidden
        self.net = mlp(
            self.x_train.shape[1],
            *hidden,
            len(self.data.classes),
            activation=options.activation or "relu",
            dropout=options.dropout,
            rng=options.seed,
        )

    def finish(self, net: Sequential) -> Sequential:
        """Let the first layer do the scaling, so that the saved net takes the data as they are.

        ((x - mean) / deviation) W + b = x (W / deviation) + (b - (mean / deviation) W)
        """
        self.x_test = self.data.x_test
        if np.ndim(self.mean):
            W, b = net.params["0.W"], net.params["0.b"]
            net.params["0.b"] = b - (self.mean / self.deviation) @ W
            net.params["0.W"] = W / self.deviation[:, None]
        return net

    def picture(self, net: Sequential) -> Any:
        """The test images that were read wrong, and then others, each with its label."""
        data = self.data
        if not data.image_shape:
            return None
        predictions = net.predict(data.x_test).argmax(axis=1)
        order = np.argsort(predictions == data.y_test, kind="stable")[:30]
        names = np.array(data.classes)
        labels, read = names[data.y_test[order]], names[predictions[order]]
        figure = plots.sample_images(data.x_test[order], labels, data.image_shape, read)
        return figure, "test-images.png"


def _scale(data: Dataset, own: bool) -> tuple[Any, Any]:
    """What to subtract and to divide by: pictures come in [0, 1], a user's columns in any unit."""
    if not own:
        return 0.0, 1.0
    deviation = data.x_train.std(axis=0)
    return data.x_train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
