"""The same layer under other circumstances, so that a chance agreement shows as one.

A ratio of 4 may be the batch size or the number of classes. In a batch twice as long the first
becomes 8, the second stays. An explanation has to hold under all the variations.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import numpy as np

from layers.gradcheck.diagnosis.bench import Bench, run
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.flat import draw_like, varied


def variations(bench: Bench, rng: np.random.Generator) -> Iterator[Bench]:
    """Benches with other numbers, with a batch twice as long, and with rows twice as wide."""
    for vary in (_redrawn, _longer, _wider):
        other = copy.deepcopy(bench.experiment)
        if vary(other, _movable(other, bench), rng) and (varied := _ready(other, rng)):
            yield varied


def batch_size(experiment: Experiment) -> int:
    """The number of examples: the length of the first axis of the first input."""
    shape = np.shape(experiment.inputs[0]) if experiment.inputs else ()
    return shape[0] if shape else 1


def _movable(experiment: Experiment, bench: Bench) -> list[int]:
    """The positions of the inputs whose gradients are checked."""
    arrays = [tensor.array for tensor in bench.tensors.values()]
    same = [any(array is own for own in arrays) for array in bench.experiment.inputs]
    return [position for position, moved in enumerate(same) if moved]


def _ready(experiment: Experiment, rng: np.random.Generator) -> Bench | None:
    try:
        experiment.y = experiment.run()
        experiment.dout = draw_like(experiment.y, rng)
    except Exception:  # outside its domain a layer may raise anything
        return None
    return run(experiment)


def _redrawn(other: Experiment, moved: Sequence[int], rng: np.random.Generator) -> bool:
    for array in other.tensors().values():
        array[...] = varied(array, rng)
    for position in moved:
        other.inputs[position] = varied(other.inputs[position], rng)
    return True


def _longer(other: Experiment, moved: Sequence[int], rng: np.random.Generator) -> bool:
    n = batch_size(other)
    for position, array in enumerate(other.inputs):
        if array.ndim and len(array) == n:
            more = varied(array, rng) if position in moved else array
            other.inputs[position] = np.concatenate([array, more])
    return bool(other.inputs and other.inputs[0].ndim)


def _wider(other: Experiment, moved: Sequence[int], rng: np.random.Generator) -> bool:
    """Only for layers without parameters, whose shapes do not bind the width of x."""
    if other.tensors() or not other.inputs or other.inputs[0].ndim < 2:
        return False
    width = other.inputs[0].shape[-1]
    for position, array in enumerate(other.inputs):
        if array.ndim > 1 and array.shape[-1] == width and array.dtype.kind == "f":
            more = varied(array, rng) if position in moved else array
            other.inputs[position] = np.concatenate([array, more], axis=-1)
    return True
