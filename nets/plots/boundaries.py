"""The boundaries that nets draw between classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from layers.core.base import LayerLike
from nets.arguments import by_name, layer
from nets.display.figure import panels
from nets.plots.plane import classes, draw_points, draw_regions, examples

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 4


def boundaries(nets: Mapping[str, LayerLike], x: ArrayLike, labels: ArrayLike) -> Figure:
    """Draw the regions that each net divides the plane into, one picture a net.

    Parameters
    ----------
    nets : dict of str to layer
        Nets by the names to show, such as "no hidden layer" and "one of 8 units". Each takes points
        (N, 2) and returns scores (N, C), or one score, positive for class 1.
    x : array (N, 2)
        The points.
    labels : array (N,)
        Their classes, integers from 0.

    Raises
    ------
    ValueError
        If there is no net, or the arrays do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected, Tanh
    >>> from nets import Sequential
    >>> line = Sequential(FullyConnected(2, 2, rng=0))
    >>> curve = Sequential(FullyConnected(2, 8, rng=0), Tanh(), FullyConnected(8, 2, rng=1))
    >>> x, labels = np.random.default_rng(0).normal(size=(9, 2)), np.arange(9) % 2
    >>> figure = boundaries({"no hidden layer": line, "8 hidden units": curve}, x, labels)
    >>> [axes.get_title().split(":")[0] for axes in figure.axes]
    ['no hidden layer', '8 hidden units']

    Notes
    -----
    Source: CSE 587, lecture 3, "Beyond two layers: multilayer neural networks".
    """
    for name, net in by_name("boundaries", "nets", nets).items():
        layer("boundaries", f"nets[{name!r}]", net)
    points, correct = examples(x, labels, "boundaries")
    accuracies = [(classes(net, points, "boundaries") == correct).mean() for net in nets.values()]
    figure, places = panels(len(nets), COLUMNS, (2.7, 2.9))
    for axes, (name, net), accuracy in zip(places, nets.items(), accuracies, strict=True):
        draw_regions(axes, net, points, "boundaries")
        draw_points(axes, points, correct)
        axes.set_title(f"{name}: {100 * accuracy:.0f} %", fontsize=10)
    return figure
