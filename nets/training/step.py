"""One step of training."""

from __future__ import annotations

import inspect
import math
from typing import Any, NoReturn

from layers.params import Array
from nets.errors import pair
from nets.training import divergence
from nets.training.history import History


class Step:
    """One step of training: forward, backward, and the optimizer's update."""

    def __init__(self, net: Any, loss: Any, optimizer: Any, regularizer: Any = None) -> None:
        self.net, self.loss, self.optimizer = net, loss, optimizer
        self.regularizer = regularizer
        self.good = divergence.LastGood(net.params)
        skips = "input_gradient" in inspect.signature(net.backward).parameters
        self._options = {"input_gradient": False} if skips else {}

    def __call__(self, x: Array, y: Array) -> tuple[float, Array]:
        """Return the loss and the output before the update, which waits for a finite loss."""
        scores = self.net.forward(x)
        value = self.loss.forward(scores, y)
        params = self.net.params
        if self.regularizer is not None:
            value += self.regularizer.penalty(params)
        if not math.isfinite(value):
            return value, scores
        self.good.keep(params)
        dscores, _ = pair(self.loss, self.loss.backward())
        _, grads = pair(self.net, self.net.backward(dscores, **self._options))
        if self.regularizer is not None:
            for name, g in self.regularizer.gradients(params).items():
                grads[name] = grads[name] + g
        self.optimizer.step(params, grads)
        return value, scores

    def give_up(self, x: Array, value: float, when: str, history: History) -> NoReturn:
        """Say why the loss is not finite, and go back to the last good parameters."""
        message = divergence.explanation(self.net, self.loss, self.optimizer, x, value, when)
        self.good.restore(self.net.params)
        raise divergence.DivergenceError(message, history)
