"""A net that ends in a softmax, before a loss that takes the softmax itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.perturbation import perturbed
from layers.gradcheck.report.finding import Finding


def double_softmax(experiment: Experiment) -> Iterator[Finding]:
    """The scores are probabilities already, and the loss does not change when they are shifted."""
    if experiment.loss is None:
        return
    scores = np.asarray(experiment.outputs())
    if not (_are_probabilities(scores) and _takes_a_softmax(experiment, scores)):
        return
    other = copy.deepcopy(experiment)
    rng = np.random.default_rng(0)
    for array in [*other.tensors().values(), *other.inputs]:
        if array.dtype.kind == "f":
            array[...] = perturbed(array, rng)
    moved = np.asarray(other.outputs())
    if _are_probabilities(moved) and not np.allclose(moved, scores, rtol=1e-9, atol=0):
        classes = scores.shape[1]
        least = -np.log(np.e / (np.e + classes - 1))
        evidence = (
            "each row of the scores sums to 1, and the loss takes the softmax of them: it cannot "
            f"fall below -log(e / (e + C - 1)) = {least:.3f} for C = {classes}"
        )
        yield Finding("double-softmax", "", evidence)


def _are_probabilities(scores: Array) -> bool:
    is_matrix = scores.ndim == 2 and scores.shape[1] > 1
    return bool(is_matrix and (scores >= 0).all() and np.allclose(scores.sum(axis=1), 1, rtol=1e-9))


def _takes_a_softmax(other: Experiment, scores: Array) -> bool:
    """A softmax does not change when all scores of a row are shifted."""
    shift = np.arange(1.0, len(scores) + 1)[:, None]
    loss, shifted, doubled = (
        other.loss.forward(moved, *other.targets) for moved in (scores, scores + shift, 2 * scores)
    )
    return bool(np.isclose(loss, shifted, rtol=1e-9) and not np.isclose(loss, doubled, rtol=1e-9))
