"""A penalty in the gradient that the loss does not have, or has with another factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, shown


def regularizer(case: Case) -> Iterator[Candidate]:
    """What is left over is a multiple of the parameter, or of its signs."""
    if not case.first.is_parameter:
        return
    mistake = "regularizer-on-bias" if case.first.tensor.array.ndim == 1 else "regularizer-factor"
    for penalty, what in ((_itself, case.name), (np.sign, f"the sign of {case.name}")):
        factor = _factor(case.first, penalty)
        says = f"is the numeric gradient plus {shown(factor)} times {what}"
        yield Candidate(mistake, _plus(penalty), says)


def _itself(values: Array) -> Array:
    return values


def _factor(view: View, penalty: Callable[[Array], Array]) -> float:
    """How many times the penalty is left over."""
    values = penalty(view.values)
    norm = float(values @ values)
    return float((view.analytic - view.numeric) @ values) / norm if norm else 0.0


def _plus(penalty: Callable[[Array], Array]) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        if view.places.size < 2:  # one number is a multiple of any other
            return None
        left: Array = view.numeric + _factor(view, penalty) * penalty(view.values)
        return left

    return predict
