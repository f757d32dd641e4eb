"""Comparing one tensor's gradient with numeric slopes, entry by entry or by samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from layers.core.params import Array
from layers.gradcheck.laws import UNDERFLOW
from layers.gradcheck.numeric.complex_step import ComplexTwin, complex_twin
from layers.gradcheck.numeric.experiment import Experiment, Index
from layers.gradcheck.numeric.flat import flat, size_of
from layers.gradcheck.numeric.sampling import Sampling
from layers.gradcheck.numeric.slopes import (
    EPSILON,
    Line,
    careful,
    direction_line,
    entry_line,
    extrapolated,
    quick,
)
from layers.gradcheck.report.report import Entry, TensorReport
from layers.gradcheck.returned import Tensor

Place = Index | Array

WORK = 25 * 10**6  # how many numbers the passes for one tensor may touch, about
FEWEST, MOST = 30, 1000  # entries compared in any case, and at most
DIRECTIONS = 6
LAST_DIGITS = 4 * EPSILON  # of a number of size 1, after a few operations
AGREE = 1e-4  # how close the complex step must come to the difference
NEAR = 100  # times the tolerance: rounding of the first look may explain an error below that
SURE = 30  # comparisons that failed, after which a tensor is known to be wrong ...
SURE_IF_LARGE = 3  # ... or, where each costs many passes


class Kink(Enum):
    """Whether a comparison may have failed because the function has no slope there."""

    NONE = 0
    POSSIBLE = 1
    SEEN = 2


@dataclass(frozen=True)
class Probe:
    """One number to compare: a line through the tensor, and backward's slope along it.

    ``rounding`` is what backward may be off because it computes with numbers of size 1: where
    p - 1 is what is left of a saturated p, it has lost its digits, and is no mistake.
    """

    place: str
    line: Line
    analytic: float
    rounding: float


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
    found = list(_comparisons(experiment, tensor, beside, [*entries, *ways], tolerance))
    sure = [entry for entry in found if entry]
    report = TensorReport(
        tensor.name,
        tensor.array.shape,
        len(entries),
        len(ways),
        kinks=len(found) - len(sure),
        worst=max(sure, key=lambda entry: entry.error, default=None),
        wrong=sum(entry.error > tolerance for entry in sure),
    )
    if ways and report:  # of a wrong tensor, it does not matter what might have been missed
        random = [entry for entry in found[len(entries) :][:DIRECTIONS] if entry]
        report = replace(report, sampling=_sampling(tensor, len(entries), random))
    return report if report else _with_both_gradients(report, tensor, entries, found)


def _comparisons(
    experiment: Experiment,
    tensor: Tensor,
    beside: Sequence[tuple[Experiment, Tensor]],
    places: Sequence[Place],
    tolerance: float,
) -> Iterator[Entry | None]:
    """A comparison for each place; None at a kink, where the layer is right to both sides."""
    complete = all(isinstance(place, tuple) for place in places)
    twin = complex_twin(experiment) if complete else None
    enough = SURE if complete else SURE_IF_LARGE
    wrong = 0
    for place in places:
        found, kink = _compare(_probe(experiment, tensor, place), tolerance, wrong >= enough)
        if kink is not Kink.NONE and beside:
            sides = (_compare(_probe(*side, place), tolerance)[0] for side in beside)
            failed = next((entry for entry in sides if entry.error > tolerance), None)
            if failed is None:
                yield None
                continue
            found = failed if kink is Kink.SEEN else found
        wrong += found.error > tolerance
        yield _sharpened(found, tensor, place, twin)


def _sampling(tensor: Tensor, entries: int, random: Sequence[Entry]) -> Sampling | None:
    """What the random directions may have missed."""
    length = float(np.linalg.norm(tensor.gradient))
    if not (length and random):
        return None
    sharpness = max(entry.unseen for entry in random) / length
    return Sampling(entries, tensor.array.size, len(random), sharpness)


def _with_both_gradients(
    report: TensorReport, tensor: Tensor, entries: Sequence[Index], found: Sequence[Entry | None]
) -> TensorReport:
    """The report on a wrong tensor, with what a picture of it needs."""
    analytic, numeric = (np.full(tensor.array.shape, np.nan) for _ in range(2))
    for index, entry in zip(entries, found, strict=False):
        if entry:
            analytic[index], numeric[index] = entry.analytic, entry.numeric
    return replace(report, analytic=analytic, numeric=numeric)


def _compare(probe: Probe, tolerance: float, sure: bool = False) -> tuple[Entry, Kink]:
    """The comparison, and whether a kink may be why it fails.

    `sure` says that the tensor is known to be wrong, so that a first look is enough.
    """
    numeric = quick(probe.line)
    error = _relative(probe.analytic, numeric, 0.0)
    if tolerance < error < NEAR * tolerance and not sure:
        numeric = extrapolated(probe.line)
        error = _relative(probe.analytic, numeric, 0.0)
    noticed = tolerance * max(abs(probe.analytic), abs(numeric))
    if error <= tolerance or sure:
        return Entry(probe.place, probe.analytic, numeric, error, noticed), Kink.NONE
    slope = careful(probe.line, probe.analytic)
    doubt = slope.error + probe.rounding
    error = _relative(probe.analytic, slope.value, 2 * doubt / tolerance)
    distance = abs(probe.analytic - slope.value)
    # Kinks that cancel each other cannot be seen, but what they do to the slope is not small.
    visible = slope.kink > 1e-3 * distance
    large = distance > 0.1 * max(abs(probe.analytic), abs(slope.value))
    noticed += 2 * doubt
    entry = Entry(probe.place, probe.analytic, slope.value, error, noticed)
    if error <= tolerance or not (visible or large):
        return entry, Kink.NONE
    return entry, Kink.SEEN if visible else Kink.POSSIBLE


def _relative(analytic: float, numeric: float, floor: float) -> float:
    """Difference over size; above the tolerance only if the numeric error cannot explain it."""
    if abs(analytic - numeric) <= UNDERFLOW or floor == np.inf:
        return 0.0
    if not (np.isfinite(analytic) and np.isfinite(numeric)):
        return np.inf
    return abs(analytic - numeric) / (max(abs(analytic), abs(numeric)) + floor)


def _sharpened(found: Entry, tensor: Tensor, place: Place, twin: ComplexTwin | None) -> Entry:
    """The comparison with the digits of the complex step, where that says the same."""
    if twin is None or not isinstance(place, tuple):
        return found
    exact = twin.slope(tensor.name, place)
    if exact is None or _relative(exact, found.numeric, 0.0) > AGREE:
        return found
    error = _relative(found.analytic, exact, 0.0)
    return replace(found, numeric=exact, error=min(error, found.error))


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
        slope = float(np.vdot(tensor.gradient, place))
        return Probe("one direction", line, slope, _rounding(experiment) * place.size**0.5)
    name = f"{tensor.name}[{', '.join(map(str, place))}]" if place else tensor.name
    line = entry_line(experiment, tensor.array, place, scale)
    return Probe(name, line, float(tensor.gradient[place]), _rounding(experiment))


def _rounding(experiment: Experiment) -> float:
    """The last digits of dout, times the largest parameter that they may have passed."""
    parameters = experiment.tensors().values()
    largest = max([1.0, *(float(np.abs(array).max(initial=0.0)) for array in parameters)])
    return LAST_DIGITS * float(np.abs(flat(experiment.dout)).max(initial=0.0)) * largest
