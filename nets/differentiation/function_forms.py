"""One function in the forms that the ways to differentiate take, and the error of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from layers.core.checks import numbers
from nets import arguments
from nets.differentiation.finite_differences import Function
from nets.differentiation.gates import in_numpy
from nets.differentiation.point import point
from nets.differentiation.reverse import number_of, repeatable, reverse_mode, weighted_sum


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


def forms_of(owner: str, function: Any, layer: Any, xs: tuple[Any, ...]) -> Forms:
    """A function or layer in the forms that the ways to differentiate take."""
    point(xs, owner)
    is_layer = hasattr(function, "backward")
    (arguments.layer if is_layer else arguments.function)(owner, "function", function)
    if layer is not None:
        arguments.layer(owner, "layer", layer)
    elif not is_layer:
        return Forms(function, function, _no_layer)
    twin, rewind = repeatable(function if is_layer else layer)
    dout = _ones(twin.forward(*xs))

    def reverse(_: Function, *xs: Any) -> Any:
        rewind()
        return reverse_mode(twin, *xs, dout=dout)

    if not is_layer:
        return Forms(function, function, reverse)
    formula = in_numpy(twin)
    return Forms(number_of(function, dout), lambda *xs: weighted_sum(formula(*xs), dout), reverse)


def checked_gradient(owner: str, exact: Any, xs: tuple[Any, ...]) -> Any:
    """`exact`, checked to have the shapes of the inputs."""
    parts = exact if isinstance(exact, tuple) and len(xs) > 1 else (exact,)
    shapes = [x.shape for x in point(xs, owner)]
    if len(parts) != len(xs):
        raise ValueError(
            f"{owner}: expected exact to have one gradient for each of {len(xs)} inputs, "
            f"got {len(parts)}"
        )
    for position, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
        if part is not None and numbers(owner, "exact", part).shape != shape:
            raise ValueError(
                f"{owner}: expected exact of shape {shape} for input {position}, "
                f"got {np.shape(part)}"
            )
    return exact


def distance(found: Any, correct: Any) -> float:
    """The worst entry's distance, relative to the largest entry."""
    pairs = zip(_parts(found), _parts(correct), strict=True)
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    worst = max((float(np.abs(np.subtract(a, b)).max(initial=0.0)) for a, b in known), default=0.0)
    largest = max((float(np.abs(b).max(initial=0.0)) for _, b in known), default=0.0)
    return worst / largest if largest else worst


def _no_layer(_: Function, *xs: Any) -> Any:
    raise TypeError("reverse_mode: expected the same function as a layer, pass layer=")


def _ones(y: Any) -> Any:
    """The dout that adds up all entries of an output."""
    return tuple(map(_ones, y)) if isinstance(y, tuple) else np.ones(np.shape(y))[()]


def _parts(gradient: Any) -> tuple[Any, ...]:
    return gradient if isinstance(gradient, tuple) else (gradient,)
