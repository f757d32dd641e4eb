"""Derivatives from values of the function alone, a small step away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.params import Array
from nets.arguments import called, function
from nets.differentiation.point import entrywise, given, moved, number, point, step

Function = Callable[..., Any]


def forward_difference(f: Function, *xs: ArrayLike, h: float = 1e-8) -> Any:
    """The definition of the derivative, with a small h: (f(x + h) - f(x)) / h.

    Its truncation error grows like h, its rounding error like 1 / h: half of the digits are
    correct at best. One evaluation for each number among the inputs, and one more.

    Parameters
    ----------
    f : callable
        Returns one number.
    *xs : number or array
        Where to differentiate. Arrays of integers, such as labels, are not differentiated: None.
    h : float
        The step: positive, and large enough to change every input.

    Returns
    -------
    number, array or tuple
        The gradient, in the shapes of the inputs; a tuple for several.

    Examples
    --------
    >>> round(forward_difference(np.sin, 0.0), 6)
    1.0

    Notes
    -----
    Source: CSE 587, lecture 3, "Gradient of univariate scalar-valued functions".
    """
    inputs = point(xs, "forward_difference")
    return _forward(f, inputs, step(h, inputs, "forward_difference"))


def _forward(f: Function, inputs: Sequence[Array], h: float) -> Any:
    start = _value(f, given(inputs), "forward_difference")
    return entrywise(
        inputs,
        lambda entry: (_value(f, moved(inputs, entry, h), "forward_difference") - start) / h,
    )


def centred_difference(f: Function, *xs: ArrayLike, h: float = 1e-5) -> Any:
    """The centred difference: (f(x + h) - f(x - h)) / (2 h).

    Its truncation error grows like h**2, its rounding error like 1 / h: two thirds of the digits
    are correct at best. Two evaluations for each number among the inputs.

    Parameters
    ----------
    f, *xs, h
        As in `forward_difference`.

    Examples
    --------
    >>> centred_difference(lambda x: (x**2).sum(), np.array([1.0, 3.0])).round(8)
    array([2., 6.])

    Notes
    -----
    Source: 10-601, lecture 13, "Finite Difference Method"; CSE 587, lecture 3, "Check Your
    Implementation with Numeric Gradient". `layers.gradcheck` uses it with a step that is measured.
    """
    inputs = point(xs, "centred_difference")
    return _centred(f, inputs, step(h, inputs, "centred_difference"))


def _centred(f: Function, inputs: Sequence[Array], h: float) -> Any:
    function("centred_difference", "f", f)

    def value(entry: Any, step: float) -> Any:
        return _value(f, moved(inputs, entry, step), "centred_difference")

    return entrywise(inputs, lambda entry: (value(entry, h) - value(entry, -h)) / (2 * h))


def complex_step(f: Function, *xs: ArrayLike, h: float = 1e-20) -> Any:
    """The complex step: the imaginary part of f(x + i h), over h.

    f(x + i h) = f(x) + i h f'(x) - ... needs no difference, so that h may be tiny, and all digits
    are correct. One evaluation for each number among the inputs. f must be made of operations that
    are differentiable for complex numbers: not abs, max or a comparison.

    Parameters
    ----------
    f, *xs, h
        As in `forward_difference`.

    Raises
    ------
    TypeError
        If f returns a real number.

    Examples
    --------
    >>> complex_step(np.exp, 0.0)
    1.0

    Notes
    -----
    Source: Squire and Trapp, 1998.
    """
    return _complex(f, point(xs, "complex_step"), step(h, (), "complex_step"))


def _complex(f: Function, inputs: Sequence[Array], h: float) -> Any:
    function("complex_step", "f", f)
    # All of them, so that a real result means that f dropped an imaginary part.
    as_complex = [x.astype(complex) if x.dtype.kind == "f" else x for x in inputs]

    def slope(entry: Any) -> Any:
        value = _value(f, moved(as_complex, entry, 1j * h), "complex_step")
        if not isinstance(value, (complex, np.complexfloating)):
            raise TypeError(
                "complex_step: expected a complex number from a complex input, got "
                f"{type(value).__name__}: the function drops the imaginary part"
            )
        return value.imag / h

    return entrywise(inputs, slope)


def _value(f: Function, arguments: Sequence[Any], owner: str) -> Any:
    return number(called(owner, f, arguments), owner)


# The same for checked inputs and any step, to show the effect of a step that is too small.
BY_STEP: dict[str, Callable[[Function, Sequence[Array], float], Any]] = {
    "forward difference": _forward,
    "centred difference": _centred,
    "complex step": _complex,
}
