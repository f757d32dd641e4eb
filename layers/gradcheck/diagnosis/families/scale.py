"""Mistakes that leave a constant factor: a mean forgotten or taken twice, a sign, a 2."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, shown
from layers.gradcheck.diagnosis.families.bias import is_bias

Size = Callable[[View], float]


def zero(case: Case) -> Iterator[Candidate]:
    """Nothing comes back at all."""
    yield Candidate("zero-gradient", lambda view: 0 * view.numeric, "is 0")


def scale(case: Case) -> Iterator[Candidate]:
    """Factors that follow from the shapes, then 2, then any other constant."""
    yield Candidate(
        "wrong-sign", lambda view: -view.numeric, "equals -1 times the numeric gradient"
    )
    averaged = "bias-averaged" if is_bias(case) else "averaged-twice"
    yield from _sized(case, _batch, "the batch size", "missing-batch-mean", averaged)
    yield from _sized(case, _rows, "the number of rows", "missing-batch-mean", averaged)
    yield from _sized(case, _entries, "the number of entries", "missing-batch-mean", averaged)
    if not case.first.is_parameter:
        names = "not-divided-by-classes", "divided-by-classes"
        yield from _sized(case, _columns, "the number of columns", *names)
        yield from _sized(case, _width, "the width of the input", *names)
        yield from _sized(case, _each, "the number of entries that each output is taken of", *names)
        says = "the number of rows over that of columns"
        yield from _sized(case, _rows_over_columns, says, names[1], names[1])
    same = "constant-factor", "constant-factor"
    yield from _sized(case, _root, "the square root of the width of the input", *same)
    yield _factor("factor-two-too-many", 2.0, general=True)
    yield _factor("factor-two-missing", 0.5, general=True)
    if ratio := _ratio(case.first):
        yield _factor("constant-factor", ratio, general=True)
        says = f"{_says(ratio)}, and another multiple at other inputs,"
        yield Candidate("common-factor", lambda v: _ratio(v) * v.numeric, says, general=True)


def _sized(case: Case, size: Size, what: str, times: str, divided: str) -> Iterator[Candidate]:
    count = size(case.first)
    if all(size(view) == 1 for view in case.views):
        return
    because = f"{count:.4g} is {what}"
    yield Candidate(times, lambda view: size(view) * view.numeric, _says(count), because)
    yield Candidate(divided, lambda view: view.numeric / size(view), _says(1 / count), because)


def _factor(mistake: str, factor: float, general: bool = False) -> Candidate:
    return Candidate(mistake, lambda view: factor * view.numeric, _says(factor), general=general)


def _says(factor: float) -> str:
    return f"equals {shown(factor)} times the numeric gradient"


def _batch(view: View) -> int:
    return view.batch


def _rows(view: View) -> int:
    shape = _shape(view)
    return int(np.prod(shape[:-1]))


def _entries(view: View) -> int:
    return int(np.prod(_shape(view)))


def _columns(view: View) -> int:
    shape = _shape(view)
    return shape[-1] if shape else 1


def _width(view: View) -> int:
    """The last axis of the input; of a loss, what is told by the columns already."""
    shape = np.shape(view.experiment.inputs[0])
    return shape[-1] if shape and np.shape(view.experiment.y) else 1


def _each(view: View) -> float:
    shape = np.shape(view.experiment.y)
    return float(np.size(view.experiment.inputs[0]) / max(view.y.size, 1)) if shape else 1.0


def _rows_over_columns(view: View) -> float:
    return _rows(view) / _columns(view)


def _root(view: View) -> float:
    return float(np.sqrt(_width(view)))


def _shape(view: View) -> tuple[int, ...]:
    """The shape of the output, or where that is a number, of what the loss is taken of."""
    shape = np.shape(view.experiment.y)
    return shape or np.shape(view.experiment.inputs[0])


def _ratio(view: View) -> float:
    """The factor by which the analytic gradient is closest to a multiple of the numeric one."""
    norm = float(view.numeric @ view.numeric)
    return float(_dot(view.analytic, view.numeric)) / norm if norm else 0.0


def _dot(a: Array, b: Array) -> float:
    return float(a @ b)
