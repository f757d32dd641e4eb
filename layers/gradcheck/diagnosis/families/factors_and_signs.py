"""A constant factor: a mean forgotten or taken twice, a sign, a 2, a penalty's factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, multiple, shown
from layers.gradcheck.diagnosis.families.bias_and_shapes import is_bias

Size = Callable[[View], float]
MEAN = "missing-batch-mean", "averaged-twice"
CLASSES = "not-divided-by-classes", "divided-by-classes"


def zero(case: Case) -> Iterator[Candidate]:
    """The gradient is 0 everywhere."""
    yield Candidate("zero-gradient", lambda view: 0 * view.numeric, "is 0")


def factors(case: Case) -> Iterator[Candidate]:
    """Factors that follow from the shapes, then 2, then any other constant."""
    yield Candidate(
        "wrong-sign", lambda view: -view.numeric, "equals -1 times the numeric gradient"
    )
    yield from _of_axes(case)
    if not case.first.is_parameter:
        yield from _sized(case, _width, "the width of the input", *CLASSES)
        yield from _sized(
            case, _each, "the number of entries that each output is taken of", *CLASSES
        )
        what = "the number of examples over that of classes"
        yield from _sized(case, _over_classes, what, CLASSES[1], CLASSES[1])
    if not case.first.output_shape:
        for position in range(1, len(case.first.experiment.inputs)):
            for count, what in COUNTS.items():
                yield from _sized(case, _of_input(position, count), what.format(position), *MEAN)
    what = "the square root of the width of the input"
    same = "constant-factor", "constant-factor"
    yield from _sized(case, lambda view: float(np.sqrt(_width(view))), what, *same)
    yield _factor("factor-two-too-many", 2.0)
    yield _factor("factor-two-missing", 0.5)
    if ratio := _ratio(case.first):
        yield _factor("constant-factor", ratio)
        claim = f"{_times(ratio)}, and another multiple at other inputs,"
        yield Candidate("common-factor", lambda v: _ratio(v) * v.numeric, claim, general=True)


def _of_axes(case: Case) -> Iterator[Candidate]:
    """The lengths of one axis or of several: with that of the examples, or without."""
    ndim = len(_shape(case.first))
    batch = case.first.measurement.batch_axis % max(ndim, 1)
    axes = sorted(range(ndim), key=lambda axis: (axis != batch, -axis))
    subsets = [set(some) for count in range(1, ndim + 1) for some in combinations(axes, count)]
    for some in sorted(subsets, key=lambda some: batch not in some):
        names = CLASSES
        if batch in some:
            names = MEAN[0], "bias-averaged" if is_bias(case) else MEAN[1]
        if batch in some or not case.first.is_parameter:
            what = _named(some, batch, ndim)
            yield from _sized(case, lambda v, some=some: _lengths(v, some), what, *names)  # type: ignore[misc]


def _named(some: set[int], batch: int, ndim: int) -> str:
    if some == {batch}:
        return "the batch size"
    if len(some) == ndim:
        return "the number of entries"
    if some == {0, ndim - 1} - {batch}:
        return "the number of columns" if batch == 0 else "the number of rows"
    return f"the number of entries along axes {', '.join(map(str, sorted(some)))}"


def _lengths(view: View, axes: set[int]) -> int:
    shape = _shape(view)
    return int(np.prod([shape[axis] for axis in axes if axis < len(shape)]))


COUNTS: dict[Callable[[Array], Any], str] = {
    np.count_nonzero: "the number of entries of input {} that are not 0",
    np.sum: "the sum of input {}",
    lambda a: np.count_nonzero(a >= 0): "the number of labels in input {} that are not negative",
}


def _of_input(position: int, count: Callable[[Array], Any]) -> Size:
    return lambda view: float(count(view.experiment.inputs[position]))


def _sized(case: Case, size: Size, what: str, multiplied: str, divided: str) -> Iterator[Candidate]:
    count = size(case.first)
    if any(size(view) == 0 for view in case.views) or all(size(view) == 1 for view in case.views):
        return
    because = f"{count:.4g} is {what}"
    yield Candidate(multiplied, lambda v: size(v) * v.numeric, _times(count), because)
    yield Candidate(divided, lambda v: v.numeric / size(v), _times(1 / count), because)


def _factor(mistake: str, factor: float) -> Candidate:
    return Candidate(mistake, lambda v: factor * v.numeric, _times(factor), general=True)


def _times(factor: float) -> str:
    return f"equals {shown(factor)} times the numeric gradient"


def _over_classes(view: View) -> float:
    n = view.measurement.batch_size
    return n**2 / max(int(np.prod(_shape(view))), 1)


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
    mistake = "regularizer-on-bias" if is_bias(case) else "regularizer-factor"
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
