"""What the tasks of `handgrad train` have in common."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from layers import SoftmaxCE
from layers.core.params import Array
from nets.datasets import Dataset, Texts
from nets.datasets.splits import hold_out
from nets.sequential import Sequential
from nets.training.evaluate import evaluate

LARGE = 10_000  # examples, from which on batches are larger and epochs fewer


class Task(ABC):
    """Data, the net for them, and what there is to say and to keep of it once it is trained.

    Attributes
    ----------
    net : Sequential
        The net to train, in float64.
    x_train, y_train, x_validation, y_validation, x_test, y_test : ndarray
        The examples in the form that the net is trained on. The validation part is measured
        after every epoch, the test part once, at the end.
    classes : tuple of str
        The names of the classes; empty where there are none.
    options : tuple of str
        The options of the command that only some tasks have, and this is one of them.
    """

    options: tuple[str, ...] = ()
    net: Sequential
    x_train: Array
    y_train: Array
    x_validation: Array
    y_validation: Array
    x_test: Array
    y_test: Array
    classes: tuple[str, ...] = ()

    @abstractmethod
    def __init__(self, options: argparse.Namespace) -> None:
        """Read the data and build the net."""

    @property
    def epochs(self) -> int:
        """How many there are unless the user says so."""
        return 10 if len(self.x_train) >= LARGE else 30

    @property
    def batch_size(self) -> int:
        """How many examples a batch has unless the user says so."""
        return 128 if len(self.x_train) >= LARGE else 32

    def about(self) -> dict[str, Any]:
        """What is needed, beside weights and classes, to use the net on other data."""
        return {}

    def finish(self, net: Sequential) -> Sequential:
        """What is measured and saved, of the net that was trained."""
        return net

    def results(self, net: Sequential) -> dict[str, str]:
        """What the net does on the test part."""
        loss, accuracy = evaluate(net, SoftmaxCE(), self.x_test, self.y_test)
        right = round((accuracy or 0.0) * len(self.y_test))
        share = f"{100 * (accuracy or 0.0):.2f} %, {right} of {len(self.y_test)}"
        return {"test loss": f"{loss:.4f}", "test accuracy": share}

    def sample(self, net: Sequential) -> str:
        """Something that the net says, to read; empty where that is no text."""
        return ""

    def write(self, net: Sequential, out: Path) -> Iterator[Path]:
        """Write what there is beside weights and curves, and yield each path once it is there."""
        yield from ()

    def picture(self, net: Sequential) -> Any:
        """A figure of what the net does, and its name; None where there is nothing to see."""
        return None


def validation_part(y: Array, seed: int) -> tuple[Array, Array]:
    """The numbers of the examples to train on, and of a tenth to measure after each epoch."""
    train, held_out = hold_out(y, max(1, len(y) // 10), seed)
    print(
        f"{len(held_out):,} of the {len(y):,} training examples are the validation part; the test "
        "part is measured once, at the end"
    )
    return train, held_out


def print_classes(data: Dataset | Texts) -> None:
    """Say what the labels of a user's data were taken to be."""
    counts = np.bincount(np.concatenate([data.y_train, data.y_test]), minlength=len(data.classes))
    found = [f"{name} {n:,}" for name, n in zip(data.classes[:20], counts, strict=False)]
    more = len(data.classes) - len(found)
    print(f"labels: {data.label_column}", end="; ")
    print(
        f"examples of each class: {', '.join(found)}{f' and {more} more classes' if more else ''}"
    )
