"""Activations and their derivatives."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.core.base import LayerLike
from layers.core.checks import label, numbers
from layers.core.params import Array
from nets.arguments import layer
from nets.display.figure import panels
from nets.errors import pair
from nets.plots.style import BLUE, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REACH = 3.0  # the pictures go from -REACH to REACH
GREY = "#AAAAAA"
COLUMNS = 4
JUMP = 0.2  # a smooth curve rises less between neighbouring points


def activations(*layers: LayerLike) -> Figure:
    """Draw each activation and, from its `backward`, its derivative.

    Parameters
    ----------
    *layers : layer
        Elementwise layers. Copies of them run.

    Raises
    ------
    ValueError
        If there is no layer, or one changes the shape of its input.

    Examples
    --------
    >>> from layers import ReLU, Sigmoid, Tanh
    >>> [axes.get_title() for axes in activations(ReLU(), Sigmoid(), Tanh()).axes]
    ['ReLU', 'Sigmoid', 'Tanh']

    Notes
    -----
    Source: CSE 587, lecture 3, "Activation Functions".
    """
    if not layers:
        raise ValueError("activations: expected at least one layer, got none")
    for each in layers:
        hint = "; pass the layers one by one: activations(*layers)"
        layer("activations", "each argument", each, hint if isinstance(each, (list, tuple)) else "")
    curves = list(map(_curves, layers))
    figure, places = panels(len(layers), COLUMNS, (2.4, 2.2), above=0.4)
    for n, (axes, each, (x, y, dy)) in enumerate(zip(places, layers, curves, strict=True)):
        axes.plot(x, y, color=BLUE, lw=2.2, label="y")
        axes.plot(x, dy, color=VERMILION, lw=1.8, ls=(0, (4, 1.5)), label="dy/dx")
        axes.set_title(label(each), fontsize=10, pad=10)
        _cross(axes)
        if n % COLUMNS:
            axes.tick_params(labelleft=False)
    lines, names = axes.get_legend_handles_labels()
    figure.legend(lines, names, loc="outside upper center", ncols=2, frameon=False)
    return figure


def _curves(given: Any) -> tuple[Array, Array, Array]:
    """The points x, y and dy/dx, where each curve is broken at its jumps."""
    twin, x = copy.deepcopy(given), np.linspace(-REACH, REACH, 601)
    try:
        y = numbers(given, "the output", twin.forward(x))
        if y.shape != x.shape:
            raise ValueError(f"it turns {x.shape} into {y.shape}")
        dy = numbers(given, "dx", pair(given, twin.backward(np.ones_like(y)))[0])
    except Exception as error:
        raise ValueError(
            f"activations: expected elementwise layers of one input, such as ReLU(), but "
            f"{label(given)} does not work as one: {error}"
        ) from error
    return x, _broken(y), _broken(dy)


def _broken(curve: Array) -> Array:
    curve = np.array(curve)
    curve[1:][np.abs(np.diff(curve)) > JUMP] = np.nan
    return curve


def _cross(axes: Axes) -> None:
    """Axes through 0 instead of a box, with one scale for all pictures, to compare slopes."""
    axes.axhline(0, color=GREY, lw=0.8, zorder=0)
    axes.axvline(0, color=GREY, lw=0.8, zorder=0)
    axes.spines[:].set_visible(False)
    axes.set(xlim=(-REACH, REACH), ylim=(-1.4, REACH), xticks=(-2, 0, 2), yticks=(-1, 0, 1, 2))
    axes.tick_params(colors="#666666", labelsize=8, length=0)
