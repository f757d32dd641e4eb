"""How a hidden layer of two units bends the plane, until a line can part the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layers.core.checks import count, numbers
from layers.core.params import Array
from nets.arguments import instance
from nets.display.figure import blank
from nets.plots.plane import Limits, around, classes, draw_points, draw_regions, examples
from nets.sequential import Sequential

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES, FINE = 25, 200  # lines in each direction, and points along each
GRID = "#999999"


def bending(net: Sequential, x: Any, labels: Any, layers: int = 2) -> Figure:
    """Draw a grid and the points on it, and what becomes of both after the first layers of a net.

    The shades are the classes that the net finds. To the right, where the layers that are left
    are a single `FullyConnected`, they are parted by straight lines.

    Parameters
    ----------
    net : Sequential
        Takes points (N, 2) and gives scores (N, C), or one score, which is above 0 for class 1.
    x : array (N, 2)
        The points to draw.
    labels : array (N,)
        Their classes, integers from 0.
    layers : int
        After how many layers to look; 2 are a `FullyConnected` and its activation. There the
        net must have two units, because a picture has two axes.

    Returns
    -------
    matplotlib.figure.Figure
        The last line of a notebook cell shows it; `save` writes it to a file.

    Raises
    ------
    TypeError
        If the net is not a `Sequential`, which alone has first layers.
    ValueError
        If it has not so many layers and one more, or not two units there; or the arrays fit
        neither each other nor a plane.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from layers import FullyConnected, Tanh
    >>> net = Sequential(FullyConnected(2, 2, rng=0), Tanh(), FullyConnected(2, 1, rng=1))
    >>> x, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> [axes.get_title() for axes in bending(net, x, labels).axes]
    ['x', 'behind layer 1, Tanh']

    Notes
    -----
    Source: CSCI 544, lecture 8, "Power of non-linearity".
    """
    instance("bending", "net", net, Sequential)
    if not count("bending", "layers", layers) < len(net):
        raise ValueError(
            f"bending: expected layers from 1 to {len(net) - 1}, so that a layer is left to part "
            f"the classes, got {layers}"
        )
    x, labels = examples(x, labels, "bending")
    first, last = net[:layers], net[layers:]
    hidden = numbers("bending", "the hidden units", first.predict(x))
    if hidden.shape != x.shape:
        raise ValueError(
            f"bending: expected two units behind layer {layers - 1}, an output of shape "
            f"{x.shape}, got {hidden.shape}"
        )
    grid = _grid(around(x))
    bent = np.stack([first.predict(line) for line in grid])
    figure = blank(8.4, 4.2)
    left, right = figure.subplots(1, 2)
    left.set_title("x", fontsize=10)
    right.set_title(f"behind layer {layers - 1}, {type(net[layers - 1]).__name__}", fontsize=10)
    _draw(left, net, grid, x, labels)
    _draw(right, last, bent, hidden, labels)
    return figure


def _grid(limits: Limits) -> Array:
    """Lines up and across as points (2 LINES, FINE, 2)."""
    (left, right), (bottom, top) = limits
    up = np.meshgrid(np.linspace(left, right, LINES), np.linspace(bottom, top, FINE), indexing="ij")
    across = np.meshgrid(np.linspace(left, right, FINE), np.linspace(bottom, top, LINES))
    return np.concatenate([np.stack(up, axis=-1), np.stack(across, axis=-1)])


def _draw(axes: Axes, net: Sequential, grid: Array, points: Array, labels: Array) -> None:
    limits = around(grid.reshape(-1, 2))
    draw_regions(axes, lambda plane: classes(net.predict(plane), "bending"), limits)
    for line in grid:
        axes.plot(*line.T, color=GRID, lw=0.5, zorder=1)
    draw_points(axes, points, labels)
    axes.set(xticks=(), yticks=())
