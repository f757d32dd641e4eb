"""Schedules made of others."""

from __future__ import annotations

from dataclasses import dataclass

from optimizers import requirements
from optimizers.optimizer import LearningRate
from optimizers.spelling import spelled_class


@spelled_class
@dataclass(frozen=True)
class Then:
    """One schedule for so many steps, then another, whose own clock begins at 1.

    Parameters
    ----------
    first : float or callable
        The learning rate of the first steps, or a schedule.
    steps : int
        How many steps these are.
    after : float or callable
        What follows.

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
    steps: int
    after: LearningRate

    def __post_init__(self) -> None:
        requirements.plain(self)
        requirements.learning_rate(self, "first", self.first)
        requirements.count(self, "steps", self.steps)
        requirements.learning_rate(self, "after", self.after)

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        t = requirements.step(self, t)
        if t <= self.steps:
            return requirements.rate_at(self, self.first, t)
        return requirements.rate_at(self, self.after, t - self.steps)


@spelled_class
@dataclass(frozen=True)
class Warmup:
    """Climb in a straight line to where another schedule begins, and go on with that.

    rate(t) = after(1) * t / steps, up to step number `steps`, from which on it is
    after(t - steps + 1).

    Parameters
    ----------
    steps : int
        How many steps it takes to reach the first learning rate of `after`.
    after : float or callable
        What follows: a learning rate, or a schedule.

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

    steps: int
    after: LearningRate

    def __post_init__(self) -> None:
        requirements.plain(self)
        requirements.count(self, "steps", self.steps)
        requirements.learning_rate(self, "after", self.after)

    def __call__(self, t: int) -> float:
        """The learning rate of step t."""
        t = requirements.step(self, t)
        share = min(t / self.steps, 1.0)
        return share * requirements.rate_at(self, self.after, max(t - self.steps + 1, 1))
