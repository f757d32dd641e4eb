"""One function in the forms that the ways to differentiate take, and the error of a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import numbers
from nets import arguments
from nets.differentiation.finite_differences import Function
from nets.differentiation.gates import in_numpy
from nets.differentiation.point import point
from nets.differentiation.reverse import number_of, parts, repeatable, reverse_mode, weighted_sum


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
    y = twin.forward(*xs)
    ones = tuple(np.ones(np.shape(part))[()] for part in parts(y))  # adds up all entries
    dout = ones if isinstance(y, tuple) else ones[0]

    def reverse(_: Function, *xs: ArrayLike) -> Any:
        rewind()
        return reverse_mode(twin, *xs, dout=dout)

    if not is_layer:
        return Forms(function, function, reverse)
    formula = in_numpy(twin)
    return Forms(number_of(function, dout), lambda *xs: weighted_sum(formula(*xs), dout), reverse)


def checked_gradient(owner: str, exact: ArrayLike, xs: tuple[Any, ...]) -> Any:
    """`exact`, checked to have the shapes of the inputs."""
    gradients = parts(exact) if len(xs) > 1 else (exact,)
    shapes = [x.shape for x in point(xs, owner)]
    if len(gradients) != len(xs):
        raise ValueError(
            f"{owner}: expected exact to have one gradient for each of {len(xs)} inputs, "
            f"got {len(gradients)}"
        )
    for position, (part, shape) in enumerate(zip(gradients, shapes, strict=True)):
        if part is not None and numbers(owner, "exact", part).shape != shape:
            raise ValueError(
                f"{owner}: expected exact of shape {shape} for input {position}, "
                f"got {np.shape(part)}"
            )
    return exact


def distance(found: object, correct: object) -> float:
    """The worst entry's distance, relative to the largest entry."""
    pairs = zip(parts(found), parts(correct), strict=True)
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    worst, largest = (
        max((float(np.abs(array).max(initial=0.0)) for array in arrays), default=0.0)
        for arrays in ([np.subtract(a, b) for a, b in known], [b for _, b in known])
    )
    return worst / largest if largest else worst


def _no_layer(_: Function, *xs: ArrayLike) -> Any:
    raise TypeError("reverse_mode: expected the same function as a layer, pass layer=")
