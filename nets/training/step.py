"""One step of training."""

from __future__ import annotations

import inspect
import math
from typing import Any

from layers.params import Array
from nets.errors import pair
from nets.training.evaluate import measures


class Step:
    """One step of training: forward, backward, and the optimizer's update."""

    def __init__(self, net: Any, loss: Any, optimizer: Any, regularizer: Any = None) -> None:
        self.net, self.loss, self.optimizer = net, loss, optimizer
        self.regularizer = regularizer
        skips = "input_gradient" in inspect.signature(net.backward).parameters
        self._options = {"input_gradient": False} if skips else {}

    def __call__(self, x: Array, y: Array) -> dict[str, float]:
        """Measure before the update, which is left out unless the loss is finite."""
        scores = self.net.forward(x)
        figures = measures(self.loss, self.loss.forward(scores, y), scores, y)
        params = self.net.params
        if self.regularizer is not None:
            figures["penalty"] = float(self.regularizer.penalty(params))
        if not all(map(math.isfinite, figures.values())):
            return figures
        dscores, _ = pair(self.loss, self.loss.backward())
        _, grads = pair(self.net, self.net.backward(dscores, **self._options))
        if self.regularizer is not None:
            for name, g in self.regularizer.gradients(params).items():
                grads[name] = grads[name] + g
        self.optimizer.step(params, grads)
        return figures
