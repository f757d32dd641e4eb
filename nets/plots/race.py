"""Optimizers that race down a surface."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.core.checks import brief, count
from layers.core.params import Array
from nets.arguments import by_name, instance
from nets.display.figure import blank
from nets.plots.style import SEVERAL, plain
from nets.plots.surfaces import VALLEY, Surface

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEVELS = 14  # contour lines
FAINT, LINE = "#F4F4F4", "#BBBBBB"


def race(optimizers: Mapping[str, Any], surface: Surface = VALLEY, steps: int = 60) -> Figure:
    """Draw the path of each optimizer down a surface and, next to it, its height at each step.

    Parameters
    ----------
    optimizers : dict of str to Optimizer
        The optimizers by the names to show. Copies of them run.
    surface : Surface
        `VALLEY`, `SADDLE`, or one of your own.
    steps : int
        The number of steps.

    Raises
    ------
    ValueError
        If there is no optimizer, or no step.

    Examples
    --------
    >>> from optimizers import SGD, Adagrad, Adam, RMSProp
    >>> rules = {
    ...     "SGD": SGD(1.8),
    ...     "momentum": SGD(0.3, momentum=0.9),
    ...     "Nesterov": SGD(0.3, momentum=0.9, nesterov=True),
    ...     "Adagrad": Adagrad(1.0),
    ...     "RMSProp": RMSProp(0.2, alpha=0.9),
    ...     "Adam": Adam(0.5),
    ... }
    >>> [axes.get_xlabel() for axes in race(rules).axes]
    ['x', 'step']

    On a saddle, plain descent stops where the slope is nearly 0:

    >>> from nets.plots import SADDLE
    >>> figure = race({**rules, "SGD": SGD(0.3)}, SADDLE)

    Notes
    -----
    Source: the lecture "Backpropagation" by Li, Karpathy and Johnson, "The effects of different
    update form formulas"; CSE 587, lecture 3, with a figure of SGD with and without momentum.
    """
    ways = walks(optimizers, surface, steps)
    figure = blank(10.5, 4.4)
    left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
    seen = _draw_surface(left, surface)
    _draw_ways(left, right, ways, surface, seen)
    lines, names = right.get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper center", ncols=len(names), frameon=False)
    return figure


def walks(
    optimizers: Mapping[str, Any], surface: Surface = VALLEY, steps: int = 60
) -> dict[str, Array]:
    """The places (steps + 1, 2) of each optimizer, from the start on, for the arguments of `race`.

    A walk ends before its height is infinite.
    """
    steps = count("race", "steps", steps)
    instance("race", "surface", surface, Surface, "; pass VALLEY or SADDLE, or make a Surface")
    for name, optimizer in by_name("race", "optimizers", optimizers).items():
        if isinstance(optimizer, type) or not hasattr(optimizer, "step"):
            raise TypeError(
                f"race: expected optimizers[{name!r}] to be an optimizer such as SGD(0.1), "
                f"got {brief(optimizer)}"
            )
    return {name: _walk(optimizer, surface, steps) for name, optimizer in optimizers.items()}


def _walk(optimizer: Any, surface: Surface, steps: int) -> Array:
    optimizer, place = copy.deepcopy(optimizer), np.array(surface.start, np.float64)
    places = [place.copy()]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            optimizer.step({"place": place}, {"place": np.array(surface.slope(*place))})
            if not np.isfinite(surface.height(*place)):
                break
            places.append(place.copy())
    return np.array(places)


def _draw_surface(axes: Axes, surface: Surface) -> tuple[float, float]:
    """Draw its contours, and return the lowest and the highest height in the picture."""
    x, y = np.meshgrid(np.linspace(*surface.x, 200), np.linspace(*surface.y, 200))
    z = surface.height(x, y)
    levels = np.linspace(z.min(), z.max(), LEVELS)
    if surface.lowest is not None:  # closer together near the bottom, as the walks' steps are
        levels = surface.lowest + (z.max() - surface.lowest) * np.linspace(0, 1, LEVELS) ** 3
    axes.contourf(x, y, z, levels, cmap="Greys", alpha=0.25)
    axes.contour(x, y, z, levels[1:-1], colors=LINE, linewidths=0.6, linestyles="solid")
    axes.set(xlim=surface.x, ylim=surface.y, xlabel="x", ylabel="y")
    return float(z.min()), float(z.max())


def _draw_ways(
    left: Axes, right: Axes, ways: Mapping[str, Array], surface: Surface, seen: tuple[float, float]
) -> None:
    widths = np.linspace(2.0, 1.1, len(ways))  # a thin line does not hide the one beneath it
    for (name, way), colour, width in zip(ways.items(), cycle(SEVERAL), widths, strict=False):
        left.plot(*way.T, color=colour, lw=width, marker="o", ms=1.8 * width)
        left.plot(*way[-1], color=colour, marker="o", ms=8, mec="white", zorder=3)
        heights = surface.height(*way.T) - (surface.lowest or 0.0)
        right.plot(heights, color=colour, lw=1.8, label=name)
    left.plot(*surface.start, color="white", marker="o", ms=8, mec="black", zorder=3)
    plain(right)
    if surface.lowest is None:
        right.set(xlabel="step", ylabel="height", ylim=seen)
    else:
        right.set(xlabel="step", ylabel="height above the bottom", yscale="log")
