"""Mistakes with the slope of an elementwise function y = f(x): its derivative, or its mask.

Functions of a few straight pieces (ReLU, dropout, Max) are computed with a mask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, multiple, own_slopes, shown
from layers.gradcheck.diagnosis.measurement import single_example
from layers.gradcheck.numeric.held_arrays import held_arrays
from layers.gradcheck.numeric.returned_gradients import gradients_by_name

Formula = Callable[[Array], Array]
Predict = Callable[[View], Array]

PIECES = 3  # a function with no more slopes than this is taken for one of straight pieces


def _composed(formula: Formula, letter: str) -> Predict:
    return lambda view: formula(view.values if letter == "x" else view.own_y)


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
SLOPES: dict[str, Predict] = {
    text.replace("{}", letter): _composed(formula, letter)
    for text, formula in FORMULAS.items()
    for letter in "xy"
}


def derivatives(case: Case) -> Iterator[Candidate]:
    """The derivative is missing, taken twice, at the wrong place, or that of something else."""
    if case.first.is_parameter:
        return
    if not case.elementwise and case.keeps_shape and case.first.y.size:
        claim = "uses the slope of each output by its own input alone"
        yield Candidate("jacobian-diagonal-only", lambda v: v.own_dout * v.own_slope, claim)
        yield Candidate("derivative-missing", _dout, "equals dout")
    elif case.elementwise and not is_piecewise_linear(case):
        claim = f"equals dout: d{case.name} / dout is 1"
        yield Candidate("derivative-missing", _dout, claim)
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


def _slope_at(point: Predict) -> Callable[[View], Array | None]:
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


def _numeric(view: View) -> Array:
    return view.numeric


def _dout(view: View) -> Array:
    return view.own_dout


def _zero(view: View) -> Array:
    return np.zeros(view.places.size)


def _by_side(right: Predict, left: Predict) -> Predict:
    return lambda view: np.where(view.values > 0, right(view), left(view))


def _one_sided() -> Iterator[Candidate]:
    for right, left, claim in (
        (_numeric, _zero, "is correct where x > 0, and 0 elsewhere"),
        (_numeric, _dout, "is correct where x > 0, and dout elsewhere"),
        (_dout, _numeric, "is dout where x > 0, and correct elsewhere"),
    ):
        yield Candidate("derivative-one-sided", _by_side(right, left), claim)


def _mixed_up(case: Case) -> Iterator[Candidate]:
    """The correct formula, but in x where it should be in y, or in y where it should be in x."""
    for text in FORMULAS:
        in_x, in_y = (text.replace("{}", letter) for letter in "xy")
        for used, correct, mistake in (
            (in_x, in_y, "derivative-of-input"),
            (in_y, in_x, "derivative-of-output"),
        ):
            if (factor := _fitted(case, correct)) and not _fitted(case, used):
                wrong, slope = _written(factor, used), _written(factor, correct)
                claim = f"equals dout times {wrong}, where the slope is {slope},"
                yield Candidate(mistake, _times(SLOPES[used], factor), claim)


def _fitted(case: Case, text: str) -> float:
    """The factor with which a formula is the slope in all views; 0 if it is not."""
    slope = SLOPES[text]
    factor = multiple(case.first.own_slope, slope(case.first))
    fits = all(_fits(factor * slope(view), view.own_slope) for view in case.views)
    return factor if fits else 0.0


def _times(slope: Predict, factor: float = 1.0) -> Predict:
    return lambda view: factor * view.own_dout * slope(view)


def _fits(formula: Array, slope: Array) -> bool:
    return bool(np.allclose(formula, slope, rtol=1e-5, atol=1e-8))


def _other_formulas(case: Case) -> Iterator[Candidate]:
    """The slope is replaced by a multiple of some other formula."""
    view, correct = case.first, _described(case)
    for text, slope in SLOPES.items():
        factor = multiple(view.analytic / view.own_dout, slope(view))
        claim = f"equals dout times {_written(factor, text)}, {correct},"
        yield Candidate("wrong-derivative", _times(slope, factor), claim, general=True)


def _described(case: Case) -> str:
    """The correct slope in words, if it is a multiple of one of the formulas."""
    for text in SLOPES:
        if factor := _fitted(case, text):
            return f"where the slope is {_written(factor, text)}"
    return "which is not the slope"


def _written(factor: float, text: str) -> str:
    if abs(factor - 1) < 1e-5:
        return text
    return f"{shown(factor)} * ({text})" if " " in text else f"{shown(factor)} * {text}"


def _two_branches(case: Case) -> Iterator[Candidate]:
    """Another formula on each side of 0."""
    right, left = (_branch(case.first, side) for side in (True, False))
    if right and left:
        claim = f"equals dout times {right[0]} where x > 0, and times {left[0]} elsewhere,"
        predict = _by_side(_times(right[1]), _times(left[1]))
        yield Candidate("derivative-one-sided", predict, claim, general=True)


def _branch(view: View, positive: bool) -> tuple[str, Predict] | None:
    """The formula that backward uses on one side of 0."""
    side = (view.values > 0) == positive
    used = (view.analytic / view.own_dout)[side]
    if side.sum() < 2:
        return None
    slopes = {"1": lambda view: np.ones(view.places.size), **SLOPES}
    return next(((text, f) for text, f in slopes.items() if _fits(f(view)[side], used)), None)


def masks(case: Case) -> Iterator[Candidate]:
    """The mask is missing, inverted, unscaled, or made of the wrong numbers."""
    if not is_piecewise_linear(case):
        claim = "depends on the positive entries of dout alone"
        yield Candidate("mask-from-dout", _of_positive_dout, claim)
        return
    pieces = _pieces(case)
    low, high = pieces[0], pieces[-1]
    if case.first.experiment.is_random:
        yield from _dropout(high)
    elif low == -high:
        claim = f"{_always(high)} on both sides of 0"
        yield Candidate("sign-missing", lambda view: high * view.own_dout, claim)
    else:
        yield Candidate("mask-missing", lambda view: high * view.own_dout, _always(high))
        claim = "fits a mask where dout > 0, not where x > 0,"
        yield Candidate("mask-from-dout", _slope_at(lambda view: view.dout), claim)
        claim = "passes where it should block"
        yield Candidate("mask-inverted", lambda v: v.own_dout * (low + high - v.own_slope), claim)
        if low:
            claim = f"is 0 where the slope is {low:.4g}"
            yield Candidate("negative-slope-missing", _without(low), claim)
    claim = "has the correct slopes in the wrong places"
    yield Candidate("another-mask", _nearest(pieces), claim, general=True)


def _of_positive_dout(view: View) -> Array | None:
    """The whole analytic gradient, if it takes no notice of the negative entries of dout."""
    negative = np.minimum(view.dout, 0)
    if isinstance(view.experiment.y, tuple) or not np.abs(view.rows @ negative).max(initial=0.0):
        return None
    found = []
    for dout in (np.maximum(view.dout, 0), negative):
        view.experiment.run()
        whole = dout.reshape(view.output_shape) if view.output_shape else float(dout[0])
        tensor = gradients_by_name(view.experiment, whole).get(view.name)
        found.append(
            np.full_like(view.analytic, np.nan) if tensor is None else view.at(tensor.gradient)
        )
    fits = np.allclose(found[0], view.analytic, rtol=1e-9) and not found[1].any()
    return view.analytic if fits and view.analytic.any() else None


# Slopes of units inside a layer, of which the values are kept.
INNER: dict[str, Formula] = {
    "{} * (1 - {})": FORMULAS["{} * (1 - {})"],
    "1 - {}**2": FORMULAS["1 - {}**2"],
    "{} > 0": lambda z: (z > 0) * 1.0,
    "1 - tanh({})**2": lambda z: 1 - np.tanh(z) ** 2,
    "sigmoid({}) * (1 - sigmoid({}))": lambda z: 1 / (2 + np.exp(z) + np.exp(-z)),
}


def inner_slopes(case: Case) -> Iterator[Candidate]:
    """In a layer that holds several: the slope of the units inside is missing, or taken twice.

    Of one example, the gradient of a weight or bias has the slope of its unit as a factor.
    """
    one = single_example(case.first.measurement) if case.first.is_parameter else None
    if one is None or case.name not in one.tensors:
        return
    tensor, places = one.tensors[case.name], case.first.places
    numeric, analytic = one.numeric_at(case.name, places), np.take(tensor.gradient, places)
    size = np.abs(numeric).max(initial=0.0)
    if not np.isfinite(numeric).all() or np.allclose(
        analytic, numeric, rtol=1e-6, atol=1e-9 * size
    ):
        return
    minus = gradients_by_name(one.experiment, -one.experiment.dout)[case.name].gradient
    both = analytic - np.take(minus, places)  # of max(0, d), this is d
    before = held_arrays(one.experiment.unrun()[0])
    held_now = {k: a for k, a in held_arrays(one.experiment.layer).items() if k not in before}
    for name, held in held_now.items():
        for unit in _units(held, tensor.array, places):
            values = held.reshape(-1)[unit]
            odd = np.allclose(both * (values > 0), numeric, rtol=1e-5, atol=1e-7 * size)
            if odd and not np.allclose(both, 2 * analytic):
                claim = f"is cut off where the gradient is negative, and {name} > 0 should decide,"
                yield Candidate("mask-from-dout", lambda view: view.analytic, claim)
            for mistake, claim, slope, used in _inner_mistakes(name, values):
                fits = np.allclose(analytic * slope, numeric * used, rtol=1e-5, atol=1e-7 * size)
                if fits and np.ptp(values):
                    yield Candidate(mistake, lambda view: view.analytic, claim)


def _inner_mistakes(name: str, values: Array) -> Iterator[tuple[str, str, Array, Array]]:
    """A mistake, what it leaves, the slope of the units, and the one that is used instead."""
    for text, formula in INNER.items():
        slope, shown_slope = formula(values), text.replace("{}", name)
        claim = f"lacks the slope {shown_slope}, as one example shows,"
        mistake = "mask-missing" if ">" in text else "derivative-missing"
        yield mistake, claim, slope, np.ones_like(slope)
        if slope.all():
            claim = f"counts the slope {shown_slope} twice, as one example shows,"
            yield "derivative-twice", claim, slope, slope**2
        if text in APPLIED:
            claim = f"takes the slope where {name} is put in for the input, not {shown_slope},"
            yield "derivative-of-output", claim, slope, formula(APPLIED[text](values))


# The functions that these are the slopes of, in terms of the output.
APPLIED: dict[str, Formula] = {
    "{} * (1 - {})": lambda z: 1 / (1 + np.exp(-z)),
    "1 - {}**2": np.tanh,
}


def _units(held: Array, array: Array, places: Array) -> Iterator[Array]:
    """The unit that each entry belongs to, if there are as many units as in a kept array."""
    if held.dtype.kind == "f" and held.size > 1:
        shape = array.shape if array.ndim > 1 else (1, array.size)
        if held.size == shape[-1]:
            yield places % shape[-1]
        if held.size == shape[0]:
            yield places // shape[-1]


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
    yield Candidate("mask-missing", _dout, claim)
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


def _without(low: float) -> Predict:
    return lambda view: view.own_dout * np.where(np.isclose(view.own_slope, low), 0, view.own_slope)


def _nearest(pieces: list[float]) -> Predict:
    """Dout times whichever of the slopes is closest to the one that backward uses."""

    def predict(view: View) -> Array:
        used = view.analytic / view.own_dout
        nearest = np.abs(used[:, None] - np.array(pieces)).argmin(axis=1)
        return np.asarray(view.own_dout * np.array(pieces)[nearest])

    return predict
