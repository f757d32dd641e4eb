"""Forward mode: numbers that carry their derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import ArrayLike

from layers.core.checks import numbers
from nets.arguments import called, function
from nets.differentiation.finite_differences import Function
from nets.differentiation.point import Coordinate, entrywise, given, number, point, single

# For each operation its derivative with respect to each argument.
RULES: dict[Any, tuple[Callable[..., Any], ...]] = {
    np.add: (lambda x, y: 1.0, lambda x, y: 1.0),
    np.subtract: (lambda x, y: 1.0, lambda x, y: -1.0),
    np.multiply: (lambda x, y: y, lambda x, y: x),
    np.true_divide: (lambda x, y: 1 / y, lambda x, y: -x / y**2),
    np.power: (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * np.log(x)),
    np.maximum: (lambda x, y: x > y, lambda x, y: y > x),
    np.negative: (lambda x: -1.0,),
    np.absolute: (np.sign,),
    np.sqrt: (lambda x: 0.5 / np.sqrt(x),),
    np.exp: (np.exp,),
    np.log: (lambda x: 1 / x,),
    np.sin: (np.cos,),
    np.cos: (lambda x: -np.sin(x),),
    np.tanh: (lambda x: 1 - np.tanh(x) ** 2,),
}
# Linear functions, which apply to the slopes as to the values.
LINEAR = (np.sum, np.mean, np.reshape, np.transpose, np.concatenate)
COMPARISONS = (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)


class Dual(NDArrayOperatorsMixin):
    """A dual number a + b e with e**2 = 0, or an array of them: a value and its slope.

    f(a + b e) = f(a) + f'(a) b e: computing with dual numbers yields the derivative as well.

    Parameters
    ----------
    value, slope : number or array
        a and b, of one shape.

    Examples
    --------
    >>> x = Dual(3.0, 1.0)
    >>> x * x + 2 * x
    Dual(15.0, 8.0)
    """

    def __init__(self, value: ArrayLike, slope: ArrayLike) -> None:
        self.value, self.slope = (
            numbers("Dual", name, part)[()] for part, name in ((value, "value"), (slope, "slope"))
        )
        if np.shape(self.value) != np.shape(self.slope):
            raise ValueError(
                f"Dual: expected value and slope of one shape, got {np.shape(self.value)} and "
                f"{np.shape(self.slope)}"
            )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """The operation on the values, and by the chain rule on the slopes."""
        values = [x.value if isinstance(x, Dual) else x for x in inputs]
        if ufunc in COMPARISONS and method == "__call__":
            return ufunc(*values)
        if method != "__call__" or options or ufunc not in (np.matmul, *RULES):
            known = ", ".join(rule.__name__ for rule in (*RULES, np.matmul))
            raise TypeError(f"Dual: there is no rule for np.{ufunc.__name__}, only for {known}")
        value = ufunc(*values)
        slope = np.zeros(np.shape(value))
        for i, x in enumerate(inputs):
            if isinstance(x, Dual) and ufunc is np.matmul:
                slope = slope + np.matmul(*values[:i], x.slope, *values[i + 1 :])
            elif isinstance(x, Dual):
                slope = slope + RULES[ufunc][i](*values) * x.slope
        return Dual(value, slope)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Dual:
        """A linear function of the values, and the same of the slopes."""
        if function not in LINEAR:
            known = ", ".join(linear.__name__ for linear in LINEAR)
            raise TypeError(f"Dual: there is no rule for np.{function.__name__}, only for {known}")
        x, *rest = args
        return Dual(*(function(part, *rest, **options) for part in _parts(x)))

    def sum(self, axis: object = None) -> Dual:
        """The sum of the entries."""
        return self.__array_function__(np.sum, (), (self, axis), {})

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the values."""
        return np.shape(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> Dual:
        return Dual(self.value[index], self.slope[index])

    def __repr__(self) -> str:
        return f"Dual({self.value}, {self.slope})"


def _parts(x: ArrayLike) -> tuple[Any, Any]:
    """The value and the slope of a dual number, or of several; the slope of a constant is 0."""
    if isinstance(x, (tuple, list)):
        values, slopes = zip(*map(_parts, x), strict=True)
        return values, slopes
    return (x.value, x.slope) if isinstance(x, Dual) else (x, np.zeros(np.shape(x)))


def forward_mode(f: Function, *xs: ArrayLike) -> Any:
    """Automatic differentiation in forward mode: the derivative is carried along with the value.

    Exact up to rounding. One evaluation, with numbers twice as wide, for each number among the
    inputs: all outputs with respect to one input, where reverse mode gives one output with
    respect to all inputs.

    Parameters
    ----------
    f : callable
        Returns one number, and is made of the operations that `Dual` knows.
    *xs
        As in `forward_difference`.

    Raises
    ------
    TypeError
        If f uses an operation for which `Dual` has no rule.

    Examples
    --------
    >>> forward_mode(lambda x, y: np.exp(x) * y, 0.0, 3.0)
    (3.0, 1.0)

    Notes
    -----
    Source: 10-601, lecture 13, "Automatic Differentiation - Forward Mode".
    """
    inputs = point(xs, "forward_mode")
    function("forward_mode", "f", f)

    def slope(entry: Coordinate) -> float:
        seed = np.zeros(inputs[entry.position].shape)
        seed[entry.place] = 1.0
        arguments = given(inputs)
        arguments[entry.position] = Dual(arguments[entry.position], seed[()])
        y = called("forward_mode", f, arguments)
        if not isinstance(y, Dual):
            number(y, "forward_mode")
        return float(single(y.slope, "forward_mode")) if isinstance(y, Dual) else 0.0

    return entrywise(inputs, slope)
