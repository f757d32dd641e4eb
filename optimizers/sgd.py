"""Stochastic gradient descent, with momentum."""

from __future__ import annotations

from dataclasses import dataclass

from optimizers.optimizer import Optimizer
from optimizers.param_arrays import Array, State
from optimizers.requirements import Below1, Flag, LearningRate, NotNegative, declared
from optimizers.running import Loop


@declared
@dataclass(repr=False, eq=False)
class SGD(Optimizer):
    """Step against the gradient; with momentum, against a running sum of gradients.

    The rule::

        g <- g + weight_decay * theta
        v <- momentum * v + g                       v starts at 0
        theta <- theta - learning_rate * v          with nesterov: g + momentum * v for v

    The learning rate is outside v, as in EECS 442, discussion 5, and in PyTorch, so that changing
    it takes full effect at once. CSE 587, lecture 3, has it inside: v <- gamma * v +
    learning_rate * g; theta <- theta - v. As long as the learning rate stays the same, both take
    the same steps. For Nesterov's rule as that lecture writes it, see `look_ahead`.

    Whether it is batch, mini-batch or stochastic gradient descent depends on the number of examples
    that the gradient was computed from.

    Parameters
    ----------
    learning_rate : float or callable
        Step size, or a schedule ``t -> float``.
    momentum : float
        The fraction of v that is kept, in [0, 1); 0 is plain gradient descent.
    nesterov : bool
        Whether to step along g + momentum * v instead of v. Needs momentum.
    weight_decay : float
        Adds weight_decay * theta to the gradient: an L2 penalty on every parameter.

    Raises
    ------
    ValueError
        If a setting is out of range, or nesterov is True without momentum.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"theta": np.array([1.0])}
    >>> optimizer = SGD(learning_rate=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.step(params, {"theta": np.array([1.0])})
    >>> params["theta"]  # 1 - 0.1 * 1 - 0.1 * 1.9
    array([0.71])

    Notes
    -----
    Source: EECS 442, discussion 5, "Momentum"; CSE 587, lecture 3. Nesterov's form is that of
    Sutskever et al., 2013, rewritten as in PyTorch so that the gradient is taken at theta.
    """

    slots = ("v",)
    elementwise = True

    learning_rate: LearningRate = 0.01
    momentum: Below1 = 0.0
    nesterov: Flag = False
    weight_decay: NotNegative = 0.0

    def __post_init__(self) -> None:
        if self.nesterov and not self.momentum:
            raise ValueError("SGD: expected a momentum above 0 for nesterov=True, got 0")

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return the shape of the velocity v, if there is momentum."""
        return {"v": shape} if self.momentum else {}

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against its gradient."""
        if self.weight_decay:
            g = g + self.weight_decay * theta
        if self.momentum:
            v = state["v"]
            v *= self.momentum
            v += g
            g = g + self.momentum * v if self.nesterov else v
        theta -= learning_rate * g

    @property
    def loop(self) -> Loop:
        """The same rule as one loop."""
        return _momentum if self.momentum else _plain

    def numbers(self, learning_rate: float) -> tuple[float, ...]:
        """Return the arguments of the loop other than the arrays."""
        if self.momentum:
            return learning_rate, self.momentum, self.nesterov, self.weight_decay
        return learning_rate, self.weight_decay


def _plain(theta: Array, g: Array, learning_rate: float, weight_decay: float) -> None:
    """One pass over the entries without momentum, which numba compiles."""
    number = theta.dtype.type
    rate, decay = number(learning_rate), number(weight_decay)
    for i in range(theta.size):
        theta[i] -= rate * (g[i] + decay * theta[i] if weight_decay else g[i])


def _momentum(
    theta: Array,
    g: Array,
    v: Array,
    learning_rate: float,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
) -> None:
    """One pass with momentum, in both its forms."""
    number = theta.dtype.type
    rate, kept, decay = number(learning_rate), number(momentum), number(weight_decay)
    for i in range(theta.size):
        slope = g[i] + decay * theta[i] if weight_decay else g[i]
        v[i] = v[i] * kept + slope
        theta[i] -= rate * (slope + kept * v[i] if nesterov else v[i])
