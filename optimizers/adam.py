"""Adam: adaptive moment estimation."""

from __future__ import annotations

import math

import numpy as np

from optimizers import requirements
from optimizers.optimizer import LearningRate, Optimizer
from optimizers.param_arrays import Array, State
from optimizers.running import Loop


class Adam(Optimizer):
    """Step against the mean of recent gradients, measured in their root mean square.

    The rule::

        m <- beta1 * m + (1 - beta1) * g            like momentum
        v <- beta2 * v + (1 - beta2) * g**2         rolling average
        theta <- theta - learning_rate * m_hat / (sqrt(v_hat) + epsilon)

    with m_hat = m / (1 - beta1**t) and v_hat = v / (1 - beta2**t), which correct for m and v
    starting at 0. epsilon stands outside the root.

    Parameters
    ----------
    learning_rate : float or callable
        Step size, or a schedule ``t -> float``.
    beta1, beta2 : float
        In [0, 1): how much of m and of v is kept.
    epsilon : float
        Keeps the quotient finite where all gradients were 0.
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

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(learning_rate)
        self.beta1 = requirements.number(self, "beta1", beta1, below=1)
        self.beta2 = requirements.number(self, "beta2", beta2, below=1)
        self.epsilon = requirements.number(self, "epsilon", epsilon)
        self.weight_decay = requirements.number(self, "weight_decay", weight_decay)

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against the mean gradient, in units of the gradient's size."""
        g = self._decay(theta, g, learning_rate)
        m, v = state["m"], state["v"]
        m *= self.beta1
        m += (1 - self.beta1) * g
        v *= self.beta2
        v += (1 - self.beta2) * (g * g)
        step, epsilon = self._corrected(learning_rate)
        theta -= step * m / (np.sqrt(v) + epsilon)

    def _decay(self, theta: Array, g: Array, learning_rate: float) -> Array:
        """The gradient with the decay in it; `AdamW` lets theta decay instead."""
        return g + self.weight_decay * theta if self.weight_decay else g

    def _corrected(self, learning_rate: float) -> tuple[float, float]:
        """The learning rate and epsilon for m and v in the place of m_hat and v_hat.

        Both sides of the fraction m_hat / (sqrt(v_hat) + epsilon) are multiplied by
        sqrt(1 - beta2**t), so that numbers are corrected instead of arrays.
        """
        root = math.sqrt(1 - self.beta2**self.t)
        return learning_rate * root / (1 - self.beta1**self.t), self.epsilon * root

    @property
    def loop(self) -> Loop:
        """The same rule as one loop."""
        return _loop

    def numbers(self, learning_rate: float) -> tuple[float, ...]:
        """What the loop takes beside the arrays."""
        step, epsilon = self._corrected(learning_rate)
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
    weight_decay: float,
    shrink: float,
) -> None:
    """Adam, and AdamW, where theta shrinks first: one pass over the entries for numba."""
    number = theta.dtype.type
    kept1, kept2, new1, new2 = number(beta1), number(beta2), number(1 - beta1), number(1 - beta2)
    size, floor, decay, share = number(step), number(epsilon), number(weight_decay), number(shrink)
    for i in range(theta.size):
        slope = g[i] + decay * theta[i] if weight_decay else g[i]
        m[i] = m[i] * kept1 + new1 * slope
        v[i] = v[i] * kept2 + new2 * (slope * slope)
        theta[i] = theta[i] * share - size * m[i] / (np.sqrt(v[i]) + floor)
