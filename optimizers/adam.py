"""Adam: adaptive moment estimation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizers.optimizer import Optimizer
from optimizers.param_arrays import Array, State, rolled
from optimizers.requirements import Below1, LearningRate, NotNegative, declared
from optimizers.running import Loop


@declared
@dataclass(repr=False, eq=False)
class Adam(Optimizer):
    """Step against the mean of recent gradients, divided by their root mean square.

    The rule::

        m <- beta1 * m + (1 - beta1) * g            like momentum
        v <- beta2 * v + (1 - beta2) * g**2         rolling average
        theta <- theta - learning_rate * m_hat / (sqrt(v_hat) + epsilon)

    with m_hat = m / (1 - beta1**t) and v_hat = v / (1 - beta2**t), which correct for m and v
    starting at 0. epsilon is outside the root.

    Parameters
    ----------
    learning_rate : float or callable
        Step size, or a schedule ``t -> float``.
    beta1, beta2 : float
        The fractions of m and of v that are kept, in [0, 1).
    epsilon : float
        Keeps the quotient finite if all gradients so far were 0.
    weight_decay : float
        Adds weight_decay * theta to the gradient; see `AdamW` for the decoupled form.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    The first step has the size of the learning rate, whatever the size of the gradient:

    >>> import numpy as np
    >>> params = {"theta": np.array([1.0, 1.0])}
    >>> Adam(learning_rate=0.1).step(params, {"theta": np.array([1e-3, -1e3])})
    >>> params["theta"].round(6)
    array([0.900001, 1.1     ])

    Notes
    -----
    Source: CSE 587, lecture 3, "Adaptive Moment Estimation (Adam)"; Kingma and Ba, 2015.
    """

    slots = ("m", "v")
    elementwise = True
    decoupled = False  # `AdamW` lets theta decay instead of adding the decay to the gradient

    learning_rate: LearningRate = 0.001
    beta1: Below1 = 0.9
    beta2: Below1 = 0.999
    epsilon: NotNegative = 1e-8
    weight_decay: NotNegative = 0.0

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against the mean gradient, divided by the gradient's size."""
        step, epsilon, decay, keep = self.numbers(learning_rate)[2:]
        if keep != 1:
            theta *= keep
        if decay:
            g = g + decay * theta
        m = rolled(state["m"], self.beta1, g)
        v = rolled(state["v"], self.beta2, g * g)
        theta -= step * m / (np.sqrt(v) + epsilon)

    @property
    def loop(self) -> Loop:
        """The same rule as one loop."""
        return _loop

    def numbers(self, learning_rate: float) -> tuple[float, ...]:
        """Return the fractions to average by, and the step and epsilon for m and v, uncorrected.

        Numerator and denominator of m_hat / (sqrt(v_hat) + epsilon) are multiplied by
        sqrt(1 - beta2**t), so that numbers are corrected instead of arrays. The decay and the
        fraction of theta that is kept come last: the decay is in the gradient or in theta itself.
        """
        root = math.sqrt(1 - self.beta2**self.t)
        step, epsilon = learning_rate * root / (1 - self.beta1**self.t), self.epsilon * root
        if self.decoupled:
            keep = 1 - learning_rate * self.weight_decay
            return self.beta1, self.beta2, step, epsilon, 0.0, keep
        return self.beta1, self.beta2, step, epsilon, self.weight_decay, 1.0


def _loop(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    beta1: float,
    beta2: float,
    step: float,
    epsilon: float,
    decay: float,
    keep: float,
) -> None:
    """The same rule in one pass over the entries, for numba."""
    number = theta.dtype.type
    kept1, kept2, new1, new2 = number(beta1), number(beta2), number(1 - beta1), number(1 - beta2)
    size, floor, share, kept = number(step), number(epsilon), number(decay), number(keep)
    for i in range(theta.size):
        slope = g[i] + share * theta[i] if decay else g[i]
        m[i] = m[i] * kept1 + new1 * slope
        v[i] = v[i] * kept2 + new2 * (slope * slope)
        theta[i] = theta[i] * kept - size * m[i] / (np.sqrt(v[i]) + floor)
