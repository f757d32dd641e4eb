"""A constant factor: a mean forgotten or taken twice, a sign, a 2, a penalty's factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, multiple, shown
from layers.gradcheck.diagnosis.families.bias_and_shapes import is_bias
from layers.gradcheck.diagnosis.measurement import batch_size

Size = Callable[[View], float]


def zero(case: Case) -> Iterator[Candidate]:
    """The gradient is 0 everywhere."""
    yield Candidate("zero-gradient", lambda view: 0 * view.numeric, "is 0")


def factors(case: Case) -> Iterator[Candidate]:
    """Factors that follow from the shapes, then 2, then any other constant."""
    yield Candidate(
        "wrong-sign", lambda view: -view.numeric, "equals -1 times the numeric gradient"
    )
    mean = "missing-batch-mean", "bias-averaged" if is_bias(case) else "averaged-twice"
    yield from _sized(case, lambda view: batch_size(view.experiment), "the batch size", *mean)
    yield from _sized(case, _rows, "the number of rows", *mean)
    yield from _sized(case, lambda view: int(np.prod(_shape(view))), "the number of entries", *mean)
    if not case.first.is_parameter:
        names = "not-divided-by-classes", "divided-by-classes"
        yield from _sized(case, _columns, "the number of columns", *names)
        yield from _sized(case, _width, "the width of the input", *names)
        yield from _sized(case, _each, "the number of entries that each output is taken of", *names)
        what = "the number of rows over that of columns"
        yield from _sized(case, lambda v: _rows(v) / _columns(v), what, names[1], names[1])
    what = "the square root of the width of the input"
    same = "constant-factor", "constant-factor"
    yield from _sized(case, lambda view: float(np.sqrt(_width(view))), what, *same)
    yield _factor("factor-two-too-many", 2.0)
    yield _factor("factor-two-missing", 0.5)
    if ratio := _ratio(case.first):
        yield _factor("constant-factor", ratio)
        claim = f"{_times(ratio)}, and another multiple at other inputs,"
        yield Candidate("common-factor", lambda v: _ratio(v) * v.numeric, claim, general=True)


def _sized(case: Case, size: Size, what: str, multiplied: str, divided: str) -> Iterator[Candidate]:
    count = size(case.first)
    if all(size(view) == 1 for view in case.views):
        return
    because = f"{count:.4g} is {what}"
    yield Candidate(multiplied, lambda v: size(v) * v.numeric, _times(count), because)
    yield Candidate(divided, lambda v: v.numeric / size(v), _times(1 / count), because)


def _factor(mistake: str, factor: float) -> Candidate:
    return Candidate(mistake, lambda v: factor * v.numeric, _times(factor), general=True)


def _times(factor: float) -> str:
    return f"equals {shown(factor)} times the numeric gradient"


def _rows(view: View) -> int:
    return int(np.prod(_shape(view)[:-1]))


def _columns(view: View) -> int:
    return (_shape(view) or (1,))[-1]


def _width(view: View) -> int:
    """The last axis of the input; 1 for a loss, where it is the number of columns."""
    shape = np.shape(view.experiment.inputs[0])
    return shape[-1] if shape and view.output_shape else 1


def _each(view: View) -> float:
    inputs = np.size(view.experiment.inputs[0])
    return float(inputs / max(view.y.size, 1)) if view.output_shape else 1.0


def _shape(view: View) -> tuple[int, ...]:
    """The shape of the output, or for a loss that of its first input."""
    return view.output_shape or np.shape(view.experiment.inputs[0])


def _ratio(view: View) -> float:
    return multiple(view.analytic, view.numeric)


def penalties(case: Case) -> Iterator[Candidate]:
    """The gradient of a penalty on the parameter that the loss lacks, or has in other measure."""
    if not case.first.is_parameter:
        return
    mistake = "regularizer-on-bias" if case.first.tensor.array.ndim == 1 else "regularizer-factor"
    for penalty, what in ((np.positive, case.name), (np.sign, f"the sign of {case.name}")):
        factor = shown(_left_over(case.first, penalty))
        claim = f"is the numeric gradient plus {factor} times {what}"
        yield Candidate(mistake, _plus(penalty), claim)


def _left_over(view: View, penalty: Callable[[Array], Array]) -> float:
    """How many times the penalty's gradient is in the error."""
    return multiple(view.analytic - view.numeric, penalty(view.values))


def _plus(penalty: Callable[[Array], Array]) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        if view.places.size < 2:  # one number is a multiple of any other
            return None
        return np.asarray(view.numeric + _left_over(view, penalty) * penalty(view.values))

    return predict
