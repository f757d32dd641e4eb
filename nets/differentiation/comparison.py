"""All ways to differentiate one function, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nets import arguments
from nets.differentiation.dual import forward_mode
from nets.differentiation.finite_differences import (
    Function,
    centred_difference,
    complex_step,
    forward_difference,
)
from nets.differentiation.function_forms import checked_gradient, distance, forms_of
from nets.differentiation.symbolic import symbolic
from nets.display.text import WordTable

WAYS: dict[str, Callable[..., Any]] = {
    "forward difference": forward_difference,
    "centred difference": centred_difference,
    "complex step": complex_step,
    "forward mode": forward_mode,
    "symbolic": symbolic,
}
REVERSE = "reverse mode"
BY_VALUES = ("forward difference", "centred difference")  # which need values of f alone
TRUSTED = ("symbolic", "forward mode", REVERSE)  # errors are measured by the first that works
LONG = 0.2  # seconds, after which a way is not timed again
REPEATS = 5


class Outcome(NamedTuple):
    """The gradient that one way found, its error and its cost.

    Attributes
    ----------
    gradient : number, array, tuple or None
        The gradient; None where this way cannot differentiate this function.
    error : float
        The largest error of an entry, relative to the largest entry.
    evaluations : int
        How many times the function was evaluated.
    seconds : float
        The shortest of several times.
    reason : str
        Why there is no gradient.
    """

    gradient: Any
    error: float
    evaluations: int
    seconds: float
    reason: str = ""


class Comparison(WordTable):
    """The outcome of each way; prints as a table, and ``comparison["reverse mode"]`` is one row."""

    def __init__(self, outcomes: Mapping[str, Outcome], measure: str) -> None:
        self.outcomes = dict(outcomes)
        rows = [
            (way, f"{o.error:.1e}", str(o.evaluations), f"{1e6 * o.seconds:,.0f}")
            for way, o in outcomes.items()
            if not o.reason
        ]
        notes = [f"{way}: {o.reason}" for way, o in outcomes.items() if o.reason]
        header = ("way", "largest error", "evaluations", "microseconds")
        super().__init__(header, rows, [f"Errors are measured by {measure}.", *notes])

    def __getitem__(self, way: str) -> Outcome:
        if not isinstance(way, str) or way not in self.outcomes:
            raise KeyError(
                f"Comparison: there is no way {way!r}; the ways are {', '.join(self.outcomes)}"
            )
        return self.outcomes[way]


def compare(
    function: Any,
    *xs: ArrayLike,
    layer: Any = None,
    exact: Any = None,
    without: Collection[str] = (),
) -> Comparison:
    """Differentiate a function in every way, and measure error and cost.

    Parameters
    ----------
    function : callable or layer
        A function that returns one number; or a layer, the outputs of which are added up. Finite
        differences work for any function, and reverse mode needs a layer. The other ways need a
        function made of NumPy operations, a gate of the lectures, or a net of gates; other layers
        take real numbers only.
    *xs : number or array
        Where to differentiate. Arrays of integers, such as labels, are passed through.
    layer : layer, optional
        The same function as a layer, such as a `Graph`, for reverse mode.
    exact : gradient, optional
        The correct gradient, to measure errors by. Otherwise the most accurate way gives it.
    without : collection of str
        Ways to leave out, such as "symbolic", which takes long where there are many inputs.

    Returns
    -------
    Comparison
        Prints as a table; ``comparison["complex step"].gradient`` is what that way found.

    Examples
    --------
    >>> comparison = compare(lambda x: np.sin(x) / x, 1.0)
    >>> comparison["centred difference"].evaluations
    2
    >>> comparison["complex step"].error < 1e-15 < comparison["forward difference"].error
    True

    Notes
    -----
    Source: 10-601, lecture 13, "Approaches to Differentiation".
    """
    left_out = _left_out(without)
    forms = forms_of("compare", function, layer, xs)
    if exact is not None:
        exact = checked_gradient("compare", exact, xs)
    ways = {**WAYS, REVERSE: forms.reverse}
    tried = {
        name: _tried(way, forms.function if name in BY_VALUES else forms.formula, xs)
        for name, way in ways.items()
        if name not in left_out
    }
    found = [name for name in TRUSTED if name in tried and not tried[name].reason]
    if exact is None and not found:
        raise ValueError(
            "compare: no exact way can differentiate this function, so the errors cannot be "
            "measured; pass exact=, or the same function as layer="
        )
    measure = "what was passed as exact" if exact is not None else f"the way {found[0]!r}"
    correct = tried[found[0]].gradient if exact is None else exact
    measured = {
        name: o if o.reason else o._replace(error=distance(o.gradient, correct))
        for name, o in tried.items()
    }
    return Comparison(measured, measure)


def _left_out(without: object) -> list[str]:
    """The names of the ways to leave out, checked."""
    given = [without] if isinstance(without, str) else without
    names = arguments.strings("compare", "without", given)
    for name in names:
        if name not in (*WAYS, REVERSE):
            raise ValueError(
                f"compare: expected without to name ways, {', '.join((*WAYS, REVERSE))}, "
                f"got {name!r}"
            )
    return names


def _tried(way: Callable[..., Any], f: Function, xs: tuple[Any, ...]) -> Outcome:
    evaluations = 0

    def counted(*arguments: object) -> Any:
        nonlocal evaluations
        evaluations += 1
        return f(*arguments)

    try:
        gradient = way(counted, *xs)
    except Exception as error:  # a function may fail in any manner
        return Outcome(None, np.nan, evaluations, np.nan, f"{type(error).__name__}: {error}")
    return Outcome(gradient, np.nan, evaluations or 1, _seconds(way, f, xs))


def _seconds(way: Callable[..., Any], f: Function, xs: tuple[Any, ...]) -> float:
    times: list[float] = []
    while len(times) < REPEATS and sum(times) < LONG:
        start = time.perf_counter()
        way(f, *xs)
        times.append(time.perf_counter() - start)
    return min(times)
