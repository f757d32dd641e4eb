"""Adadelta: steps in the units of the parameter, with no learning rate to choose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizers.optimizer import Optimizer
from optimizers.param_arrays import Array, State, rolled
from optimizers.requirements import Below1, LearningRate, NotNegative, declared


@declared
@dataclass(repr=False, eq=False)
class Adadelta(Optimizer):
    """Step by the gradient, times the size of recent steps over the size of recent gradients.

    The rule is that of `Adagrad`, with a rolling average instead of the sum, and the root mean
    square of the steps so far instead of the learning rate::

        v <- rho * v + (1 - rho) * g**2             rolling average of gradients
        delta = sqrt(u + epsilon) / sqrt(v + epsilon) * g
        u <- rho * u + (1 - rho) * delta**2         rolling average of steps
        theta <- theta - learning_rate * delta

    A gradient has the units of 1 / theta, and delta has those of theta. epsilon is inside the
    roots, as in the paper and in PyTorch: u starts at 0, so epsilon sets the size of the first
    steps.

    Parameters
    ----------
    learning_rate : float or callable
        A factor of every step, or a schedule ``t -> float``. The paper has no such factor: use 1.
    rho : float
        The fraction of the averages that is kept, in [0, 1).
    epsilon : float
        A small number that lets the first steps be larger than 0.
    weight_decay : float
        Adds weight_decay * theta to the gradient.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    Neither the size of the gradient nor a learning rate matters:

    >>> import numpy as np
    >>> params, optimizer = {"theta": np.array([1.0, 1.0])}, Adadelta(rho=0.75, epsilon=1e-4)
    >>> for _ in range(2):
    ...     optimizer.step(params, {"theta": np.array([1e1, -1e3])})
    >>> params["theta"].round(4)
    array([0.9586, 1.0414])

    Notes
    -----
    Source: CSE 587, lecture 3, which lists it with `Adagrad`; Zeiler, 2012.
    """

    slots = ("v", "u")
    elementwise = True

    learning_rate: LearningRate = 1.0
    rho: Below1 = 0.9
    epsilon: NotNegative = 1e-6
    weight_decay: NotNegative = 0.0

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against its gradient, by a step of the size of the recent ones."""
        if self.weight_decay:
            g = g + self.weight_decay * theta
        u, v = state["u"], rolled(state["v"], self.rho, g * g)
        delta = np.sqrt((u + self.epsilon) / (v + self.epsilon)) * g
        rolled(u, self.rho, delta * delta)
        theta -= learning_rate * delta
