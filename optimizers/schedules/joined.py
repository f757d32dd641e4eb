"""Schedules made of other schedules."""

from __future__ import annotations

from dataclasses import dataclass

from optimizers.requirements import Count, LearningRate, declared, rate_at
from optimizers.schedules.schedule import Schedule


@declared
@dataclass(frozen=True)
class Then(Schedule):
    """One schedule for a number of steps, then another, with a clock that starts again at 1.

    Parameters
    ----------
    first : float or callable
        The learning rate of the first steps, or a schedule.
    steps : int
        The number of these steps.
    after : float or callable
        What comes after these: a learning rate, or a schedule.

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of range, or neither a number nor a schedule.

    Examples
    --------
    >>> from optimizers.schedules import Linear
    >>> [Then(0.5, 2, Linear(0.25, steps=4))(t) for t in range(1, 6)]
    [0.5, 0.5, 0.25, 0.1875, 0.125]
    """

    first: LearningRate
    steps: Count
    after: LearningRate

    def _rate(self, t: int) -> float:
        if t <= self.steps:
            return rate_at(self, self.first, t)
        return rate_at(self, self.after, t - self.steps)


@declared
@dataclass(frozen=True)
class Warmup(Schedule):
    """Climb in a straight line to the start of another schedule, and continue with that.

    rate(t) = after(1) * t / steps up to step number `steps`, and after(t - steps + 1) from there
    on.

    Parameters
    ----------
    steps : int
        The number of steps that it takes to reach the first learning rate of `after`.
    after : float or callable
        The learning rate after that, or a schedule.

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of range, or neither a number nor a schedule.

    Examples
    --------
    >>> from optimizers.schedules import Exponential
    >>> [Warmup(4, Exponential(1.0, 0.5))(t) for t in range(1, 8)]
    [0.25, 0.5, 0.75, 1.0, 0.5, 0.25, 0.125]
    """

    steps: Count
    after: LearningRate

    def _rate(self, t: int) -> float:
        share = min(t / self.steps, 1.0)
        return share * rate_at(self, self.after, max(t - self.steps + 1, 1))
