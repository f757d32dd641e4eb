"""The complex step: a slope without a difference, and so without its rounding.

For a function that computes with complex numbers as it does with real ones::

    f(x + i h) = f(x) + i h f'(x) - h**2 f''(x) / 2 - ...

so that f'(x) is the imaginary part over h, correct to the last digits for a tiny h, because nothing
is subtracted.

Source: Squire and Trapp, "Using complex variables to estimate derivatives of real functions", 1998.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.core.random_state import generators, put_back, put_back_global
from layers.gradcheck.numeric.experiment import Experiment, Index
from layers.gradcheck.numeric.perturbation import flat

STEP = 1e-20  # in units of the entry's own size: its square is far below the last digit


class ComplexTwin:
    """A copy of a layer whose inputs and parameters are complex.

    The layers of this library refuse complex numbers. Layers written by users mostly compute with
    whatever they are given; if one raises, drops imaginary parts with a warning, or returns real
    numbers, there is no twin.

    A twin can be wrong where forward is not analytic, as in an absolute value; and where it is
    correct, it shows digits that backward itself has lost to rounding. So it never decides a
    verdict: it only gives more digits to the real differences.
    """

    def __init__(self, experiment: Experiment) -> None:
        memo: dict[int, Any] = {}
        self._held = [*experiment.tensors().values(), *experiment.buffers().values()]
        for array in self._held:
            memo[id(array)] = array.astype(complex)
        self._layer, self._loss = copy.deepcopy((experiment.layer, experiment.loss), memo)
        self._targets = experiment.targets
        self._states, self._global_state = experiment.states, experiment.global_state
        self._params = {key: memo[id(array)] for key, array in experiment.tensors().items()}
        self._layouts = experiment.layouts
        self._inputs = [
            array.astype(complex) if array.dtype.kind == "f" else array
            for array in experiment.inputs
        ]
        self._dout = flat(experiment.dout)
        self._size = flat(experiment.y).size

    def slope(self, name: str, index: Index) -> float | None:
        """The slope of dout . y along one entry of a tensor; None if forward fails there."""
        array = self._tensor(name)
        start = array[index]
        step = STEP * (abs(start) or float(np.abs(array).max(initial=0.0)) or 1.0)
        array[index] = start + 1j * step
        try:
            return float(self._dout @ (self._imaginary() / step))
        except Exception:  # a user's layer may raise anything
            return None
        finally:
            array[index] = start

    def _tensor(self, name: str) -> Array:
        return self._params[name] if name in self._params else self._inputs[int(name[1:] or 0)]

    def _imaginary(self) -> Array:
        """The imaginary parts of the outputs; an error where there are none."""
        for generator, state in zip(generators(self._layer), self._states, strict=True):
            put_back(generator, state)
        if self._global_state:
            put_back_global(self._global_state)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            given = zip(self._layouts, self._inputs, strict=True)
            y = self._layer.forward(*(layout.copy(array) for layout, array in given))
            y = y if self._loss is None else self._loss.forward(y, *self._targets)
        parts = y if isinstance(y, tuple) else (y,)
        outputs = np.concatenate([np.ravel(part) for part in parts])
        if outputs.dtype.kind != "c" or outputs.size != self._size:
            raise TypeError("forward gives no complex numbers")
        return outputs.imag


def complex_twin(experiment: Experiment) -> ComplexTwin | None:
    """A twin, if the layer computes with complex numbers."""
    try:
        twin = ComplexTwin(experiment)
        twin._imaginary()
    except Exception:  # a layer that refuses them may raise anything
        return None
    return twin
