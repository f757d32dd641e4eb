"""Symbolic derivatives, by SymPy, the optional extra `symbolic`."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import brief
from nets.arguments import called, function
from nets.differentiation.finite_differences import Function
from nets.differentiation.point import Coordinate, entrywise, point, single

FUNCTIONS = ("exp", "log", "sin", "cos", "tanh", "sqrt")
DIGITS = 30  # to which a derivative is evaluated before it is rounded to a float


def symbolic(f: Function, *xs: ArrayLike) -> Any:
    """Derivatives as formulas, evaluated with 30 digits and rounded once.

    There is one formula for each number among the inputs. For nested functions the formulas grow
    much faster than the function.

    Parameters
    ----------
    f : callable
        Returns one number, and is made of arithmetic, exp, log, sin, cos, tanh and sqrt.
    *xs
        As in `forward_difference`.

    Raises
    ------
    ImportError
        If SymPy is not installed.
    TypeError
        If f uses another operation.

    Examples
    --------
    >>> symbolic(lambda x, y: np.exp(x) * y, 0.0, 3.0)
    (3.0, 1.0)

    Notes
    -----
    Source: 10-601, lecture 13, "Symbolic Differentiation".
    """
    sympy = _sympy()
    inputs = point(xs, "symbolic")
    function("symbolic", "f", f)
    symbols = [
        np.array(sympy.symbols(f"x{n}_:{x.size}")).reshape(x.shape) for n, x in enumerate(inputs)
    ]
    as_expressions = np.frompyfunc(Expression, 1, 1)  # which entry by entry are objects for NumPy
    arguments = [
        as_expressions(s) if x.dtype.kind == "f" else x
        for x, s in zip(inputs, symbols, strict=True)
    ]
    formula = _formula(called("symbolic", f, arguments))
    values = {
        symbol: sympy.Float(float(value), DIGITS)
        for x, s in zip(inputs, symbols, strict=True)
        for symbol, value in zip(s.flat, x.flat, strict=True)
    }

    def slope(entry: Coordinate) -> float:
        symbol = symbols[entry.position][entry.place]
        return float(sympy.diff(formula, symbol).evalf(DIGITS, values))

    return entrywise(inputs, slope)


def derivatives(f: Function, *names: str) -> list[Any]:
    """The partial derivatives of a function of single numbers, as SymPy formulas to read.

    Parameters
    ----------
    f : callable
        As in `symbolic`.
    *names : str
        Names for its arguments.

    Examples
    --------
    >>> derivatives(lambda x, z: np.log(x) * z, "x", "z")
    [z/x, log(x)]
    """
    sympy = _sympy()
    for name in names:
        if not isinstance(name, str) or not name:
            raise TypeError(
                f"derivatives: expected the names of the arguments, strings, got {brief(name)}"
            )
    symbols = [sympy.Symbol(name) for name in names]
    formula = _formula(called("derivatives", f, [Expression(symbol) for symbol in symbols]))
    return [sympy.diff(formula, symbol) for symbol in symbols]


def _operators(operation: Callable[[Any, Any], Any]) -> tuple[Callable[..., Any], ...]:
    """The method of an operator, and that for a formula on its right-hand side."""

    def ordered(a: Any, b: Any) -> Any:
        if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
            return NotImplemented  # the array takes it entry by entry
        return Expression(operation(_formula(a), _formula(b)))

    return ordered, lambda self, other: ordered(other, self)


class Expression:
    """A SymPy expression with the methods that NumPy calls for exp, log and so on."""

    def __init__(self, formula: Any) -> None:
        self.formula = formula

    __add__, __radd__ = _operators(operator.add)
    __sub__, __rsub__ = _operators(operator.sub)
    __mul__, __rmul__ = _operators(operator.mul)
    __truediv__, __rtruediv__ = _operators(operator.truediv)
    __pow__, __rpow__ = _operators(operator.pow)

    def __neg__(self) -> Expression:
        return Expression(-self.formula)

    def __ge__(self, other: Any) -> bool:
        raise TypeError("symbolic: there is no formula for a maximum or a comparison")

    __gt__ = __le__ = __lt__ = __ge__

    def __getattr__(self, name: str) -> Callable[[], Expression]:
        """The method that NumPy calls to compute np.exp of an object, and so on."""
        if name not in FUNCTIONS:
            raise AttributeError(name)
        return lambda: Expression(getattr(_sympy(), name)(self.formula))


def _formula(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = single(value, "symbolic")
    if isinstance(value, Expression):
        return value.formula
    if not isinstance(value, (int, float, np.number)):
        raise TypeError(f"symbolic: expected the function to return a formula, got {brief(value)}")
    return _sympy().sympify(value)


def _sympy() -> Any:
    try:
        return importlib.import_module("sympy")
    except ImportError as error:
        raise ImportError(
            'symbolic derivatives need SymPy: pip install "handgrad[symbolic]"'
        ) from error
