"""Comparing one tensor's gradient with numeric slopes, entry by entry or by samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from layers.gradcheck.experiment import Experiment, Index, flat, size_of
from layers.gradcheck.form import Tensor
from layers.gradcheck.laws import UNDERFLOW
from layers.gradcheck.numeric import Line, careful, direction_line, entry_line, quick
from layers.gradcheck.report import Entry, TensorReport
from layers.params import Array

Place = Index | Array

WORK = 10**8  # how many numbers the passes for one tensor may touch, about
FEWEST, MOST = 50, 1000  # entries compared in any case, and at most
DIRECTIONS = 6
SURE = 30  # comparisons that failed, after which the tensor is known to be wrong


@dataclass(frozen=True)
class Probe:
    """One number to compare: a line through the tensor, and backward's slope along it."""

    place: str
    line: Line
    analytic: float


def check_tensor(
    experiment: Experiment,
    tensor: Tensor,
    beside: Sequence[tuple[Experiment, Tensor]],
    tolerance: float,
    rng: np.random.Generator,
) -> TensorReport:
    """Compare the gradient of one tensor.

    Parameters
    ----------
    experiment : Experiment
        The layer on the bench.
    tensor : Tensor
        The tensor, live in the experiment, and what backward says of it.
    beside : sequence of Experiment and Tensor
        The same two a little to either side, to tell a kink from a mistake.
    tolerance : float
        The largest relative error of a right gradient.
    rng : numpy.random.Generator
        Chooses entries and directions of a large tensor.
    """
    entries = _chosen(tensor.array, _affordable(experiment), rng)
    ways = [] if len(entries) == tensor.array.size else _ways(tensor, rng)
    kinks, wrong = 0, 0
    worst: Entry | None = None
    places: list[Place] = [*entries, *ways]
    numeric = np.full(tensor.array.shape, np.nan)
    for place in places:
        probe = _probe(experiment, tensor, place)
        found, may_be_kink = _compare(probe, tolerance, sure=wrong >= SURE)
        if may_be_kink and beside:
            sides = [_compare(_probe(*side, place), tolerance)[0] for side in beside]
            if all(entry.error <= tolerance for entry in sides):
                kinks += 1
                continue
            found = max(sides, key=lambda entry: entry.error)
        wrong += found.error > tolerance
        if isinstance(place, tuple):
            numeric[place] = found.numeric
        if worst is None or found.error > worst.error:
            worst = found
    report = TensorReport(
        tensor.name, tensor.array.shape, len(entries), len(ways), kinks, worst, wrong
    )
    if not wrong:
        return report
    analytic = np.where(np.isnan(numeric), np.nan, tensor.gradient)
    return replace(report, analytic=analytic, numeric=numeric)


def _compare(probe: Probe, tolerance: float, sure: bool = False) -> tuple[Entry, bool]:
    """The comparison, and whether a kink may be why it fails.

    `sure` says that the tensor is known to be wrong, so that a first look is enough.
    """
    numeric = quick(probe.line)
    error = _relative(probe.analytic, numeric, 0.0)
    if error <= tolerance or sure:
        return Entry(probe.place, probe.analytic, numeric, error), False
    slope = careful(probe.line, probe.analytic)
    error = _relative(probe.analytic, slope.value, 2 * slope.error / tolerance)
    distance = abs(probe.analytic - slope.value)
    # Kinks that cancel each other cannot be seen, but what they do to the slope is not small.
    visible = slope.kink > 1e-3 * distance
    large = distance > 0.1 * max(abs(probe.analytic), abs(slope.value))
    entry = Entry(probe.place, probe.analytic, slope.value, error)
    return entry, error > tolerance and (visible or large)


def _relative(analytic: float, numeric: float, floor: float) -> float:
    """Difference over size; above the tolerance only if the numeric error cannot explain it."""
    if abs(analytic - numeric) <= UNDERFLOW or floor == np.inf:
        return 0.0
    if not (np.isfinite(analytic) and np.isfinite(numeric)):
        return np.inf
    return abs(analytic - numeric) / (max(abs(analytic), abs(numeric)) + floor)


def _affordable(experiment: Experiment) -> int:
    """How many entries to compare: fewer where one pass is more work."""
    arrays = [*experiment.tensors().values(), *experiment.inputs, flat(experiment.y)]
    return int(np.clip(WORK // (1 + sum(array.size for array in arrays)), FEWEST, MOST))


def _chosen(array: Array, most: int, rng: np.random.Generator) -> list[Index]:
    """The places of all entries, or of a random sample."""
    if array.size <= most:
        return list(np.ndindex(array.shape))
    sample = np.sort(rng.choice(array.size, most, replace=False))
    return [tuple(int(i) for i in np.unravel_index(k, array.shape)) for k in sample]


def _ways(tensor: Tensor, rng: np.random.Generator) -> list[Array]:
    """Directions of unit size: random ones, and along the gradient, where it is steepest."""
    ways = [rng.standard_normal(tensor.array.shape) for _ in range(DIRECTIONS)]
    if tensor.gradient.any():
        ways.append(tensor.gradient)
    return [way / size_of(way) for way in ways]


def _probe(experiment: Experiment, tensor: Tensor, place: Place) -> Probe:
    scale = size_of(tensor.array)
    if isinstance(place, np.ndarray):
        line = direction_line(experiment, tensor.array, place, scale)
        return Probe("one direction", line, float(np.vdot(tensor.gradient, place)))
    name = f"{tensor.name}[{', '.join(map(str, place))}]" if place else tensor.name
    line = entry_line(experiment, tensor.array, place, scale)
    return Probe(name, line, float(tensor.gradient[place]))
