"""What losses share that compare scores (N, C) of C classes with labels (N,)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from layers.core import checks, sums
from layers.core.base import Layer
from layers.core.params import Array


def labels(layer: Layer, labels: Any, shape: tuple[int, ...]) -> Array:
    """Labels for scores of the given shape, or an exception that says what is wrong."""
    if len(shape) != 2 or not shape[1]:
        raise ValueError(f"{layer.label}: expected scores of shape (N, C), got {shape}")
    return checks.labels(layer, labels, *shape)


def weighed(layer: Layer, scores: Array, sample_weight: Any) -> tuple[Array, Array]:
    """Scores, and how much each row counts, (N,): 1 / N, or its share of all weights.

    Rows of weight 0 hold 0 then: see `checks.counted`.
    """
    if sample_weight is None:
        return scores, sums.equal_shares(len(scores), scores.dtype)
    weight = checks.weights(layer, sample_weight, len(scores), scores.dtype)
    return checks.counted(weight[:, None], scores), weight


def accuracy(owner: str, scores: Any, labels: Any) -> float:
    """The share of examples whose highest score is that of the correct class."""
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
    right = best == labels
    if math.isnan(np.add.reduce(scores, axis=None)):
        right &= ~np.isnan(scores).any(axis=-1)  # argmax takes nan for the largest
    return float(np.count_nonzero(right) / right.size)
