"""How a hidden layer of two units bends the plane until a line can separate the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import brief, count, numbers
from layers.core.params import Array
from nets.display.figure import blank
from nets.plots.plane import Limits, around, draw_points, draw_regions, examples

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LINES, FINE = 25, 200  # lines in each direction, and points along each
GRID = "#999999"


def bending(net: Any, x: ArrayLike, labels: ArrayLike, layers: int = 2) -> Figure:
    """Draw points on a grid, and where the first layers of a net move both.

    The shades are the classes that the net predicts. In the picture to the right, straight lines
    separate them if a single `FullyConnected` is left.

    Parameters
    ----------
    net : Sequential
        Takes points (N, 2) and returns scores (N, C), or one score, positive for class 1.
    x : array (N, 2)
        The points.
    labels : array (N,)
        Their classes, integers from 0.
    layers : int
        The number of first layers; 2 are a `FullyConnected` and its activation. Their output must
        have two units, because a picture has two axes.

    Raises
    ------
    TypeError
        If the net is not a `Sequential`.
    ValueError
        If there are not more layers than `layers`, if these do not end in two units, or if the
        arrays do not fit.

    Examples
    --------
    >>> from layers import FullyConnected, Tanh
    >>> from nets import Sequential
    >>> net = Sequential(FullyConnected(2, 2, rng=0), Tanh(), FullyConnected(2, 1, rng=1))
    >>> x, labels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> [axes.get_title() for axes in bending(net, x, labels).axes]
    ['x', 'after layer 1, Tanh']

    Notes
    -----
    Source: CSCI 544, lecture 8, "Power of non-linearity".
    """
    if not isinstance(getattr(net, "layers", None), tuple):  # a graph has no first layers
        raise TypeError(f"bending: expected net to be a Sequential, got {brief(net)}")
    if not count("bending", "layers", layers) < len(net):
        raise ValueError(
            f"bending: expected layers from 1 to {len(net) - 1}, so that a layer is left to "
            f"separate the classes, got {layers}"
        )
    points, classes_of = examples(x, labels, "bending")
    first, last = net[:layers], net[layers:]
    hidden = numbers("bending", "the hidden units", first.predict(points))
    if hidden.shape != points.shape:
        raise ValueError(
            f"bending: expected two units after layer {layers - 1}, an output of shape "
            f"{points.shape}, got {hidden.shape}"
        )
    grid = _grid(around(points))
    bent = np.stack([first.predict(line) for line in grid])
    figure = blank(8.4, 4.2)
    left, right = figure.subplots(1, 2)
    left.set_title("x", fontsize=10)
    right.set_title(f"after layer {layers - 1}, {type(net[layers - 1]).__name__}", fontsize=10)
    _draw(left, net, grid, points, classes_of)
    _draw(right, last, bent, hidden, classes_of)
    return figure


def _grid(limits: Limits) -> Array:
    """Lines up and across as points (2 LINES, FINE, 2)."""
    (left, right), (bottom, top) = limits
    up = np.meshgrid(np.linspace(left, right, LINES), np.linspace(bottom, top, FINE), indexing="ij")
    across = np.meshgrid(np.linspace(left, right, FINE), np.linspace(bottom, top, LINES))
    return np.concatenate([np.stack(up, axis=-1), np.stack(across, axis=-1)])


def _draw(axes: Axes, net: Any, grid: Array, points: Array, labels: Array) -> None:
    draw_regions(axes, net, grid.reshape(-1, 2), "bending")
    for line in grid:
        axes.plot(*line.T, color=GRID, lw=0.5, zorder=1)
    draw_points(axes, points, labels)
