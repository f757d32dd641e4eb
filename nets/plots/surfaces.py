"""Functions of two parameters to walk on: a valley and a saddle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Surface:
    """A loss with two parameters x and y, small enough to look at.

    Parameters
    ----------
    height : callable
        The loss at (x, y), for numbers and for arrays.
    slope : callable
        Its two derivatives at (x, y).
    start : tuple of float
        Where a walk on it begins.
    x, y : tuple of float
        The lowest and the highest value that a picture shows.
    lowest : float, optional
        The least height, if there is one.
    """

    height: Callable[[Any, Any], Any]
    slope: Callable[[float, float], tuple[float, float]]
    start: tuple[float, float]
    x: tuple[float, float]
    y: tuple[float, float]
    lowest: float | None = None


# Twenty-five times as steep across as along: the step that is right for one is wrong for the other.
VALLEY = Surface(
    height=lambda x, y: x**2 / 50 + y**2 / 2,
    slope=lambda x, y: (x / 25, y),
    start=(-9.0, 2.5),
    x=(-10.0, 3.0),
    y=(-3.0, 3.0),
    lowest=0.0,
)

# Up along x and down along y; the start is so near the ridge that the way down is hard to find.
SADDLE = Surface(
    height=lambda x, y: (x**2 - y**2) / 20,
    slope=lambda x, y: (x / 10, -y / 10),
    start=(-8.0, 0.01),
    x=(-10.0, 10.0),
    y=(-6.0, 10.0),
)
