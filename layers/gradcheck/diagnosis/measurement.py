"""What backward returned in one experiment beside the measured slopes, and in variations of it.

A ratio of 4 may be the batch size or the number of classes. In a batch twice as long the first
becomes 8, the second stays. An explanation has to hold in all variations.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from functools import cached_property, partial

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

    @cached_property
    def batch_axis(self) -> int:
        """The axis of the first input that numbers the examples: 0, or -1 in columns."""
        return _batch_axis(self.experiment)

    @property
    def batch_size(self) -> int:
        """The number of examples."""
        shape = np.shape(self.experiment.inputs[0]) if self.experiment.inputs else ()
        return shape[self.batch_axis] if shape else 1


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
    for vary in (_redrawn, partial(_extended, axis=0), partial(_extended, axis=-1)):
        other = copy.deepcopy(first.experiment)
        if vary(other, moved, rng) and (found := _with_new_dout(other, rng)):
            found.batch_axis = first.batch_axis
            yield found


def _batch_axis(experiment: Experiment) -> int:
    """The axis of the examples: the first, or the last where targets or parameters say so."""
    x, *others = experiment.inputs or [np.zeros(())]
    if x.ndim < 2:
        return 0
    if x.ndim == 2 and any(_is_last(x.shape, array) for array in others):
        return -1
    if any(array.ndim > 1 for array in experiment.tensors().values()):
        rng = np.random.default_rng(0)
        return next((axis for axis in (0, -1) if _runs_along(experiment, axis, rng)), 0)
    return 0


def _is_last(shape: tuple[int, ...], target: Array) -> bool:
    """Whether a target shows that scores of this shape hold one example in each column."""
    if target.shape == shape:
        only_columns = sums_to_one(target, 0) and not sums_to_one(target, -1)
        return only_columns or shape[0] == 1 < shape[1]
    return target.size == shape[1] != shape[0] and target.dtype.kind in "iu"


def _runs_along(experiment: Experiment, axis: int, rng: np.random.Generator) -> bool:
    """Whether forward takes inputs that are longer along an axis."""
    other = copy.deepcopy(experiment)
    try:
        return _extended(other, range(len(other.inputs)), rng, axis) and other.run() is not None
    except Exception:  # a user's layer may raise anything
        return False


def sums_to_one(array: Array, axis: int) -> bool:
    """Whether an array holds a distribution along an axis, such as one-hot labels."""
    return bool((array >= 0).all() and np.allclose(array.sum(axis=axis), 1))


def single_example(measurement: Measurement, step: bool = False) -> Measurement | None:
    """A measurement of the first example alone; with `step`, of one step of a sequence."""
    other, axes = copy.deepcopy(measurement.experiment), {measurement.batch_axis}
    if not other.inputs or not other.inputs[0].ndim:
        return None
    shape = other.inputs[0].shape
    axes |= {0, len(shape) - 2} if step else set()
    for position, array in enumerate(other.inputs):
        for axis in axes:
            if array.ndim > max(axis, 0) and array.shape[axis] == shape[axis]:
                array = array.take([0], axis=axis)
        other.inputs[position] = array
    return _with_new_dout(other, np.random.default_rng(0))


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


def _extended(other: Experiment, moved: Sequence[int], rng: np.random.Generator, axis: int) -> bool:
    """Make the inputs twice as long along an axis of the first."""
    shape = np.shape(other.inputs[0]) if other.inputs else ()
    if len(shape) < (1 if axis == 0 else 2):
        return False
    for position, array in enumerate(other.inputs):
        flat_labels = axis == -1 and array.ndim == 1 and shape[-1] == shape[0]
        if not array.ndim or array.shape[axis] != shape[axis] or flat_labels:
            continue
        more = array
        if position in moved:
            more = perturbed(array, rng)
        elif array.ndim > 1 and sums_to_one(array, axis):
            more = np.zeros_like(array)  # more classes, of which none is the correct one
        other.inputs[position] = np.concatenate([array, more], axis=axis)
    return True
