"""Schedules that go from one learning rate to another in a number of steps, and stay there."""

from __future__ import annotations

import math
from dataclasses import dataclass

from optimizers import requirements
from optimizers.spelling import spelled_class


@spelled_class
@dataclass(frozen=True)
class Linear:
    """Go from one learning rate to another in a straight line.

    rate(t) = start + (stop - start) * (t - 1) / steps, and stop after that.

    Parameters
    ----------
    start : float
        The learning rate of the first step.
    steps : int
        How many steps it takes.
    stop : float
        The learning rate from then on.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> [Linear(1.0, steps=4)(t) for t in range(1, 7)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    start: float
    steps: int
    stop: float = 0.0

    def __post_init__(self) -> None:
        requirements.plain(self)
        _check(self)

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        t = requirements.step(self, t)
        done = min((t - 1) / self.steps, 1.0)
        return self.start * (1 - done) + self.stop * done


@spelled_class
@dataclass(frozen=True)
class Cosine:
    """Go from one learning rate to another along half a wave: slowly, fast, and slowly again.

    rate(t) = stop + (start - stop) * (1 + cos(pi * (t - 1) / steps)) / 2, and stop after that.

    Parameters
    ----------
    start : float
        The learning rate of the first step.
    steps : int
        How many steps it takes.
    stop : float
        The learning rate from then on.

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
    Source: Loshchilov and Hutter, 2017, without the restarts.
    """

    start: float
    steps: int
    stop: float = 0.0

    def __post_init__(self) -> None:
        requirements.plain(self)
        _check(self)

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        t = requirements.step(self, t)
        left = (1 + math.cos(math.pi * min((t - 1) / self.steps, 1.0))) / 2
        return self.start * left + self.stop * (1 - left)


def _check(schedule: Linear | Cosine) -> None:
    requirements.number(schedule, "start", schedule.start)
    requirements.count(schedule, "steps", schedule.steps)
    requirements.number(schedule, "stop", schedule.stop)
