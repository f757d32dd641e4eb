"""Losses that compare scores (..., C) of C classes with labels (...)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks, sums
from layers.core.base import Layer
from layers.core.params import Array


class ByClass(Layer):
    """A loss of scores (N, C) and labels (N,), or (..., C) and (...), integers from 0 to C - 1."""

    def check(self, shape: tuple[int, ...], labels: ArrayLike) -> Array:
        """Return the labels for scores of the given shape; raise if they do not fit."""
        if len(shape) < 2 or not shape[-1]:
            raise ValueError(f"{self.label}: expected scores of shape (N, C), got {shape}")
        return checks.labels(self, labels, shape[:-1], shape[-1])

    def _weighed(
        self, scores: Array, labels: ArrayLike, sample_weight: ArrayLike | None
    ) -> tuple[Array, Array, Array]:
        """Return rows of scores (R, C), their labels, and their weights: 1 / R, or shares of all.

        Rows of weight 0 become 0: see `checks.counted`.
        """
        labels = self.check(scores.shape, labels)
        checks.not_empty(self, "scores", scores)
        rows = scores.reshape(labels.size, -1)
        if sample_weight is None:
            return rows, labels.reshape(-1), sums.equal_shares(len(rows), rows.dtype)
        weight = checks.weights(self, sample_weight, labels.shape, rows.dtype).reshape(-1)
        return checks.counted(weight[:, None], rows), labels.reshape(-1), weight

    @classmethod
    def accuracy(cls, scores: ArrayLike, labels: ArrayLike) -> float:
        """Return the fraction of examples in which the correct class has the highest score.

        Examples
        --------
        >>> from layers import SoftmaxCE
        >>> SoftmaxCE.accuracy([[3.2, 5.1, -1.7], [0.0, 1.0, 0.5]], [0, 1])
        0.5
        """
        owner = cls.__name__
        scores = checks.numbers(owner, "scores", scores)
        if not scores.size:
            raise ValueError(f"{owner}: expected at least one example, got {scores.shape}")
        best = scores.argmax(axis=-1)
        labels = checks.numbers(owner, "labels", labels)
        if best.shape != labels.shape:
            raise ValueError(f"{owner}: expected labels of shape {best.shape}, got {labels.shape}")
        if labels.dtype.kind not in "iu":
            raise TypeError(f"{owner}: expected integer labels, got dtype {labels.dtype}")
        classes = scores.shape[-1]
        if not checks.all_below(labels, classes):
            raise ValueError(
                f"{owner}: expected labels from 0 to {classes - 1}, because there are {classes} "
                f"classes, got {labels[(labels < 0) | (labels >= classes)][0]}"
            )
        correct = best == labels
        if math.isnan(np.add.reduce(scores, axis=None)):
            correct &= ~np.isnan(scores).any(axis=-1)  # argmax treats nan as the largest
        return float(np.count_nonzero(correct) / correct.size)

    @staticmethod
    def accuracy_of_checked(scores: ArrayLike, labels: ArrayLike) -> float:
        """Return the accuracy on scores that forward has checked, in a third of the time."""
        correct = np.asarray(scores).argmax(axis=-1) == labels
        return float(np.count_nonzero(correct) / correct.size)
