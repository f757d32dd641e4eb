"""Schedules that fall for as long as training goes on."""

from __future__ import annotations

from dataclasses import dataclass

from optimizers.requirements import AtMost1, Count, NotNegative, declared
from optimizers.schedules.schedule import Schedule


@declared
@dataclass(frozen=True)
class StepDecay(Schedule):
    """Multiply the learning rate by a factor every so many steps.

    rate(t) = start * factor**floor((t - 1) / every).

    Parameters
    ----------
    start : float
        The learning rate of the first steps.
    factor : float
        From 0 to 1.
    every : int
        The number of steps for which the rate stays the same.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> [StepDecay(0.5, factor=0.25, every=2)(t) for t in range(1, 6)]
    [0.5, 0.5, 0.125, 0.125, 0.03125]

    Notes
    -----
    Source: CSE 587, lecture 3, "Learning Rate Decay".
    """

    start: NotNegative
    factor: AtMost1
    every: Count

    def _rate(self, t: int) -> float:
        return self.start * float(self.factor ** ((t - 1) // self.every))


@declared
@dataclass(frozen=True)
class Exponential(Schedule):
    """Multiply the learning rate by a factor at every step.

    rate(t) = start * factor**(t - 1).

    Parameters
    ----------
    start : float
        The learning rate of the first step.
    factor : float
        From 0 to 1.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> [Exponential(0.5, factor=0.5)(t) for t in range(1, 5)]
    [0.5, 0.25, 0.125, 0.0625]
    """

    start: NotNegative
    factor: AtMost1

    def _rate(self, t: int) -> float:
        return self.start * float(self.factor ** (t - 1))


@declared
@dataclass(frozen=True)
class InverseTime(Schedule):
    """Let the learning rate fall as 1 / t.

    rate(t) = start / (1 + decay * (t - 1)), which is start / t if decay is 1. The sum of these
    rates diverges and the sum of their squares converges, so stochastic gradient descent can reach
    any point and still come to rest.

    Parameters
    ----------
    start : float
        The learning rate of the first step.
    decay : float
        How fast it falls: to half after 1 / decay steps.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> [InverseTime(0.5)(t) for t in (1, 2, 5, 100)]
    [0.5, 0.25, 0.1, 0.005]

    Notes
    -----
    Source: 10-601, lecture 13, "A Recipe for Machine Learning", with the learning rate eta_t;
    Robbins and Monro, 1951.
    """

    start: NotNegative
    decay: NotNegative = 1.0

    def _rate(self, t: int) -> float:
        return self.start / (1 + self.decay * (t - 1))
