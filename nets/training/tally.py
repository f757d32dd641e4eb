"""What an epoch comes to: the mean loss, and the share of right answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.params import Array
from nets.training.evaluate import classifies

TOGETHER = 16_384  # numbers in the outputs that are compared with their labels at once


class Tally:
    """Loss and accuracy over the examples of an epoch so far.

    Comparing a few outputs with their labels takes about as long as comparing a thousand, so
    that outputs wait until there are many, or until somebody asks. Large ones, whose copies would
    take long, do not wait.

    Parameters
    ----------
    loss : layer
        Has ``accuracy(scores, labels)`` if it classifies.
    """

    def __init__(self, loss: Any) -> None:
        self._compare = loss.accuracy if classifies(loss) else None
        self._seen, self._loss, self._right = 0, 0.0, 0.0
        self._waiting: list[tuple[float, Array, Array]] = []

    def add(self, value: float, scores: Array, labels: Array) -> None:
        """Count a step: the mean loss of its examples, and what the net said of them."""
        if scores.size >= TOGETHER:
            self._record(len(labels), value * len(labels), scores, labels)
            return
        self._waiting.append((value, scores.copy(), labels))
        if len(self._waiting) * scores.size >= TOGETHER:
            self._count()

    @property
    def loss(self) -> float:
        """The mean over the examples."""
        self._count()
        return self._loss / self._seen

    @property
    def accuracy(self) -> float | None:
        """The share of right answers; None for a loss that does not classify."""
        self._count()
        return self._right / self._seen if self._compare else None

    def _count(self) -> None:
        """Let nothing wait any longer."""
        if not self._waiting:
            return
        values, scores, labels = zip(*self._waiting, strict=True)
        sizes = [len(some) for some in labels]
        total = sum(value * n for value, n in zip(values, sizes, strict=True))
        self._record(sum(sizes), total, np.concatenate(scores), np.concatenate(labels))
        self._waiting = []

    def _record(self, examples: int, loss: float, scores: Array, labels: Array) -> None:
        self._seen += examples
        self._loss += loss
        if self._compare:
            self._right += self._compare(scores, labels) * examples
