"""The error of finite differences against their step, which can be too long and too short."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import real
from layers.core.params import Array
from nets.arguments import items
from nets.differentiation.comparison import BY_VALUES, WAYS
from nets.differentiation.dual import forward_mode
from nets.differentiation.finite_differences import Function
from nets.differentiation.function_forms import checked_gradient, distance, forms_of
from nets.differentiation.point import TINY, StuckStepError
from nets.display.figure import blank

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = 10.0 ** np.arange(-1, -16.5, -0.5)
EPSILON = float(np.finfo(np.float64).eps)
# Of the palette of Okabe and Ito (2008), for colour-blind readers.
LOOKS = {
    "forward difference": {"color": "#D55E00", "marker": "o"},
    "centred difference": {"color": "#0072B2", "marker": "s"},
    "complex step": {"color": "#009E73", "marker": "^"},
}


def errors_against_h(
    function: Any, *xs: ArrayLike, exact: Any = None, steps: Iterable[float] = STEPS
) -> dict[str, Array]:
    """The largest relative error of each way that takes a step, for each step.

    The complex step is left out for layers that take real numbers only, that is all but gates.

    Parameters
    ----------
    function : callable or layer
        A function that returns one number; or a layer, the outputs of which are added up.
    *xs : number or array
        Where to differentiate.
    exact : gradient, optional
        The correct gradient; otherwise forward mode or, for a layer, reverse mode gives it.
    steps : sequence of float
        The steps h.

    Examples
    --------
    >>> errors = errors_against_h(np.sin, 1.0, steps=[1e-1, 1e-8, 1e-15])
    >>> [way for way, of_way in errors.items() if of_way.argmin() == 1]
    ['forward difference', 'centred difference']
    """
    owner = "errors_against_h"
    several = [real(owner, "each of steps", h) for h in items(owner, "steps", steps)]
    if any(h < TINY for h in several):
        raise ValueError(f"{owner}: expected positive steps, got {min(several)}")
    forms = forms_of(owner, function, None, xs)
    is_layer = hasattr(function, "backward")
    if exact is not None:
        exact = checked_gradient(owner, exact, xs)
    else:
        exact = forms.reverse(function, *xs) if is_layer else forward_mode(function, *xs)
    found = {}
    for way in LOOKS:
        f = forms.function if way in BY_VALUES else forms.formula
        try:
            found[way] = np.array([_error(way, f, xs, h, exact) for h in several])
        except TypeError:  # of a layer that takes real numbers only
            if not is_layer or way in BY_VALUES:
                raise
    return found


def _error(way: str, f: Function, xs: tuple[Any, ...], h: float, exact: ArrayLike) -> float:
    try:
        return distance(WAYS[way](f, *xs, h=h), exact)
    except StuckStepError:  # both values are the same, and the error is all of the gradient
        return 1.0


def error_against_h(function: Any, *xs: ArrayLike, exact: Any = None) -> Figure:
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
        shown = np.clip(error, EPSILON / 10, 1e100)  # an axis has no 0, nor room for all floats
        axes.loglog(STEPS, shown, label=name, ms=4, **LOOKS[name])
    rounding = "rounding, all that is left in forward and reverse mode"
    axes.axhline(EPSILON, color="0.5", linestyle=":", label=rounding)
    axes.set(xlabel="step h", ylabel="largest relative error")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return figure
