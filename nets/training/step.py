"""One step of training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.core.base import Grads
from layers.core.checks import brief
from layers.core.params import Array
from nets.errors import pair
from nets.net import without_dx
from nets.training.evaluate import measures


class Step:
    """One step of training: forward, backward, and the optimizer's update."""

    def __init__(self, net: Any, loss: Any, optimizer: Any, regularizer: Any = None) -> None:
        self.net, self.loss, self.optimizer = net, loss, optimizer
        self.regularizer = regularizer

    def __call__(self, x: Array, y: Array) -> dict[str, float]:
        """Measure before the update, which is left out unless the loss is finite."""
        scores = self.net.forward(x)
        figures = measures(self.loss, self.loss.forward(scores, y), scores, y)
        params = self.net.params
        if self.regularizer is not None:
            figures["penalty"] = penalty(self.regularizer, params)
        if not all(map(math.isfinite, figures.values())):
            return figures
        dscores, _ = pair(self.loss, self.loss.backward())
        _, grads = pair(self.net, without_dx(self.net, dscores))
        if self.regularizer is not None:
            grads = with_penalty(self.regularizer, params, grads)
        self.optimizer.step(params, grads)
        return figures


def penalty(regularizer: Any, params: Mapping[str, Array]) -> float:
    """The penalty on the parameters, which is a number."""
    value = np.asarray(regularizer.penalty(params))
    if value.ndim or value.dtype.kind not in "fiub":
        raise TypeError(
            f"fit: expected penalty(params) of the regularizer to be a number, got {brief(value)}"
        )
    return float(value)


def with_penalty(regularizer: Any, params: Mapping[str, Array], grads: Grads) -> Grads:
    """The gradients of loss and penalty together."""
    added = regularizer.gradients(params)
    if not isinstance(added, Mapping) or not added.keys() <= grads.keys():
        raise TypeError(
            "fit: expected gradients(params) of the regularizer to be a dict with some of the "
            f"names {', '.join(grads)}, got {brief(added)}"
        )
    return {name: g + added[name] if name in added else g for name, g in grads.items()}
