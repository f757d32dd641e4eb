"""A parameter that was updated before the gradient of the input was computed."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.jacobian import slopes


def updated(case: Case) -> Iterator[Candidate]:
    """The gradient fits the parameters as backward leaves them."""
    if not case.first.is_parameter and case.first.experiment.tensors():
        says = "fits the parameters as they are after backward has changed them"
        yield Candidate("updated-before-dx", _with_parameters_after, says)


def _with_parameters_after(view: View) -> Array | None:
    other = copy.deepcopy(view.experiment)
    before = {name: array.copy() for name, array in other.tensors().items()}
    other.run()
    other.backward(other.sent())
    if all((array == before[name]).all() for name, array in other.tensors().items()):
        return None
    assert view.position is not None
    return slopes(other, other.inputs[view.position], view.places).numeric
