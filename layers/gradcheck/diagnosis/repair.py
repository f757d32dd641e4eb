"""What backward would have to take instead, for its gradient to be right.

Forward is run as it is. Then one array is turned round where the layer holds it, and backward is
run: if its gradient is right now, this is what it should have done itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.families.derivative import FORMULAS
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.returned import read

Turn = Callable[[Array], Array]


def repair(case: Case) -> Iterator[Candidate]:
    """A parameter or a cached array is taken the wrong way round; the last slope is missing."""
    for key, array in case.first.experiment.tensors().items():
        if array.ndim == 2 and array.shape[0] == array.shape[1] > 1:
            says = f"is right if backward gets {key}.T for {key},"
            yield Candidate("weight-not-transposed", _with_parameter(key, np.transpose), says)
        for axis in range(array.ndim if array.ndim > 1 else 0):
            says = f"is right if backward gets {key} with axis {axis} reversed"
            yield Candidate("weight-reversed", _with_parameter(key, _reverse(axis)), says)
    for name in _square(case.first.experiment.layer):
        says = f"is right if backward finds {name}.T for {name},"
        yield Candidate("transposed", _with_cached(name), says)
    if not case.elementwise and np.shape(case.first.experiment.y):
        for text, formula in FORMULAS.items():
            slope = text.format(*["y"] * text.count("{}"))
            says = f"is right if dout is multiplied by {slope} first"
            yield Candidate("derivative-missing", _with_dout(formula), says)


def _reverse(axis: int) -> Turn:
    return lambda array: np.flip(array, axis)


def _square(layer: Any) -> list[str]:
    """The names of the square matrices that a layer keeps."""
    return [
        name
        for name, value in getattr(layer, "__dict__", {}).items()
        if isinstance(value, np.ndarray)
        and value.dtype.kind == "f"
        and value.ndim == 2
        and value.shape[0] == value.shape[1] > 1
    ]


def _with_parameter(key: str, turn: Turn) -> Callable[[View], Array | None]:
    def change(bench: Experiment) -> None:
        array = bench.tensors()[key]
        array[...] = turn(array.copy())

    return _if_right_after(change)


def _with_cached(name: str) -> Callable[[View], Array | None]:
    def change(bench: Experiment) -> None:
        setattr(bench.layer, name, getattr(bench.layer, name).T.copy())

    return _if_right_after(change)


def _with_dout(formula: Turn) -> Callable[[View], Array | None]:
    def change(bench: Experiment) -> None:
        bench.dout = bench.dout * formula(np.asarray(bench.y))

    return _if_right_after(change)


def _if_right_after(change: Callable[[Experiment], None]) -> Callable[[View], Array | None]:
    """All that backward says, if it says what is right after the change."""

    def predict(view: View) -> Array | None:
        bench = copy.deepcopy(view.experiment)
        bench.run()
        try:
            change(bench)
            tensors, _ = read(bench, bench.gradients())
        except Exception:  # what was changed does not fit
            return None
        found = [tensor.gradient for tensor in tensors if tensor.name == view.name]
        if not found or not np.isfinite(found[0]).all():
            return None
        size = np.abs(view.numeric).max(initial=0.0)
        right = np.allclose(view.at(found[0]), view.numeric, rtol=1e-5, atol=1e-6 * size)
        return view.analytic if right else None

    return predict
