"""Symbolic derivatives, by SymPy, the optional extra `symbolic`."""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from nets.arguments import called, function, shown
from nets.differentiation.finite_differences import Function
from nets.differentiation.point import as_gradient, given, point, single

FUNCTIONS = ("exp", "log", "sin", "cos", "tanh", "sqrt")
DIGITS = 30  # to which a derivative is evaluated before it is rounded to a float


def symbolic(f: Function, *xs: Any) -> Any:
    """Derivatives as formulas, which are then evaluated, exactly but for the last rounding.

    One formula for each number among the inputs; where a function is nested, they grow much faster
    than itself.

    Parameters
    ----------
    f : callable
        Gives one number, and is made of arithmetic, exp, log, sin, cos, tanh and sqrt.
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
    function(f, "f", "symbolic")
    symbols = [
        np.array(sympy.symbols(f"x{position}_:{x.size}")).reshape(x.shape)
        if x.dtype.kind == "f"
        else None
        for position, x in enumerate(inputs)
    ]
    arguments = given(
        [x if s is None else _each(Expression, s) for x, s in zip(inputs, symbols, strict=True)]
    )
    formula = _formula(called(f, arguments, "symbolic"))
    values = {
        symbol: sympy.Float(float(value), DIGITS)
        for x, s in zip(inputs, symbols, strict=True)
        if s is not None
        for symbol, value in zip(s.flat, x.flat, strict=True)
    }
    return as_gradient(
        [
            None
            if s is None
            else [float(sympy.diff(formula, symbol).evalf(DIGITS, values)) for symbol in s.flat]
            for s in symbols
        ],
        inputs,
    )


def derivatives(f: Function, *names: str) -> list[Any]:
    """The partial derivatives of a function of single numbers, as SymPy formulas to read.

    Parameters
    ----------
    f : callable
        As in `symbolic`.
    *names : str
        What its arguments shall be called.

    Examples
    --------
    >>> derivatives(lambda x, z: np.log(x) * z, "x", "z")
    [z/x, log(x)]
    """
    sympy = _sympy()
    for name in names:
        if not isinstance(name, str) or not name:
            raise TypeError(
                f"derivatives: expected the names of the arguments, strings, got {shown(name)}"
            )
    symbols = [sympy.Symbol(name) for name in names]
    formula = _formula(called(f, [Expression(symbol) for symbol in symbols], "derivatives"))
    return [sympy.diff(formula, symbol) for symbol in symbols]


class Expression:
    """A SymPy expression with the methods that NumPy calls for exp, log and the others."""

    def __init__(self, formula: Any) -> None:
        self.formula = formula

    def __add__(self, other: Any) -> Any:
        return _binary(operator.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary(operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary(operator.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary(operator.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary(operator.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary(operator.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary(operator.truediv, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary(operator.truediv, other, self)

    def __pow__(self, other: Any) -> Any:
        return _binary(operator.pow, self, other)

    def __rpow__(self, other: Any) -> Any:
        return _binary(operator.pow, other, self)

    def __neg__(self) -> Expression:
        return Expression(-self.formula)

    def __getattr__(self, name: str) -> Callable[[], Expression]:
        """What NumPy asks of an object when it is to compute np.exp of it, and the like."""
        if name not in FUNCTIONS:
            raise AttributeError(name)
        return lambda: Expression(getattr(_sympy(), name)(self.formula))


def is_symbolic(x: Any) -> bool:
    """Whether this is a formula, or an array of them."""
    return isinstance(x, Expression) or getattr(x, "dtype", None) == np.dtype(object)


def symbolic_step(x: Any) -> Any:
    """1 where a formula is above 0, and 0 elsewhere."""
    if isinstance(x, np.ndarray):
        return _each(symbolic_step, x)
    sympy = _sympy()
    return Expression(sympy.Piecewise((1, _formula(x) > 0), (0, True)))


def symbolic_normal(x: Any) -> Any:
    """The probability that a standard normal number is below a formula."""
    if isinstance(x, np.ndarray):
        return _each(symbolic_normal, x)
    sympy = _sympy()
    return Expression((1 + sympy.erf(_formula(x) / sympy.sqrt(2))) / 2)


def _binary(operation: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return NotImplemented  # the array takes it entry by entry
    return Expression(operation(_formula(a), _formula(b)))


def _each(function: Callable[[Any], Any], entries: Any) -> Any:
    """A function of every entry of an array of objects."""
    found = np.empty(entries.shape, object)
    for index in np.ndindex(entries.shape):
        found[index] = function(entries[index])
    return found


def _formula(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = single(value, "symbolic")
    if isinstance(value, Expression):
        return value.formula
    if not isinstance(value, (int, float, np.number)):
        raise TypeError(f"symbolic: expected the function to give a formula, got {shown(value)}")
    return _sympy().sympify(value)


def _sympy() -> Any:
    try:
        return importlib.import_module("sympy")
    except ImportError as error:
        raise ImportError(
            'symbolic derivatives need SymPy: pip install "handgrad[symbolic]"'
        ) from error
