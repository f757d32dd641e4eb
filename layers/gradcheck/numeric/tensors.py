"""Comparing one tensor's gradient with numeric slopes, entry by entry or by samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.comparisons import ClaimedSlope, Kink, closely, estimates, relative
from layers.gradcheck.numeric.experiment import Experiment, Index
from layers.gradcheck.numeric.forward_passes import ForwardPasses, Place
from layers.gradcheck.numeric.perturbation import flat, size_of
from layers.gradcheck.numeric.returned_gradients import Tensor
from layers.gradcheck.numeric.sampling import Sampling
from layers.gradcheck.numeric.slopes import EPSILON, index_of, line
from layers.gradcheck.report.report import GradientEntry, TensorReport

Beside = Callable[[str], Sequence[tuple[ForwardPasses, Tensor]]]

WORK = 25 * 10**6  # about how many numbers the passes for one tensor may touch
FEWEST, MOST = 30, 1000  # entries compared at least and at most
TOGETHER = 10**6  # numbers that the outputs of all passes made together may hold
DIRECTIONS = 6
LAST_DIGITS = 4 * EPSILON  # of a number of size 1, after a few operations
AGREE = 1e-4  # how close the complex step must come to the difference
SURE = 30  # comparisons that failed, after which a tensor is known to be wrong ...
SURE_IF_LARGE = 3  # ... or, where each costs many passes


def check_tensor(
    passes: ForwardPasses,
    tensor: Tensor,
    beside: Beside,
    tolerance: float,
    rng: np.random.Generator,
) -> TensorReport:
    """Compare the gradient of one tensor.

    Parameters
    ----------
    passes : ForwardPasses
        Those of the experiment: the layer with its inputs and dout.
    tensor : Tensor
        The tensor, live in the experiment, with the gradient that backward returned.
    beside : callable
        Gives the same two, for the tensor of a name, a little to either side, to tell a kink from
        a mistake.
    tolerance : float
        The largest relative error of a correct gradient.
    rng : numpy.random.Generator
        Chooses entries and directions of a large tensor.
    """
    entries = _chosen(tensor.array, passes.experiment.affordable(WORK, FEWEST, MOST), rng)
    ways = [] if len(entries) == tensor.array.size else _ways(tensor, rng)
    found = list(_comparisons(passes, tensor, beside, [*entries, *ways], tolerance))
    sure = [entry for entry in found if entry]
    worst = max(sure, key=lambda entry: entry.error, default=None)
    report = TensorReport(
        tensor.name,
        tensor.array.shape,
        len(entries),
        len(ways),
        kinks=len(found) - len(sure),
        worst=_sharpened(worst, passes, tensor, entries[found.index(worst)])
        if worst and not ways
        else worst,
        wrong=sum(entry.error > tolerance for entry in sure),
    )
    if ways and report:  # what a sample may miss does not matter for a wrong tensor
        random = [entry for entry in found[len(entries) :] if entry]
        report = replace(report, sampling=_sampling(tensor, len(entries), random))
    return report if report else _with_both_gradients(report, tensor, entries, found)


def _comparisons(
    passes: ForwardPasses,
    tensor: Tensor,
    beside: Beside,
    places: Sequence[Place],
    tolerance: float,
) -> Iterator[GradientEntry | None]:
    """A comparison for each place; None at a kink, if the layer is correct to both sides."""
    complete = all(isinstance(place, tuple) for place in places)
    enough, wrong = SURE if complete else SURE_IF_LARGE, 0
    together = max(TOGETHER // (2 * passes.y.size + 1), 1)
    for some in (places[k : k + together] for k in range(0, len(places), together)):
        claims = _claims(passes, tensor, some)
        for place, claim, entry in zip(some, claims, estimates(claims, tolerance), strict=True):
            found: GradientEntry | None = entry
            if entry.error > tolerance and wrong < enough:
                found = _closely(claim, place, lambda: beside(tensor.name), tolerance)
            if found:
                wrong += found.error > tolerance
                if isinstance(place, tuple) and tolerance < found.error < 2 * AGREE:
                    found = _sharpened(found, passes, tensor, place)
            yield found


def _closely(
    claim: ClaimedSlope,
    place: Place,
    beside: Callable[[], Sequence[tuple[ForwardPasses, Tensor]]],
    tolerance: float,
) -> GradientEntry | None:
    """A comparison that the quick estimate has failed; None at a kink."""
    entry, kink = closely(claim, tolerance)
    if kink is Kink.NONE or not (there := beside()):
        return entry
    sides = []
    for passes, tensor in there:
        claims = _claims(passes, tensor, [place])
        (side,) = estimates(claims, tolerance)
        sides.append(side if side.error <= tolerance else closely(claims[0], tolerance)[0])
    failed = next((side for side in sides if side.error > tolerance), None)
    return failed if failed is None or kink is Kink.SEEN else entry


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


def _sharpened(
    found: GradientEntry, passes: ForwardPasses, tensor: Tensor, index: Index
) -> GradientEntry:
    """The comparison with the digits of the complex step, where the two agree."""
    exact = passes.twin.slope(tensor.name, index) if passes.twin else None
    if exact is None or relative(exact, found.numeric) > AGREE:
        return found
    error = relative(found.analytic, exact)
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


def _claims(passes: ForwardPasses, tensor: Tensor, places: Sequence[Place]) -> list[ClaimedSlope]:
    scale, rounding = size_of(tensor.array), _rounding(passes.experiment)
    claims = []
    for place in places:
        along = line(passes, tensor.array, place, scale)
        if isinstance(place, np.ndarray):
            slope = float(np.vdot(tensor.gradient, place))
            claims.append(ClaimedSlope("one direction", along, slope, rounding * place.size**0.5))
        else:
            name = f"{tensor.name}[{', '.join(map(str, place))}]" if place else tensor.name
            claims.append(ClaimedSlope(name, along, float(tensor.gradient[place]), rounding))
    return claims


def _rounding(experiment: Experiment) -> float:
    """The last digits of dout, times the largest parameter that they may have passed."""
    parameters = experiment.tensors().values()
    largest = max([1.0, *(float(np.abs(array).max(initial=0.0)) for array in parameters)])
    return LAST_DIGITS * float(np.abs(flat(experiment.dout)).max(initial=0.0)) * largest
