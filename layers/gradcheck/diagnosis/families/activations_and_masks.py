"""Mistakes with the slope of an elementwise function y = f(x): its derivative, or its mask.

Functions of a few straight pieces (ReLU, dropout, Max) are computed with a mask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, multiple, own_slopes, shown

Formula = Callable[[Array], Array]

PIECES = 3  # a function with no more slopes than this is taken for one of straight pieces

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
ONE: dict[str, Formula] = {"1": np.ones_like}
VARIABLES: dict[str, Callable[[View], Array]] = {
    "x": lambda view: view.values,
    "y": lambda view: view.own_y,
}


def derivatives(case: Case) -> Iterator[Candidate]:
    """The derivative is missing, taken twice, at the wrong place, or that of something else."""
    if case.first.is_parameter:
        return
    if not case.elementwise and case.keeps_shape and case.first.y.size:
        claim = "uses the slope of each output by its own input alone"
        yield Candidate("jacobian-diagonal-only", lambda v: v.own_dout * v.own_slope, claim)
        yield Candidate("derivative-missing", lambda view: view.own_dout, "equals dout")
    elif case.elementwise and not is_piecewise_linear(case):
        claim = f"equals dout: d{case.name} / dout is 1"
        yield Candidate("derivative-missing", lambda view: view.own_dout, claim)
        claim = "equals dout times the slope squared"
        yield Candidate("derivative-twice", lambda v: v.numeric * v.own_slope, claim)
        yield from _mixed_up(case)
        claim = "equals dout times the slope at y, not at x,"
        yield Candidate("derivative-of-output", _slope_at(lambda view: view.y), claim)
        claim = "equals dout times the slope at dout, not at x,"
        yield Candidate("derivative-of-dout", _slope_at(lambda view: view.dout), claim)
        claim = "equals dout divided by the slope"
        yield Candidate("derivative-inverted", lambda v: v.own_dout / v.own_slope, claim)
        yield from _one_sided()
        yield from _other_formulas(case)
        yield from _two_branches(case)


def _slope_at(point: Callable[[View], Array]) -> Callable[[View], Array | None]:
    """Dout times the slope of the function at another point than x."""

    def predict(view: View) -> Array | None:
        slope = _own_slope_at(view, point(view))
        if slope is None:
            return None
        # At a kink there is no slope; nothing is claimed of it.
        return np.where(np.isfinite(slope), view.own_dout * slope, view.analytic)

    return predict


def _own_slope_at(view: View, point: Array) -> Array | None:
    assert view.position is not None
    found = view.slopes_at({view.position: point.reshape(view.shape)})
    return own_slopes(found.rows, view.places) if found else None


def _one_sided() -> Iterator[Candidate]:
    sides: list[tuple[str, Callable[[View], Array]]] = [
        (
            "is correct where x > 0, and 0 elsewhere",
            lambda v: np.where(v.values > 0, v.numeric, 0),
        ),
        (
            "is correct where x > 0, and dout elsewhere",
            lambda v: np.where(v.values > 0, v.numeric, v.own_dout),
        ),
        (
            "is dout where x > 0, and correct elsewhere",
            lambda v: np.where(v.values > 0, v.own_dout, v.numeric),
        ),
    ]
    for claim, predict in sides:
        yield Candidate("derivative-one-sided", predict, claim)


def _mixed_up(case: Case) -> Iterator[Candidate]:
    """The correct formula, but in x where it should be in y, or in y where it should be in x."""
    for text, formula in FORMULAS.items():
        factors = {letter: _fitted(case, formula, letter) for letter in VARIABLES}
        for used, other, mistake in (("x", "y", "of-input"), ("y", "x", "of-output")):
            if (factor := factors[other]) and not factors[used]:
                wrong, slope = (_written(factor, text, letter) for letter in (used, other))
                claim = f"equals dout times {wrong}, where the slope is {slope},"
                yield Candidate(f"derivative-{mistake}", _times(formula, used, factor), claim)


def _fitted(case: Case, formula: Formula, letter: str) -> float:
    """The factor with which a formula is the slope in all views; 0 if it is not."""
    variable = VARIABLES[letter]
    factor = multiple(case.first.own_slope, formula(variable(case.first)))
    fits = all(_fits(factor * formula(variable(view)), view.own_slope) for view in case.views)
    return factor if fits else 0.0


def _times(formula: Formula, letter: str, factor: float = 1.0) -> Callable[[View], Array]:
    return lambda view: factor * view.own_dout * formula(VARIABLES[letter](view))


def _fits(formula: Array, slope: Array) -> bool:
    return bool(np.allclose(formula, slope, rtol=1e-5, atol=1e-8))


def _other_formulas(case: Case) -> Iterator[Candidate]:
    """The slope is replaced by a multiple of some other formula."""
    view, correct = case.first, _described(case)
    for text, formula in FORMULAS.items():
        for letter, variable in VARIABLES.items():
            factor = multiple(view.analytic / view.own_dout, formula(variable(view)))
            claim = f"equals dout times {_written(factor, text, letter)}, {correct},"
            predict = _times(formula, letter, factor)
            yield Candidate("wrong-derivative", predict, claim, general=True)


def _two_branches(case: Case) -> Iterator[Candidate]:
    """Another formula on each side of 0."""
    right, left = (_branch(case.first, side) for side in (True, False))
    if right and left:
        claim = f"equals dout times {right[0]} where x > 0, and times {left[0]} elsewhere,"
        yield Candidate(
            "derivative-one-sided",
            lambda view: np.where(view.values > 0, right[1](view), left[1](view)),
            claim,
            general=True,
        )


def _branch(view: View, positive: bool) -> tuple[str, Callable[[View], Array]] | None:
    """The formula that backward uses on one side of 0."""
    side = (view.values > 0) == positive
    used = (view.analytic / view.own_dout)[side]
    if side.sum() < 2:
        return None
    for text, formula in {**ONE, **FORMULAS}.items():
        for letter, variable in VARIABLES.items():
            if _fits(formula(variable(view)[side]), used):
                return _written(1.0, text, letter), _times(formula, letter)
    return None


def _described(case: Case) -> str:
    """The correct slope in words, if it is a multiple of one of the formulas."""
    for text, formula in FORMULAS.items():
        for letter in VARIABLES:
            if factor := _fitted(case, formula, letter):
                return f"where the slope is {_written(factor, text, letter)}"
    return "which is not the slope"


def _written(factor: float, text: str, letter: str) -> str:
    formula = text.replace("{}", letter)
    if abs(factor - 1) < 1e-5:
        return formula
    return f"{shown(factor)} * ({formula})" if " " in formula else f"{shown(factor)} * {formula}"


def masks(case: Case) -> Iterator[Candidate]:
    """The mask is missing, inverted, unscaled, or made of the wrong numbers."""
    if not is_piecewise_linear(case):
        return
    pieces = _pieces(case)
    low, high = pieces[0], pieces[-1]
    if case.first.experiment.is_random:
        yield from _dropout(high)
    else:
        yield Candidate("mask-missing", lambda view: high * view.own_dout, _always(high))
        claim = "fits a mask where dout > 0, not where x > 0,"
        yield Candidate("mask-from-dout", _masked_by_dout, claim)
        claim = "passes where it should block"
        yield Candidate("mask-inverted", lambda v: v.own_dout * (low + high - v.own_slope), claim)
        if low:
            claim = f"is 0 where the slope is {low:.4g}"
            yield Candidate("negative-slope-missing", _without(low), claim)
    claim = "has the correct slopes in the wrong places"
    yield Candidate("another-mask", _nearest(pieces), claim, general=True)


def is_piecewise_linear(case: Case) -> bool:
    """Whether the layer has few slopes, and several: a mask decides between them."""
    is_function = case.elementwise and not case.first.is_parameter
    return is_function and 2 <= len(_pieces(case)) <= PIECES


def _pieces(case: Case) -> list[float]:
    """The slopes of the function at x, and at dout, because all of x may be on one piece."""
    found = [view.own_slope for view in case.views]
    at_dout = _own_slope_at(case.first, case.first.dout)
    slopes = np.concatenate(found if at_dout is None else [*found, at_dout]).round(6) + 0.0
    return sorted({float(slope) for slope in slopes[np.isfinite(slopes)]})


def _masked_by_dout(view: View) -> Array | None:
    slope = _own_slope_at(view, view.dout)
    return None if slope is None else view.own_dout * slope


def _always(slope: float) -> str:
    return "equals dout" if slope == 1 else f"equals {slope:.4g} times dout"


def _dropout(high: float) -> Iterator[Candidate]:
    because = f"the share kept is {1 / high:.4g}"
    yield Candidate(
        "dropout-not-scaled",
        lambda view: np.where(view.own_slope > 0, view.own_dout, 0),
        f"equals {1 / high:.4g} times the numeric gradient",
        because,
    )
    claim = f"equals {high:.4g} times the numeric gradient"
    yield Candidate("dropout-scaled-twice", lambda view: view.numeric * high, claim, because)
    if high == 1:
        claim = "is a multiple of the numeric gradient, and forward leaves what it keeps as it is"
        yield Candidate("dropout-scaled-twice", _enlarged, claim)
    claim = f"{_always(1.0)}: nothing is dropped"
    yield Candidate("mask-missing", lambda view: view.own_dout, claim)
    claim = f"{_always(high)}: nothing is dropped"
    yield Candidate("mask-missing", lambda view: high * view.own_dout, claim)
    yield Candidate(
        "mask-inverted",
        lambda view: np.where(view.own_slope > 0, 0, high * view.own_dout),
        "passes what was dropped",
    )


def _enlarged(view: View) -> Array | None:
    """The numeric gradient times the one factor above 1 that fits, if there is one."""
    factor = multiple(view.analytic, view.numeric)
    return factor * view.numeric if factor > 1 else None


def _without(low: float) -> Callable[[View], Array]:
    return lambda view: view.own_dout * np.where(np.isclose(view.own_slope, low), 0, view.own_slope)


def _nearest(pieces: list[float]) -> Callable[[View], Array]:
    """Dout times whichever of the slopes is closest to the one that backward uses."""

    def predict(view: View) -> Array:
        used = view.analytic / view.own_dout
        nearest = np.abs(used[:, None] - np.array(pieces)).argmin(axis=1)
        return np.asarray(view.own_dout * np.array(pieces)[nearest])

    return predict
