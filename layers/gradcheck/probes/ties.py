"""Where several entries are equally large, moving them together moves the output once."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.perturbation import flat
from layers.gradcheck.numeric.returned_gradients import gradients_by_name
from layers.gradcheck.report.finding import Finding

LEVEL, STEP = (
    0.7310585,
    1e-4,
)  # of all entries, at no kink of a usual function; and how far they move
SLACK = 1e-3  # of the sum of the absolute gradients


def ties(experiment: Experiment) -> Iterator[Finding]:
    """The maximum of equal entries has a kink along each, and a slope along all of them together.

    Whichever of them backward chooses, or if it gives each a share, the sum is that slope.
    """
    other = copy.deepcopy(experiment)
    (x,) = other.inputs
    if x.dtype.kind != "f" or x.ndim < 2:
        return
    one = np.zeros(x.shape)
    one.flat[0] = 1
    alone, together = _slopes(other, one), _slopes(other, np.ones(x.shape))
    _run(other, np.zeros(x.shape))
    gradient: Array = gradients_by_name(other)["x"].gradient
    found, slack = gradient.sum(), SLACK * np.abs(gradient).sum()
    has_kink, is_smooth = np.ptp(alone) > slack / x.size, np.ptp(together) < slack
    if has_kink and is_smooth and np.abs(found - together).min() > slack:
        evidence = (
            f"where all entries of x are equal, the entries of dx sum to {found:.4g}, and dout . y "
            f"has the slope {together[0]:.4g} if all of them move together"
        )
        yield Finding("gradient-to-all-ties", "x", evidence)


def _slopes(experiment: Experiment, direction: Array) -> Array:
    """The slopes of dout . y to the right and to the left, where all entries of x are equal."""
    here, up, down = (_run(experiment, t * direction) for t in (0.0, STEP, -STEP))
    return np.array([up - here, here - down]) / STEP


def _run(experiment: Experiment, offset: Array) -> float:
    experiment.inputs[0][...] = LEVEL + offset
    return float(flat(experiment.dout) @ flat(experiment.run()))
