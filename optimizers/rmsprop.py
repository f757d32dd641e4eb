"""RMSProp: the gradient divided by its recent root mean square."""

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

    The rule is `Adagrad` with a rolling average instead of the sum, so the steps do not die out::

        v <- alpha * v + (1 - alpha) * g**2         rolling average
        theta <- theta - learning_rate * g / (sqrt(v) + epsilon)

    It is also `Adam` without m and without the correction for v starting at 0: the first steps are
    1 / sqrt(1 - alpha) times as long as the learning rate. epsilon is outside the root, as in
    PyTorch; some authors write it inside.

    With momentum, which, as in `SGD`, does not include the learning rate::

        velocity <- momentum * velocity + g / (sqrt(v) + epsilon)
        theta <- theta - learning_rate * velocity

    If centered, the gradient is divided by its standard deviation: v - m**2 replaces v, where m is
    the rolling average of g.

    Parameters
    ----------
    learning_rate : float or callable
        Step size, or a schedule ``t -> float``.
    alpha : float
        The fraction of the averages that is kept, in [0, 1).
    epsilon : float
        Keeps the quotient finite if all gradients so far were 0.
    weight_decay : float
        Adds weight_decay * theta to the gradient.
    momentum : float
        The fraction of the velocity that is kept, in [0, 1).
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
    Source: CSE 587, lecture 3, which lists it with `Adagrad`; Tieleman and Hinton, 2012; Graves,
    2013, for the centered form.
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
        """Return the shapes of the average of squares and of the state that the options need."""
        needed = {"v": True, "m": self.centered, "velocity": self.momentum > 0}
        return {slot: shape for slot in self.slots if needed[slot]}

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against its gradient, divided by the gradient's recent size."""
        if self.weight_decay:
            g = g + self.weight_decay * theta
        v = rolled(state["v"], self.alpha, g * g)
        if self.centered:
            m = rolled(state["m"], self.alpha, g)
            v = np.maximum(v - m * m, 0)  # rounding can make a variance negative
        step = g / (np.sqrt(v) + self.epsilon)
        if self.momentum:
            velocity = state["velocity"]
            velocity *= self.momentum
            velocity += step
            step = velocity
        theta -= learning_rate * step
