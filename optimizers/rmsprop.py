"""RMSProp: the gradient in units of its recent root mean square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizers.optimizer import Optimizer
from optimizers.param_arrays import Array, State, rolled
from optimizers.requirements import Below1, Flag, LearningRate, NotNegative, declared


@declared
@dataclass(repr=False, eq=False)
class RMSProp(Optimizer):
    """Divide the gradient by the root of a rolling average of its square.

    The rule is `Adagrad` with a rolling average for the sum, so that the steps do not die out::

        v <- alpha * v + (1 - alpha) * g**2         rolling average
        theta <- theta - learning_rate * g / (sqrt(v) + epsilon)

    It is also `Adam` without m and without the corrections for v starting at 0: the first steps
    are 1 / sqrt(1 - alpha) times as long as the learning rate. epsilon stands outside the root,
    as in PyTorch; some write it inside.

    With momentum, which as in `SGD` leaves the learning rate outside::

        velocity <- momentum * velocity + g / (sqrt(v) + epsilon)
        theta <- theta - learning_rate * velocity

    Centered, the gradient is measured in its standard deviation: v - m**2 stands for v, where m
    is the rolling average of g.

    Parameters
    ----------
    learning_rate : float or callable
        Step size, or a schedule ``t -> float``.
    alpha : float
        In [0, 1): how much of the averages is kept.
    epsilon : float
        Keeps the quotient finite where all gradients were 0.
    weight_decay : float
        Adds weight_decay * theta to the gradient.
    momentum : float
        In [0, 1): how much of the velocity is kept.
    centered : bool
        Whether to divide by the standard deviation instead of the root mean square.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"theta": np.array([1.0, 1.0])}
    >>> RMSProp(learning_rate=0.1, alpha=0.75).step(params, {"theta": np.array([1e-3, -1e3])})
    >>> params["theta"].round(5)  # 0.1 / sqrt(0.25) to either side
    array([0.8, 1.2])

    Notes
    -----
    Source: CSE 587, lecture 3, where it is named beside `Adagrad`; Tieleman and Hinton, 2012;
    the centered form is that of Graves, 2013.
    """

    slots = ("v", "m", "velocity")
    elementwise = True

    learning_rate: LearningRate = 0.01
    alpha: Below1 = 0.99
    epsilon: NotNegative = 1e-8
    weight_decay: NotNegative = 0.0
    momentum: Below1 = 0.0
    centered: Flag = False

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """The average of squares, and what the options need beside it."""
        needed = {"v": True, "m": self.centered, "velocity": self.momentum > 0}
        return {slot: shape for slot in self.slots if needed[slot]}

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against its gradient, in units of the gradient's recent size."""
        if self.weight_decay:
            g = g + self.weight_decay * theta
        v = rolled(state["v"], self.alpha, g * g)
        if self.centered:
            m = rolled(state["m"], self.alpha, g)
            v = np.maximum(v - m * m, 0)  # rounding can take a variance below 0
        step = g / (np.sqrt(v) + self.epsilon)
        if self.momentum:
            velocity = state["velocity"]
            velocity *= self.momentum
            velocity += step
            step = velocity
        theta -= learning_rate * step
