"""What the tasks of `handgrad train` have in common."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from layers import SoftmaxCE
from layers.params import Array
from nets.sequential import Sequential
from nets.training.evaluate import evaluate

LARGE = 10_000  # examples, from which on batches are larger and epochs fewer


class Task(ABC):
    """Data, the net for them, and what there is to say and to keep of it once it is trained.

    Attributes
    ----------
    net : Sequential
        The net to train, in float64.
    x_train, y_train, x_test, y_test : ndarray
        The examples in the form that the net is trained on.
    options : tuple of str
        The options of the command that only some tasks have, and this is one of them.
    """

    options: tuple[str, ...] = ()
    net: Sequential
    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array

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
