"""Mistakes with the other inputs: a target, weights, the other factor of a product."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View


def inputs(case: Case) -> Iterator[Candidate]:
    """An input is left out, or the gradient is that of another tensor."""
    view = case.first
    for position, array in enumerate(view.experiment.inputs):
        if array is view.tensor.array or array.dtype.kind != "f":
            continue
        says = f"fits where input {position} is 0"
        yield Candidate("target-missing", _with(position, np.zeros_like), says)
        says = f"fits where input {position} is 1 everywhere"
        mistake = "derivative-missing" if view.is_parameter else "weights-ignored"
        yield Candidate(mistake, _with(position, np.ones_like), says)
    for name in view.bench.tensors:
        if name != case.name:
            says = f"equals the numeric gradient of {name}"
            yield Candidate("gradient-of-another", _of(name), says)


def _with(position: int, fill: Callable[[Array], Array]) -> Callable[[View], Array | None]:
    """The gradient of the same layer with one input replaced."""

    def predict(view: View) -> Array | None:
        found = view.slopes_with({position: fill(view.experiment.inputs[position])})
        return found.numeric if found else None

    return predict


def _of(name: str) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        other = view.bench.tensors.get(name)
        if other is None or other.array.shape != view.tensor.array.shape:
            return None
        return view.bench.numeric_at(name, view.places)

    return predict
