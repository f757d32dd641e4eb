"""Mistakes with the derivative of a function applied to each entry, y = f(x)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, shown
from layers.gradcheck.diagnosis.families.masks import is_piecewise_linear

Formula = Callable[[Array], Array]

# The derivatives of textbooks, each as a formula in one variable.
FORMULAS: dict[str, Formula] = {
    "{}": lambda z: z,
    "1 - {}": lambda z: 1 - z,
    "1 + {}": lambda z: 1 + z,
    "{} * (1 - {})": lambda z: z * (1 - z),
    "{}**2": lambda z: z**2,
    "{}**3": lambda z: z**3,
    "1 - {}**2": lambda z: 1 - z**2,
    "1 + {}**2": lambda z: 1 + z**2,
    "1 / {}": lambda z: 1 / z,
    "1 / {}**2": lambda z: 1 / z**2,
    "exp({})": np.exp,
    "1 - exp(-{})": lambda z: 1 - np.exp(-z),
    "exp(-{})": lambda z: np.exp(-z),
    "sin({})": np.sin,
    "cos({})": np.cos,
    "log({})": np.log,
    "tanh({})": np.tanh,
    "1 / (1 + exp(-{}))": lambda z: 1 / (1 + np.exp(-z)),
}


def derivative(case: Case) -> Iterator[Candidate]:
    """The derivative is missing, taken twice, at the wrong place, or that of something else."""
    name = case.name
    if case.elementwise and not is_piecewise_linear(case) and not case.first.is_parameter:
        yield Candidate("derivative-missing", _dout, f"equals dout: d{name} / dout is 1")
        yield Candidate("derivative-twice", _twice, "equals dout times the slope squared")
        yield from _mixed_up(case)
        yield Candidate(
            "derivative-of-output", _at(_output), "equals dout times the slope at y, not at x,"
        )
        yield Candidate(
            "derivative-of-dout", _at(_upstream), "equals dout times the slope at dout, not at x,"
        )
        yield Candidate("derivative-inverted", _inverted, "equals dout divided by the slope")
        yield Candidate(
            "derivative-one-sided",
            lambda view: np.where(view.values > 0, view.numeric, 0),
            "is right where x > 0, and 0 elsewhere",
        )
        yield Candidate(
            "derivative-one-sided",
            lambda view: np.where(view.values > 0, view.numeric, view.own_dout),
            "is right where x > 0, and dout elsewhere",
        )
        yield Candidate(
            "derivative-one-sided",
            lambda view: np.where(view.values > 0, view.own_dout, view.numeric),
            "is dout where x > 0, and right elsewhere",
        )
        yield from _other_formulas(case)
        yield from _two_branches(case)
    elif not (case.elementwise or case.first.is_parameter) and all(
        _same_shape(view) for view in case.views
    ):
        says = "uses the slope of each output by its own input alone"
        yield Candidate("jacobian-diagonal-only", lambda v: v.own_dout * v.own_slope, says)
        yield Candidate("derivative-missing", _dout, "equals dout")


def _same_shape(view: View) -> bool:
    return np.shape(view.experiment.y) == view.tensor.array.shape and view.y.size > 0


def _dout(view: View) -> Array:
    return view.own_dout


def _twice(view: View) -> Array:
    return view.numeric * view.own_slope


def _inverted(view: View) -> Array:
    return view.own_dout / view.own_slope


def _output(view: View) -> Array:
    return view.y


def _upstream(view: View) -> Array:
    return view.dout


def _at(point: Callable[[View], Array]) -> Callable[[View], Array | None]:
    """The slope of the function at another point than x."""

    def predict(view: View) -> Array | None:
        assert view.position is not None
        found = view.slopes_with({view.position: point(view).reshape(view.tensor.array.shape)})
        if found is None:
            return None
        own = found.rows[np.arange(len(view.places)), view.places]
        # At a kink there is no slope; nothing is claimed of it.
        there: Array = np.where(np.isfinite(own), view.own_dout * own, view.analytic)
        return there

    return predict


def _mixed_up(case: Case) -> Iterator[Candidate]:
    """The right formula, but with x where it wants y, or y where it wants x."""
    for text, formula in FORMULAS.items():
        of_x, of_y = (_fitting(case, formula, values) for values in (_x, _y))
        if of_y and not of_x:
            right, wrong = (_written(of_y, text, letter) for letter in ("y", "x"))
            says = f"equals dout times {wrong}, where the slope is {right},"
            yield Candidate("derivative-of-input", _slope(formula, _x, of_y), says)
        if of_x and not of_y:
            right, wrong = (_written(of_x, text, letter) for letter in ("x", "y"))
            says = f"equals dout times {wrong}, where the slope is {right},"
            yield Candidate("derivative-of-output", _slope(formula, _y, of_x), says)


def _fitting(case: Case, formula: Formula, values: Callable[[View], Array]) -> float:
    """The factor with which a formula is the slope in all views; 0 if it is not."""
    factor = _multiple(case.first.own_slope, formula(values(case.first)))
    fits = all(_fits(factor * formula(values(view)), view.own_slope) for view in case.views)
    return factor if fits else 0.0


def _x(view: View) -> Array:
    return view.values


def _y(view: View) -> Array:
    return view.own_y


def _slope(
    formula: Formula, values: Callable[[View], Array], factor: float = 1.0
) -> Callable[[View], Array]:
    return lambda view: factor * view.own_dout * formula(values(view))


def _fits(formula: Array, slope: Array) -> bool:
    return bool(np.allclose(formula, slope, rtol=1e-5, atol=1e-8))


def _other_formulas(case: Case) -> Iterator[Candidate]:
    """The slope is replaced by a multiple of some other formula."""
    view = case.first
    right = _described(case)
    for text, formula in FORMULAS.items():
        for letter, values in (("x", _x), ("y", _y)):
            factor = _multiple(view.analytic / view.own_dout, formula(values(view)))
            yield Candidate(
                "wrong-derivative",
                _slope(formula, values, factor),
                f"equals dout times {_written(factor, text, letter)}, {right},",
                general=True,
            )


def _two_branches(case: Case) -> Iterator[Candidate]:
    """Another formula on each side of 0."""
    right, left = (_branch(case.first, side) for side in (True, False))
    if right and left:
        says = f"equals dout times {right[0]} where x > 0, and times {left[0]} elsewhere,"
        yield Candidate(
            "derivative-one-sided",
            lambda view: np.where(view.values > 0, right[1](view), left[1](view)),
            says,
            general=True,
        )


def _branch(view: View, positive: bool) -> tuple[str, Callable[[View], Array]] | None:
    """The formula that backward uses on one side of 0."""
    here = (view.values > 0) == positive
    claimed = (view.analytic / view.own_dout)[here]
    if here.sum() < 2:
        return None
    for text, formula in {"1": _one, **FORMULAS}.items():
        for letter, values in (("x", _x), ("y", _y)):
            if _fits(formula(values(view)[here]), claimed):
                return _written(1.0, text, letter), _slope(formula, values)
    return None


def _one(z: Array) -> Array:
    return np.ones_like(z)


def _described(case: Case) -> str:
    """The right slope in words, if it is a multiple of one of the formulas."""
    for text, formula in FORMULAS.items():
        for letter, values in (("x", _x), ("y", _y)):
            if factor := _fitting(case, formula, values):
                return f"where the slope is {_written(factor, text, letter)}"
    return "which is not the slope"


def _multiple(slope: Array, formula: Array) -> float:
    """The factor by which a formula comes closest to a slope."""
    usable = np.isfinite(formula) & np.isfinite(slope)
    norm = float(formula[usable] @ formula[usable])
    return float(slope[usable] @ formula[usable]) / norm if norm else 0.0


def _written(factor: float, text: str, letter: str) -> str:
    formula = text.replace("{}", letter)
    if abs(factor - 1) < 1e-5:
        return formula
    return f"{shown(factor)} * ({formula})" if " " in formula else f"{shown(factor)} * {formula}"
