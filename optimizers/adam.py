"""Adam: adaptive moment estimation."""

from __future__ import annotations

import math

import numpy as np

from optimizers import checks, loops
from optimizers.base import LearningRate, Optimizer
from optimizers.loops import Array, Loop
from optimizers.pieces import State


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
        self.beta1 = checks.number("beta1", beta1, below=1)
        self.beta2 = checks.number("beta2", beta2, below=1)
        self.epsilon = checks.number("epsilon", epsilon)
        self.weight_decay = checks.number("weight_decay", weight_decay)

    def rule(self) -> list[str]:
        """The rule with its numbers."""
        return [*self._decay(), *self._adaptive()]

    def _adaptive(self) -> list[str]:
        """The part that AdamW shares."""
        return [
            f"m <- {self.beta1:g} * m + {1 - self.beta1:g} * g",
            f"v <- {self.beta2:g} * v + {1 - self.beta2:g} * g**2",
            f"m_hat = m / (1 - {self.beta1:g}**t),  v_hat = v / (1 - {self.beta2:g}**t)",
            f"theta <- theta - {self._rate()} * m_hat / (sqrt(v_hat) + {self.epsilon:g})",
        ]

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against the mean gradient, in units of the gradient's size."""
        if self.weight_decay:
            g = g + self.weight_decay * theta
        self.adapt(theta, g, state, learning_rate)

    def adapt(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """The rule without weight decay, which AdamW shares."""
        m, v = state["m"], state["v"]
        m *= self.beta1
        m += (1 - self.beta1) * g
        v *= self.beta2
        v += (1 - self.beta2) * (g * g)
        step, epsilon = self._corrected(learning_rate)
        theta -= step * m / (np.sqrt(v) + epsilon)

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
        return loops.adam

    def numbers(self, learning_rate: float) -> tuple[float, ...]:
        """What the loop takes beside the arrays."""
        step, epsilon = self._corrected(learning_rate)
        return self.beta1, self.beta2, step, epsilon, self.weight_decay, 1.0
