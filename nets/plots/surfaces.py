"""Functions of two parameters to walk on: a valley and a saddle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from layers.core.checks import brief, numbers, real
from nets.arguments import called, function, items


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
        Where walks begin.
    x, y : tuple of float
        The limits of the picture.
    lowest : float, optional
        The minimum of the height, if there is one.

    Raises
    ------
    TypeError, ValueError
        If a function cannot be called, or a pair is not two finite numbers, the lower one first.
    """

    height: Callable[[Any, Any], Any]
    slope: Callable[[float, float], tuple[float, float]]
    start: tuple[float, float]
    x: tuple[float, float]
    y: tuple[float, float]
    lowest: float | None = None

    def __post_init__(self) -> None:
        for name in ("height", "slope"):
            function("Surface", name, getattr(self, name))
        for name in ("start", "x", "y"):
            pair = items("Surface", name, getattr(self, name))
            if len(pair) != 2:
                raise ValueError(f"Surface: expected {name} to be two numbers, got {brief(pair)}")
            low, high = (real("Surface", name, number) for number in pair)
            if name != "start" and not low < high:
                raise ValueError(f"Surface: expected {name} from low to high, got {low} to {high}")
        if self.lowest is not None:
            real("Surface", "lowest", self.lowest)
        for name, size in (("height", 1), ("slope", 2)):
            given = numbers(
                "Surface", name, called("Surface", getattr(self, name), [*map(float, self.start)])
            )
            if given.size != size:
                raise ValueError(
                    f"Surface: expected {name}(x, y) to return {size} number{'s' * (size > 1)}, "
                    f"got shape {given.shape}"
                )


# 25 times as steep across as along: no learning rate suits both directions.
VALLEY = Surface(
    height=lambda x, y: x**2 / 50 + y**2 / 2,
    slope=lambda x, y: (x / 25, y),
    start=(-9.0, 2.5),
    x=(-10.0, 3.0),
    y=(-3.0, 3.0),
    lowest=0.0,
)

# Up along x and down along y; near the ridge, where it starts, the slope along y is tiny.
SADDLE = Surface(
    height=lambda x, y: (x**2 - y**2) / 20,
    slope=lambda x, y: (x / 10, -y / 10),
    start=(-8.0, 0.01),
    x=(-10.0, 10.0),
    y=(-6.0, 10.0),
)
