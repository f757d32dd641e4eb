"""The picture of why a step can be too long and too short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layers.core.checks import real
from layers.core.params import Array
from nets.arguments import items
from nets.differentiation.comparison import BY_VALUES, distance, forms_of, gradient
from nets.differentiation.dual import forward_mode
from nets.differentiation.finite_differences import BY_STEP
from nets.differentiation.point import TINY, point
from nets.display.figure import blank

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = 10.0 ** np.arange(-1, -16.5, -0.5)
EPSILON = float(np.finfo(np.float64).eps)
# Of the palette of Okabe and Ito (2008), which colour-blind readers can tell apart.
WAYS = (
    ("forward difference", "#D55E00", "o"),
    ("centred difference", "#0072B2", "s"),
    ("complex step", "#009E73", "^"),
)


def errors_against_h(
    function: Any, *xs: Any, exact: Any = None, steps: Any = STEPS
) -> dict[str, Array]:
    """The largest relative error of each way that takes a step, for each step.

    Parameters
    ----------
    function : callable or layer
        A function that gives one number; or a layer, of which the outputs are added up.
    *xs : number or array
        Where to differentiate.
    exact : gradient, optional
        What errors are measured by; otherwise forward mode or, of a layer, reverse mode.
    steps : sequence of float
        The steps h.

    Examples
    --------
    >>> errors = errors_against_h(np.sin, 1.0, steps=[1e-1, 1e-8, 1e-15])
    >>> [way for way, of_way in errors.items() if of_way.argmin() == 1]
    ['forward difference', 'centred difference']
    """
    owner = "errors_against_h"
    several = [real(h, "each of steps", owner) for h in items(steps, "steps", owner)]
    if any(h < TINY for h in several):
        raise ValueError(f"{owner}: expected positive steps, got {min(several)}")
    forms = forms_of(function, None, xs)
    inputs = point(xs, owner)
    if exact is None:
        is_layer = hasattr(function, "backward")
        exact = forms.reverse(function, *xs) if is_layer else forward_mode(function, *xs)
    else:
        exact = gradient(exact, xs)
    f = {way: forms.function if way in BY_VALUES else forms.formula for way in BY_STEP}
    return {
        name: np.array([distance(by_step(f[name], inputs, h), exact) for h in several])
        for name, by_step in BY_STEP.items()
    }


def error_against_h(function: Any, *xs: Any, exact: Any = None) -> Figure:
    """Draw the error of finite differences and of the complex step against the step h.

    Parameters
    ----------
    function, *xs, exact
        As in `errors_against_h`.

    Returns
    -------
    matplotlib.figure.Figure
        The last line of a notebook cell shows it; `nets.plots.save` writes it to a file.

    Raises
    ------
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> figure = error_against_h(np.sin, 1.0)
    >>> [line.get_label() for line in figure.axes[0].lines[:3]]
    ['forward difference', 'centred difference', 'complex step']

    Notes
    -----
    Source: 10-601, lecture 13, "Finite Difference Method".
    """
    figure = blank(6.4, 4.0)
    axes = figure.add_subplot()
    for name, error in errors_against_h(function, *xs, exact=exact).items():
        colour, marker = next((c, m) for way, c, m in WAYS if way == name)
        shown = np.maximum(error, EPSILON / 10)  # a logarithm has no 0
        axes.loglog(STEPS, shown, label=name, color=colour, marker=marker, ms=4)
    axes.axhline(
        EPSILON,
        color="0.5",
        linestyle=":",
        label="rounding, all that is left in forward and reverse mode",
    )
    axes.set(xlabel="step h", ylabel="largest relative error")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return figure
