"""(N,) against (N, 1): their difference has shape (N, N), without an error."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np

from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.report.finding import Finding


def broadcast(experiment: Experiment) -> Iterator[Finding]:
    """The loss does not depend on which target belongs to which example."""
    if np.shape(experiment.y) or len(experiment.inputs) < 2:
        return
    n = experiment.inputs[0].size
    shapes = [array.shape for array in experiment.inputs[:2]]
    if n < 2 or sorted(shapes) != [(n,), (n, 1)]:
        return
    as_given, rolled, reshaped = (copy.deepcopy(experiment) for _ in range(3))
    rolled.inputs[1] = np.roll(rolled.inputs[1], 1)
    reshaped.inputs[1] = reshaped.inputs[1].reshape(shapes[0])
    value = as_given.run()
    if np.isclose(rolled.run(), value, rtol=1e-12) and not np.isclose(reshaped.run(), value):
        evidence = (
            f"inputs of shapes {shapes[0]} and {shapes[1]} are combined to ({n}, {n}): the loss "
            "stays the same when the targets change places"
        )
        yield Finding("broadcast", "input 1", evidence)
