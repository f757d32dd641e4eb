"""Adagrad: a learning rate for each parameter, which falls as its gradients add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizers.optimizer import Optimizer
from optimizers.param_arrays import Array, State
from optimizers.requirements import LearningRate, NotNegative, declared


@declared
@dataclass(repr=False, eq=False)
class Adagrad(Optimizer):
    """Take larger steps for parameters that rarely have a gradient, and smaller ones for others.

    The rule, as the lecture writes it::

        G <- G + g**2                               the sum of the squares of all gradients so far
        theta <- theta - learning_rate / sqrt(G + epsilon) * g

    Here, as in PyTorch, epsilon is outside the root: the step is divided by sqrt(G) + epsilon. The
    lecture's G is a diagonal matrix; this one is its diagonal, in the shape of theta.

    G only grows, so training can stall. `RMSProp`, `Adadelta` and `Adam` use a rolling average
    instead.

    Parameters
    ----------
    learning_rate : float or callable
        Step size, or a schedule ``t -> float``.
    epsilon : float
        Keeps the quotient finite if all gradients so far were 0.
    weight_decay : float
        Adds weight_decay * theta to the gradient.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    If the gradients stay the same, step t has the size learning_rate / sqrt(t):

    >>> import numpy as np
    >>> params, optimizer = {"theta": np.array([1.0, 1.0])}, Adagrad(learning_rate=0.1)
    >>> for _ in range(4):
    ...     optimizer.step(params, {"theta": np.array([1e-3, -1e3])})
    ...     print(params["theta"].round(4))
    [0.9 1.1]
    [0.8293 1.1707]
    [0.7716 1.2284]
    [0.7216 1.2784]

    Notes
    -----
    Source: CSE 587, lecture 3, "Adagrad"; Duchi, Hazan and Singer, 2011. PyTorch's ``lr_decay``
    is the schedule ``InverseTime(learning_rate, lr_decay)``.
    """

    slots = ("G",)
    elementwise = True

    learning_rate: LearningRate = 0.01
    epsilon: NotNegative = 1e-10
    weight_decay: NotNegative = 0.0

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against its gradient, divided by the root of all squares so far."""
        if self.weight_decay:
            g = g + self.weight_decay * theta
        state["G"] += g * g
        theta -= learning_rate * g / (np.sqrt(state["G"]) + self.epsilon)
