"""What backward returned in one experiment beside the measured slopes, and in variations of it.

A ratio of 4 may be the batch size or the number of classes. In a batch twice as long the first
becomes 8, the second stays. An explanation has to hold in all variations.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.output_slopes import OutputSlopes, output_slopes
from layers.gradcheck.numeric.perturbation import flat, perturbed, random_dout
from layers.gradcheck.numeric.returned_gradients import gradients_by_name

WORK = 5 * 10**6  # about how many numbers the passes for one tensor may touch
FEWEST, MOST = 16, 300  # entries compared at least and at most


class Measurement:
    """An experiment after forward and backward, and the slopes of its tensors.

    Attributes
    ----------
    experiment : Experiment
        A copy, which may be moved.
    tensors : dict of str to Tensor
        Those with a gradient of the right form.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.tensors = gradients_by_name(experiment)
        self._slopes: dict[str, OutputSlopes] = {}

    def slopes(self, name: str) -> OutputSlopes:
        """The slopes of a tensor, at all entries or at a sample of them."""
        if name not in self._slopes:
            array = self.tensors[name].array
            most = self.experiment.affordable(WORK, FEWEST, MOST)
            places = np.arange(array.size)
            if array.size > most:
                places = np.sort(np.random.default_rng(0).choice(array.size, most, replace=False))
            self._slopes[name] = output_slopes(self.experiment, array, places)
        return self._slopes[name]

    def numeric_at(self, name: str, places: Array) -> Array:
        """The numeric gradient of a tensor at other entries than those of the sample."""
        found, array = self.slopes(name), self.tensors[name].array
        if found.places.size == array.size:
            return np.take(found.numeric, places)
        return output_slopes(self.experiment, array, places).numeric


def measured(experiment: Experiment) -> Measurement | None:
    """A measurement, or None if the layer does not run on these inputs."""
    try:
        experiment.y = experiment.run()
        found = Measurement(experiment)
    except Exception:  # a user's layer may raise anything
        return None
    return found if np.isfinite(flat(experiment.y)).all() else None


def variations(first: Measurement, rng: np.random.Generator) -> Iterator[Measurement]:
    """Measurements of other numbers, of a batch twice as long, and of rows twice as wide."""
    tensors = [tensor.array for tensor in first.tensors.values()]
    inputs = enumerate(first.experiment.inputs)
    moved = [i for i, array in inputs if any(array is tensor for tensor in tensors)]
    for vary in (_redrawn, _longer, _wider):
        other = copy.deepcopy(first.experiment)
        if vary(other, moved, rng) and (found := _with_new_dout(other, rng)):
            yield found


def batch_size(experiment: Experiment) -> int:
    """The number of examples: the length of the first axis of the first input."""
    shape = np.shape(experiment.inputs[0]) if experiment.inputs else ()
    return shape[0] if shape else 1


def _with_new_dout(experiment: Experiment, rng: np.random.Generator) -> Measurement | None:
    try:
        experiment.y = experiment.run()
        experiment.dout = random_dout(experiment.y, rng)
    except Exception:  # outside its domain a layer may raise anything
        return None
    return measured(experiment)


def _redrawn(other: Experiment, moved: Sequence[int], rng: np.random.Generator) -> bool:
    for array in other.tensors().values():
        array[...] = perturbed(array, rng)
    for position in moved:
        other.inputs[position] = perturbed(other.inputs[position], rng)
    return True


def _longer(other: Experiment, moved: Sequence[int], rng: np.random.Generator) -> bool:
    n = batch_size(other)
    for position, array in enumerate(other.inputs):
        if array.ndim and len(array) == n:
            more = perturbed(array, rng) if position in moved else array
            other.inputs[position] = np.concatenate([array, more])
    return bool(other.inputs and other.inputs[0].ndim)


def _wider(other: Experiment, moved: Sequence[int], rng: np.random.Generator) -> bool:
    """Only for layers without parameters, which would fix the width of x."""
    if other.tensors() or not other.inputs or other.inputs[0].ndim < 2:
        return False
    width = other.inputs[0].shape[-1]
    for position, array in enumerate(other.inputs):
        if array.ndim > 1 and array.shape[-1] == width and array.dtype.kind == "f":
            more = perturbed(array, rng) if position in moved else array
            other.inputs[position] = np.concatenate([array, more], axis=-1)
    return True
