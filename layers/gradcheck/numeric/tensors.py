"""Comparing one tensor's gradient with numeric slopes, entry by entry or by samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.complex_step import ComplexTwin, complex_twin
from layers.gradcheck.numeric.experiment import Experiment, Index
from layers.gradcheck.numeric.perturbation import flat, size_of
from layers.gradcheck.numeric.returned_gradients import Tensor
from layers.gradcheck.numeric.sampling import Sampling
from layers.gradcheck.numeric.slopes import (
    EPSILON,
    UNDERFLOW,
    OutputsAlongLine,
    along_direction,
    along_entry,
    careful,
    extrapolated,
    index_of,
    quick,
)
from layers.gradcheck.report.report import GradientEntry, TensorReport

Place = Index | Array

WORK = 25 * 10**6  # about how many numbers the passes for one tensor may touch
FEWEST, MOST = 30, 1000  # entries compared at least and at most
DIRECTIONS = 6
LAST_DIGITS = 4 * EPSILON  # of a number of size 1, after a few operations
AGREE = 1e-4  # how close the complex step must come to the difference
NEAR = 100  # times the tolerance: rounding of the quick estimate may explain smaller errors
SURE = 30  # comparisons that failed, after which a tensor is known to be wrong ...
SURE_IF_LARGE = 3  # ... or, where each costs many passes


class Kink(Enum):
    """Whether a comparison may have failed because the function has no slope there."""

    NONE = 0
    POSSIBLE = 1
    SEEN = 2


@dataclass(frozen=True)
class ClaimedSlope:
    """One number to compare: a line through the tensor, and the slope by backward along it.

    ``rounding`` is the rounding error of a backward that computes with numbers of size 1: in
    p - 1 of a saturated p, digits are lost without a mistake.
    """

    place: str
    line: OutputsAlongLine
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
        The layer with its inputs and dout.
    tensor : Tensor
        The tensor, live in the experiment, with the gradient that backward returned.
    beside : sequence of Experiment and Tensor
        The same two a little to either side, to tell a kink from a mistake.
    tolerance : float
        The largest relative error of a correct gradient.
    rng : numpy.random.Generator
        Chooses entries and directions of a large tensor.
    """
    entries = _chosen(tensor.array, experiment.affordable(WORK, FEWEST, MOST), rng)
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
    if ways and report:  # what a sample may miss does not matter for a wrong tensor
        random = [entry for entry in found[len(entries) :] if entry]
        report = replace(report, sampling=_sampling(tensor, len(entries), random))
    return report if report else _with_both_gradients(report, tensor, entries, found)


def _comparisons(
    experiment: Experiment,
    tensor: Tensor,
    beside: Sequence[tuple[Experiment, Tensor]],
    places: Sequence[Place],
    tolerance: float,
) -> Iterator[GradientEntry | None]:
    """A comparison for each place; None at a kink, if the layer is correct to both sides."""
    complete = all(isinstance(place, tuple) for place in places)
    twin = complex_twin(experiment) if complete else None
    enough = SURE if complete else SURE_IF_LARGE
    wrong = 0
    for place in places:
        found, kink = _compare(_claimed(experiment, tensor, place), tolerance, wrong >= enough)
        if kink is not Kink.NONE and beside:
            sides = (_compare(_claimed(*side, place), tolerance)[0] for side in beside)
            failed = next((entry for entry in sides if entry.error > tolerance), None)
            if failed is None:
                yield None
                continue
            found = failed if kink is Kink.SEEN else found
        wrong += found.error > tolerance
        yield _sharpened(found, tensor, place, twin)


def _sampling(tensor: Tensor, entries: int, random: Sequence[GradientEntry]) -> Sampling | None:
    """What the random directions may have missed."""
    length = float(np.linalg.norm(tensor.gradient))
    if not (length and random):
        return None
    sharpness = max(entry.unseen for entry in random) / length
    return Sampling(entries, tensor.array.size, len(random), sharpness)


def _with_both_gradients(
    report: TensorReport,
    tensor: Tensor,
    entries: Sequence[Index],
    found: Sequence[GradientEntry | None],
) -> TensorReport:
    """The report on a wrong tensor, with what a picture of it needs."""
    analytic, numeric = (np.full(tensor.array.shape, np.nan) for _ in range(2))
    for index, entry in zip(entries, found, strict=False):
        if entry:
            analytic[index], numeric[index] = entry.analytic, entry.numeric
    return replace(report, analytic=analytic, numeric=numeric)


def _compare(
    claimed: ClaimedSlope, tolerance: float, sure: bool = False
) -> tuple[GradientEntry, Kink]:
    """The comparison, and whether a kink may be why it fails.

    With `sure`, the tensor is known to be wrong, so that a quick estimate is enough.
    """
    numeric = quick(claimed.line)
    error = _relative(claimed.analytic, numeric, 0.0)
    if tolerance < error < NEAR * tolerance and not sure:
        numeric = extrapolated(claimed.line)
        error = _relative(claimed.analytic, numeric, 0.0)
    noticed = tolerance * max(abs(claimed.analytic), abs(numeric))
    if error <= tolerance or sure:
        return GradientEntry(claimed.place, claimed.analytic, numeric, error, noticed), Kink.NONE
    slope = careful(claimed.line, claimed.analytic)
    doubt = slope.error + claimed.rounding
    error = _relative(claimed.analytic, slope.value, 2 * doubt / tolerance)
    distance = abs(claimed.analytic - slope.value)
    # Kinks that cancel each other cannot be seen, but what they do to the slope is not small.
    visible = slope.kink > 1e-3 * distance
    large = distance > 0.1 * max(abs(claimed.analytic), abs(slope.value))
    noticed += 2 * doubt
    entry = GradientEntry(claimed.place, claimed.analytic, slope.value, error, noticed)
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


def _sharpened(
    found: GradientEntry, tensor: Tensor, place: Place, twin: ComplexTwin | None
) -> GradientEntry:
    """The comparison with the digits of the complex step, where the two agree."""
    if twin is None or not isinstance(place, tuple):
        return found
    exact = twin.slope(tensor.name, place)
    if exact is None or _relative(exact, found.numeric, 0.0) > AGREE:
        return found
    error = _relative(found.analytic, exact, 0.0)
    return replace(found, numeric=exact, error=min(error, found.error))


def _chosen(array: Array, most: int, rng: np.random.Generator) -> list[Index]:
    """The places of all entries, or of a random sample."""
    if array.size <= most:
        return list(np.ndindex(array.shape))
    sample = np.sort(rng.choice(array.size, most, replace=False))
    return [index_of(place, array.shape) for place in sample]


def _ways(tensor: Tensor, rng: np.random.Generator) -> list[Array]:
    """Random directions of unit size."""
    ways = (rng.standard_normal(tensor.array.shape) for _ in range(DIRECTIONS))
    return [way / size_of(way) for way in ways]


def _claimed(experiment: Experiment, tensor: Tensor, place: Place) -> ClaimedSlope:
    scale = size_of(tensor.array)
    if isinstance(place, np.ndarray):
        line = along_direction(experiment, tensor.array, place, scale)
        slope = float(np.vdot(tensor.gradient, place))
        return ClaimedSlope("one direction", line, slope, _rounding(experiment) * place.size**0.5)
    name = f"{tensor.name}[{', '.join(map(str, place))}]" if place else tensor.name
    line = along_entry(experiment, tensor.array, place, scale)
    return ClaimedSlope(name, line, float(tensor.gradient[place]), _rounding(experiment))


def _rounding(experiment: Experiment) -> float:
    """The last digits of dout, times the largest parameter that they may have passed."""
    parameters = experiment.tensors().values()
    largest = max([1.0, *(float(np.abs(array).max(initial=0.0)) for array in parameters)])
    return LAST_DIGITS * float(np.abs(flat(experiment.dout)).max(initial=0.0)) * largest
