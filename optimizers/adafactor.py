"""Adafactor: the second moment of a matrix, kept as one row and one column."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizers import norms
from optimizers.optimizer import Optimizer
from optimizers.param_arrays import Array, State
from optimizers.requirements import (
    AtLeast1,
    LearningRate,
    NotNegative,
    NotNegativeOrNone,
    NotPositive,
    declared,
)


@declared
@dataclass(repr=False, eq=False)
class Adafactor(Optimizer):
    """Divide the gradient by a root mean square that takes little memory.

    For a matrix of n rows and m columns, the rule stores n + m numbers, where `Adam` stores 2nm::

        beta2 = 1 - t**beta2_decay                  0 at the first step, then towards 1
        row <- beta2 * row + (1 - beta2) * mean of g**2 over the columns
        column <- beta2 * column + (1 - beta2) * mean of g**2 over the rows
        v = row * column / mean(row)                has these means of its rows and columns
        step = g / max(sqrt(v), epsilon1)
        step <- step / max(1, rms(step) / d)        no step is longer than d on average
        size = max(epsilon2, rms(theta)) * min(learning_rate, 1 / sqrt(t))
        theta <- theta - size * step

    The steps are proportional to the size of the parameter. Parameters with at most one axis store
    all of v; in those with more than two, the last two axes are the rows and columns.

    This is PyTorch's form. In the paper, epsilon1 is added to g**2, and the learning rate is 0.01.

    Parameters
    ----------
    learning_rate : float or callable
        The largest step relative to the parameter, or a schedule ``t -> float``.
    beta2_decay : float
        At most 0: how quickly the averages forget; at 0 they remember nothing.
    epsilon1 : float, optional
        The smallest root to divide by. None: the machine epsilon of the parameter's dtype.
    epsilon2 : float
        The least size that a parameter is taken to have, so that it can move away from 0.
    d : float
        The largest root mean square of a step, at least 1.
    weight_decay : float
        The fraction of theta that decays per step and unit of learning rate, as in `AdamW`.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"W": np.full((2, 3), 2.0)}
    >>> optimizer = Adafactor(learning_rate=0.1)
    >>> optimizer.step(params, {"W": np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])})
    >>> params["W"].round(6)  # this g**2 is a product of a row and a column; 2 - 0.1 * 2
    array([[1.8, 1.8, 1.8],
           [1.8, 1.8, 1.8]])
    >>> {slot: array.shape for slot, array in optimizer.state["W"].items()}
    {'row': (2, 1), 'column': (1, 3)}

    Notes
    -----
    Source: CSE 587, lecture 3, which lists it with `AdamW`; Shazeer and Stern, 2018.
    """

    slots = ("row", "column", "v")

    learning_rate: LearningRate = 0.01
    beta2_decay: NotPositive = -0.8
    epsilon1: NotNegativeOrNone = None
    epsilon2: NotNegative = 1e-3
    d: AtLeast1 = 1.0
    weight_decay: NotNegative = 0.0

    def shapes(self, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        """Return the shapes of a row and a column, or of v itself if there are no rows."""
        if len(shape) < 2:
            return {"v": shape}
        return {"row": (*shape[:-1], 1), "column": (*shape[:-2], 1, shape[-1])}

    def update(self, theta: Array, g: Array, state: State, learning_rate: float) -> None:
        """Move theta against its gradient, by a fraction of its own size."""
        if not theta.size:
            return  # an empty array has no mean
        size = max(self.epsilon2, _rms(theta)) * min(learning_rate, 1 / math.sqrt(self.t))
        least = np.finfo(theta.dtype).eps if self.epsilon1 is None else self.epsilon1
        step = g / np.maximum(np.sqrt(self._second_moment(g * g, state, least)), least)
        theta *= 1 - learning_rate * self.weight_decay
        theta -= size / max(1.0, _rms(step) / self.d) * step

    def _second_moment(self, square: Array, state: State, least: float) -> Array:
        """Add the squares of a gradient to their averages, and return v."""
        new = self.t**self.beta2_decay
        if "v" in state:
            return _roll(state["v"], new, square)
        row = _roll(state["row"], new, square.mean(axis=-1, keepdims=True))
        column = _roll(state["column"], new, square.mean(axis=-2, keepdims=True))
        v: Array = row * column / np.maximum(row.mean(axis=-2, keepdims=True), least)
        return v


def _roll(average: Array, new: float, square: Array) -> Array:
    """Move an average towards a new value by the fraction `new`, in place."""
    average += new * (square - average)
    return average


def _rms(array: Array) -> float:
    """Return the root mean square, without overflow in float32."""
    scale = norms.scale_of(norms.largest([array]))
    return math.sqrt(norms.squares([array], scale) / array.size) * float(scale)
