"""One experiment as the diagnosis sees it: what backward said, and the slopes it asks for."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.jacobian import Slopes, slopes
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.flat import flat
from layers.gradcheck.returned import read

WORK = 5 * 10**6  # how many numbers the passes for one tensor may touch, about
FEWEST, MOST = 16, 300  # entries looked at in any case, and at most


class Bench:
    """An experiment that has been run, and the gradients that its backward returned.

    Attributes
    ----------
    experiment : Experiment
        A copy, which may be moved.
    tensors : dict of str to Tensor
        Those whose gradients have the right form.
    flows : dict of str to array
        What backward says of a tensor for each output alone, where that was asked for.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        tensors, _ = read(experiment, experiment.gradients())
        self.tensors = {tensor.name: tensor for tensor in tensors}
        self.flows: dict[str, Array | None] = {}
        self._seen: dict[str, Slopes] = {}

    def sees(self, name: str) -> Slopes:
        """The slopes of a tensor, at all entries or at a sample of them."""
        if name not in self._seen:
            array = self.tensors[name].array
            self._seen[name] = slopes(self.experiment, array, _chosen(array, self._affordable()))
        return self._seen[name]

    def numeric_at(self, name: str, places: Array) -> Array:
        """The numeric gradient of a tensor at other entries than those of the sample."""
        seen = self.sees(name)
        if seen.places.size == self.tensors[name].array.size:
            numeric: Array = seen.numeric[places]
            return numeric
        return slopes(self.experiment, self.tensors[name].array, places).numeric

    def elsewhere(self, inputs: Sequence[Array]) -> Experiment | None:
        """The same layer and dout at other inputs; None if it does not run there."""
        other = copy.deepcopy(self.experiment)
        other.inputs = [np.array(array) for array in inputs]
        try:
            other.y = other.run()
        except Exception:
            return None
        same = flat(other.y).shape == flat(self.experiment.y).shape
        return other if same and np.isfinite(flat(other.y)).all() else None

    def _affordable(self) -> int:
        arrays = [*self.experiment.tensors().values(), *self.experiment.inputs]
        size = 1 + sum(array.size for array in arrays) + flat(self.experiment.y).size
        return int(np.clip(WORK // size, FEWEST, MOST))


def run(experiment: Experiment) -> Bench | None:
    """A bench, or None where the layer does not take what the experiment gives it."""
    try:
        experiment.y = experiment.run()
        bench = Bench(experiment)
    except Exception:  # a student's layer may raise anything
        return None
    return bench if np.isfinite(flat(experiment.y)).all() else None


def _chosen(array: Array, most: int) -> Array:
    if array.size <= most:
        return np.arange(array.size)
    return np.sort(np.random.default_rng(0).choice(array.size, most, replace=False))
