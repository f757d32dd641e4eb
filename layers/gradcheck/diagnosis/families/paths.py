"""A way around the layer, or a factor on the way, that the gradient has lost."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.jacobian import slopes


def paths(case: Case) -> Iterator[Candidate]:
    """The shortcut of a residual net is left out; a parameter that multiplies is."""
    first = case.first
    if all(np.shape(view.experiment.y) == view.tensor.array.shape for view in case.views):
        yield Candidate(
            "path-missing",
            lambda view: view.numeric - view.own_dout,
            "lacks dout itself, which flows past everything else,",
            general=True,
        )
        yield Candidate(
            "path-twice",
            lambda view: 2 * view.numeric - view.own_dout,
            "counts twice what does not flow past everything else",
            general=True,
        )
    for key, array in first.experiment.tensors().items():
        if key != case.name and array.ndim < 2:
            says = f"fits where {key} is 1 everywhere"
            yield Candidate("parameter-missing", _with_ones(key), says)
    if first.is_parameter and first.tensor.array.ndim == 1:
        for letter, values in (("x", _input), ("y", _output)):
            says = f"equals the sum of dout times {letter}, which is not its slope,"
            yield Candidate(f"derivative-of-{_WORD[letter]}", _summed_with(values), says)


_WORD = {"x": "input", "y": "output"}


def _with_ones(key: str) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        other = copy.deepcopy(view.experiment)
        other.tensors()[key][...] = 1
        array = other.tensors()[view.name] if view.position is None else other.inputs[view.position]
        return slopes(other, array, view.places).numeric

    return predict


def _input(view: View) -> Array:
    return view.experiment.inputs[0]


def _output(view: View) -> Array:
    return np.asarray(view.experiment.y)


def _summed_with(values: Callable[[View], Array]) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        shape, factor = np.shape(view.experiment.y), values(view)
        if factor.shape != shape or shape[-1:] != view.tensor.array.shape:
            return None
        product = (view.dout.reshape(shape) * factor).reshape(-1, shape[-1])
        return view.at(product.sum(axis=0))

    return predict
