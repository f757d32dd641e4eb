"""Derivatives from values of the function alone, a small step away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.params import Array
from nets.arguments import called, function
from nets.differentiation.point import Coordinate, entrywise, given, moved, number, point, step

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
    inputs, value = _checked("forward_difference", f, xs, h)
    start = value(given(inputs))
    return entrywise(inputs, lambda entry: (value(moved(inputs, entry, h)) - start) / h)


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
    inputs, value = _checked("centred_difference", f, xs, h)

    def slope(entry: Coordinate) -> Any:
        return (value(moved(inputs, entry, h)) - value(moved(inputs, entry, -h))) / (2 * h)

    return entrywise(inputs, slope)


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
    inputs, value = _checked("complex_step", f, xs, h, must_move=False)
    # All of them, so that a real result means that f dropped an imaginary part.
    as_complex = [x.astype(complex) if x.dtype.kind == "f" else x for x in inputs]

    def slope(entry: Coordinate) -> Any:
        y = value(moved(as_complex, entry, 1j * h))
        if not isinstance(y, (complex, np.complexfloating)):
            raise TypeError(
                "complex_step: expected a complex number from a complex input, got "
                f"{type(y).__name__}: the function drops the imaginary part"
            )
        return y.imag / h

    return entrywise(inputs, slope)


def _checked(
    owner: str, f: Function, xs: Sequence[Any], h: float, must_move: bool = True
) -> tuple[list[Array], Callable[[Sequence[Any]], Any]]:
    """The inputs as arrays, and the function of a list of arguments."""
    inputs = point(xs, owner)
    function(owner, "f", f)
    step(h, inputs if must_move else (), owner)
    return inputs, lambda arguments: number(called(owner, f, arguments), owner)
