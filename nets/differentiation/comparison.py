"""All ways to differentiate one function, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np

from layers.core.checks import numbers
from nets import arguments
from nets.differentiation.dual import forward_mode
from nets.differentiation.finite_differences import (
    Function,
    centred_difference,
    complex_step,
    forward_difference,
)
from nets.differentiation.gates import in_numpy
from nets.differentiation.point import point
from nets.differentiation.reverse import number_of, repeatable, reverse_mode, weighted_sum
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
    *xs: Any,
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
    if exact is not None:
        exact = gradient(exact, xs)
    forms = forms_of(function, layer, xs)
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
    outcomes = {
        name: outcome
        if outcome.reason
        else outcome._replace(error=distance(outcome.gradient, correct))
        for name, outcome in tried.items()
    }
    return Comparison(outcomes, measure)


class Forms(NamedTuple):
    """One function in the forms that the ways to differentiate take.

    Attributes
    ----------
    function : callable
        Returns the number to differentiate.
    formula : callable
        The same for inputs that are complex, dual numbers or symbols.
    reverse : callable
        Its gradient in reverse mode.
    """

    function: Function
    formula: Function
    reverse: Callable[..., Any]


def forms_of(function: Any, layer: Any, xs: tuple[Any, ...]) -> Forms:
    """A function or layer in the forms that the ways to differentiate take."""
    point(xs, "compare")
    if hasattr(function, "backward"):
        arguments.layer("compare", "function", function)
    else:
        arguments.function("compare", "function", function)
    if layer is not None:
        arguments.layer("compare", "layer", layer)
    if layer is None and not hasattr(function, "backward"):
        return Forms(function, function, _no_layer)
    is_layer = hasattr(function, "backward")
    twin, rewind = repeatable(function if is_layer else layer)
    dout = _ones(twin.forward(*xs))

    def reverse(_: Function, *xs: Any) -> Any:
        rewind()
        return reverse_mode(twin, *xs, dout=dout)

    if not is_layer:
        return Forms(function, function, reverse)
    formula = in_numpy(twin)
    return Forms(number_of(function, dout), lambda *xs: weighted_sum(formula(*xs), dout), reverse)


def _left_out(without: Any) -> list[str]:
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


def gradient(exact: Any, xs: tuple[Any, ...]) -> Any:
    """`exact`, checked to have the shapes of the inputs."""
    parts = exact if isinstance(exact, tuple) and len(xs) > 1 else (exact,)
    shapes = [x.shape for x in point(xs, "compare")]
    if len(parts) != len(xs):
        raise ValueError(
            f"compare: expected exact to have one gradient for each of {len(xs)} inputs, "
            f"got {len(parts)}"
        )
    for position, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
        if part is not None and numbers("compare", "exact", part).shape != shape:
            raise ValueError(
                f"compare: expected exact of shape {shape} for input {position}, "
                f"got {np.shape(part)}"
            )
    return exact


def _no_layer(_: Function, *xs: Any) -> Any:
    raise TypeError("reverse_mode: expected the same function as a layer, pass layer=")


def _ones(y: Any) -> Any:
    """The dout that adds up all entries of an output."""
    return tuple(map(_ones, y)) if isinstance(y, tuple) else np.ones(np.shape(y))[()]


def _tried(way: Callable[..., Any], f: Function, xs: tuple[Any, ...]) -> Outcome:
    evaluations = 0

    def counted(*arguments: Any) -> Any:
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


def distance(found: Any, correct: Any) -> float:
    """The worst entry's distance, relative to the largest entry."""
    pairs = zip(_parts(found), _parts(correct), strict=True)
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    worst = max((float(np.abs(np.subtract(a, b)).max(initial=0.0)) for a, b in known), default=0.0)
    largest = max((float(np.abs(b).max(initial=0.0)) for _, b in known), default=0.0)
    return worst / largest if largest else worst


def _parts(gradient: Any) -> tuple[Any, ...]:
    return gradient if isinstance(gradient, tuple) else (gradient,)
