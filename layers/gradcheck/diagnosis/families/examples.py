"""Examples, or outputs, whose share of the gradient is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.families.bias import is_bias


def examples(case: Case) -> Iterator[Candidate]:
    """Only some rows of dout are used, or only some of several outputs."""
    if isinstance(case.first.experiment.y, tuple):
        for part in range(len(case.first.experiment.y)):
            says = f"lacks what flows back through output {part}"
            yield Candidate("output-forgotten", _without_output(part), says)
        return
    if not np.shape(case.first.experiment.y) or is_bias(case):
        return
    for kept, which in ((slice(0, 1), "first"), (slice(-1, None), "last")):
        says = f"counts the {which} example alone"
        yield Candidate("examples-missing", _rows(kept), says)
    for kept, which in ((slice(1, None), "first"), (slice(0, -1), "last")):
        yield Candidate("examples-missing", _rows(kept), f"lacks the {which} example")


def overwritten(case: Case) -> Iterator[Candidate]:
    """An entry that is used at several places counts once only: the last use overwrites."""
    view = case.first
    if view.is_parameter and any(array.dtype.kind in "iu" for array in view.experiment.inputs):
        says = "counts only the last of several uses of an entry"
        yield Candidate("duplicates-overwritten", _last_use, says)


def _rows(kept: slice) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        dout = np.zeros(np.shape(view.experiment.y))
        dout[kept] = view.dout.reshape(dout.shape)[kept]
        here: Array = view.rows @ dout.reshape(-1)
        return here

    return predict


def _without_output(part: int) -> Callable[[View], Array]:
    def predict(view: View) -> Array:
        sizes = [np.size(y) for y in view.experiment.y]
        dout = view.dout.copy()
        dout[sum(sizes[:part]) : sum(sizes[: part + 1])] = 0
        here: Array = view.rows @ dout
        return here

    return predict


def _last_use(view: View) -> Array:
    used = np.abs(view.rows) > 1e-6
    last = used.shape[1] - 1 - used[:, ::-1].argmax(axis=1)
    here: Array = view.rows[np.arange(len(last)), last] * view.dout[last]
    return here
