"""Schedules that go from one learning rate to another in a number of steps, and stay there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimizers.requirements import Count, NotNegative, declared
from optimizers.schedules.schedule import Schedule


@declared
@dataclass(frozen=True)
class Linear(Schedule):
    """Go from one learning rate to another in a straight line.

    rate(t) = start + (stop - start) * (t - 1) / steps, and stop after that.

    Parameters
    ----------
    start : float
        The learning rate of the first step.
    steps : int
        The number of steps that it takes.
    stop : float
        The learning rate after that.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> [Linear(1.0, steps=4)(t) for t in range(1, 7)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    start: NotNegative
    steps: Count
    stop: NotNegative = 0.0

    def _rate(self, t: int) -> float:
        done = min((t - 1) / self.steps, 1.0)
        return self.start * (1 - done) + self.stop * done


@declared
@dataclass(frozen=True)
class Cosine(Schedule):
    """Go from one learning rate to another along half a cosine: slowly, fast, then slowly again.

    rate(t) = stop + (start - stop) * (1 + cos(pi * (t - 1) / steps)) / 2, and stop after that.

    Parameters
    ----------
    start, steps, stop
        As in `Linear`.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> [round(Cosine(1.0, steps=4)(t), 4) for t in range(1, 7)]
    [1.0, 0.8536, 0.5, 0.1464, 0.0, 0.0]

    Notes
    -----
    Source: Loshchilov and Hutter, 2017, without restarts.
    """

    start: NotNegative
    steps: Count
    stop: NotNegative = 0.0

    def _rate(self, t: int) -> float:
        left = (1 + math.cos(math.pi * min((t - 1) / self.steps, 1.0))) / 2
        return self.start * left + self.stop * (1 - left)
