"""What the tasks of `handgrad train` have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from layers import SoftmaxCE
from layers.core.params import Array
from nets.datasets import Dataset, Texts
from nets.datasets.splits import hold_out
from nets.sequential import Sequential
from nets.training.augmented import Augment
from nets.training.evaluate import evaluate

CHECKED = 4  # examples that the gradient check runs on
BATCH = 1000  # examples to predict at once, which limits the memory
LARGE = 10_000  # examples; from here on, batches are larger and epochs fewer


class Task:
    """Data, a net for them, and what to report and to save once it is trained.

    Attributes
    ----------
    net : Sequential
        The net to train, in float64.
    miniature : Sequential or None
        A small net of the same layers, whose gradients are checked in place of those of a large
        one.
    x_train, y_train, x_validation, y_validation, x_test, y_test : ndarray
        The examples in the form that the net is trained on. The validation part is measured
        after every epoch, the test part once, at the end.
    augment : callable or None
        What changes each batch of the training part; see `fit`.
    classes : tuple of str
        The names of the classes; empty where there are none.
    """

    net: Sequential
    miniature: Sequential | None = None
    x_train: Array
    y_train: Array
    x_validation: Array
    y_validation: Array
    x_test: Array
    y_test: Array
    augment: Augment | None = None
    classes: tuple[str, ...] = ()

    @property
    def epochs(self) -> int:
        """The default number of epochs."""
        return 10 if len(self.x_train) >= LARGE else 30

    @property
    def batch_size(self) -> int:
        """The default number of examples in a batch."""
        return 128 if len(self.x_train) >= LARGE else 32

    def few(self) -> Array:
        """The first training examples, to check the gradients with."""
        return self.x_train[:CHECKED]

    def about(self) -> dict[str, Any]:
        """What it takes, besides weights and classes, to use the net on other data."""
        return {}

    def finish(self, net: Sequential) -> Sequential:
        """The net to measure and to save, from the trained one."""
        return net

    def results(self, net: Sequential) -> dict[str, str]:
        """The measures of the net on the test part, by name."""
        loss, accuracy = evaluate(net, SoftmaxCE(), self.x_test, self.y_test)
        correct = round((accuracy or 0.0) * len(self.y_test))
        share = f"{100 * (accuracy or 0.0):.2f} %, {correct} of {len(self.y_test)}"
        return {"test loss": f"{loss:.4f}", "test accuracy": share}

    def sample(self, net: Sequential) -> str:
        """A text that shows what the net does; empty if there is none."""
        return ""

    def write(self, net: Sequential, out: Path) -> Iterator[Path]:
        """Write further files, and yield the path of each once it is written."""
        yield from ()

    def pictures(self, net: Sequential) -> Iterator[tuple[Any, str]]:
        """Figures of what the net does, and their file names."""
        yield from ()


def predicted(net: Sequential, x: Array) -> Array:
    """The scores of all examples, a batch at a time."""
    return np.concatenate([net.predict(x[i : i + BATCH]) for i in range(0, len(x), BATCH)])


def validation_part(y: Array, seed: int) -> tuple[Array, Array]:
    """The indices of the examples to train on, and of a tenth to measure after each epoch."""
    train, held_out = hold_out(y, max(1, len(y) // 10), seed)
    print(
        f"{len(held_out):,} of the {len(y):,} training examples are the validation part; the test "
        "part is measured once, at the end"
    )
    return train, held_out


def print_classes(data: Dataset | Texts) -> None:
    """Print where the labels were found in the user's data, and the size of each class."""
    counts = np.bincount(np.concatenate([data.y_train, data.y_test]), minlength=len(data.classes))
    found = [f"{name} {n:,}" for name, n in zip(data.classes[:20], counts, strict=False)]
    more = len(data.classes) - len(found)
    print(f"labels: {data.label_column}", end="; ")
    print(
        f"examples of each class: {', '.join(found)}{f' and {more} more classes' if more else ''}"
    )
