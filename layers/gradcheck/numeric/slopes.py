"""Slopes from function values alone, with an estimate of their error.

A finite difference has two errors. The truncation error of the centred difference grows with the
step h like h**2, the rounding error like 1 / h. Which step is best depends on the function, so a
ladder of steps is tried, two to a factor of ten, and the step is taken at which neighbouring steps
agree best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Index
from layers.gradcheck.numeric.forward_passes import ForwardPasses, Place, Run

EPSILON = float(np.finfo(np.float64).eps)
UNDERFLOW = 1e-290  # close to the smallest number, digits are lost
LONGEST, SHORTEST = 1e2, 1e-13  # the ends of the ladder, in units of the scale
IS_SURE = 0.25  # of the distance between two slopes: the largest error of the preferred one
LATER = 3  # shorter steps with which a very long one has to agree
UNRESOLVED = 0.1  # of the largest movement: the shortest steps must move the outputs less
BISECTIONS = 50
MOST_STAIRS = 30  # on the way to a step that shows the slope
HIGHEST_STAIR = 5e-2  # of the outputs: what is higher is no rounding
FEW_DIGITS = 4  # steps of the last digit that are rounding and not movement
RATIO = 10**0.5  # of neighbouring steps


@dataclass(slots=True)  # not frozen, because one is made for each entry, and that takes time
class Line:
    """A straight line through the point, and the weights that add up the outputs along it.

    Attributes
    ----------
    run : callable
        The flattened outputs (k, m) at k points, which are places with distances.
    place : tuple or array
        The entry that is moved, or the direction in which all entries are.
    dout : array
        The weights: the slope of dout . outputs(t) at t = 0 is to be found.
    start : float
        The entry that is moved, which may have a kink at 0; 0 for a direction.
    scale : float
        The natural size of a step.
    """

    run: Run
    place: Place
    dout: Array
    start: float
    scale: float

    @property
    def near(self) -> float:
        """The size of the entry, and so the distance of a kink at 0."""
        return abs(self.start)

    def outputs(self, ts: Sequence[float]) -> Array:
        """The outputs (k, m) at these distances; nan where forward fails."""
        return self.run([(self.place, t) for t in ts])

    def distances(self, ts: Array) -> Array:
        """The distances really moved from -t to t."""
        return distances(np.asarray(self.start), ts)


def distances(starts: Array, ts: Array) -> Array:
    """How far apart start - t and start + t are, which are rounded."""
    return np.asarray(((starts + ts) - starts) - ((starts - ts) - starts))


def line(passes: ForwardPasses, array: Array, place: Place, scale: float) -> Line:
    """The line along which one entry of a tensor is moved, or all of it in a direction."""
    start = float(array[place]) if isinstance(place, tuple) else 0.0
    return Line(
        lambda points: passes.outputs(array, points),
        place,
        passes.dout,
        start,
        max(abs(start), scale),
    )


@dataclass(frozen=True)
class Slope:
    """A numeric derivative.

    Attributes
    ----------
    value : float
        The best estimate.
    error : float
        The largest error it may have; infinite where nothing is known.
    kink : float
        By how much the slopes to both sides differ, where that does not shrink with the step.
    """

    value: float
    error: float
    kink: float


def quick(lines: Sequence[Line]) -> tuple[Array, Array]:
    """One centred difference each, with the step that suits a function of ordinary shape."""
    return _differences(lines, 1e-5)


def extrapolated(lines: Sequence[Line]) -> tuple[Array, Array]:
    """Richardson's extrapolation of two long steps each: (4 D(h / 2) - D(h)) / 3.

    The centred difference errs by c h**2 + d h**4; the combination has only the second term. That
    allows a step so long that rounding hardly counts.
    """
    (longer, _), (shorter, rounding) = (_differences(lines, step) for step in (2e-2, 1e-2))
    return (4 * shorter - longer) / 3, rounding


def _differences(lines: Sequence[Line], step: float) -> tuple[Array, Array]:
    """The centred differences of lines in one tensor, and what the rounding of outputs adds.

    Outputs that do not move at all have no rounding, unless none moves.
    """
    there = [(line.place, step * (line.near or line.scale)) for line in lines]
    back = [(place, -t) for place, t in there]
    outputs = lines[0].run(there + back)
    y, before = outputs[: len(lines)], outputs[len(lines) :]
    rises, sizes = y - before, np.abs(y * lines[0].dout)
    starts = np.array([line.start for line in lines])
    runs = distances(starts, np.array([t for _, t in there]))
    moving = np.sum(sizes, axis=1, where=rises != 0)
    rounding = FEW_DIGITS * EPSILON * np.where(moving, moving, sizes.sum(axis=1))
    with np.errstate(all="ignore"):
        return rises @ lines[0].dout / runs, rounding / runs


def careful(line: Line, analytic: float, shortest: float = SHORTEST) -> Slope:
    """The best centred difference on a ladder of steps.

    A function may look straight from afar and bend close by, where a unit switches or is no longer
    saturated. Therefore a shorter step is preferred if it agrees with `analytic` within a small
    error.
    """
    steps = _ladder(line, shortest)
    middle, *moved = line.outputs([0.0, *steps, *-steps])
    ups, downs = np.split(np.array(moved), 2) - middle
    downs, runs = -downs, line.distances(steps)
    usable = np.isfinite(ups).all(axis=1) & np.isfinite(downs).all(axis=1) & (runs > 0)
    stuck = not (usable.all() or ups[usable].any() or downs[usable].any())
    if usable.sum() < 3 or stuck:  # flat, and then out of the domain
        return Slope(np.nan, np.inf, 0.0)
    steps, ups, downs, runs = steps[usable], ups[usable], downs[usable], runs[usable]
    if _is_unresolved(ups, downs, line.dout):
        if shortest > EPSILON / 2:
            return careful(line, analytic, EPSILON / 2)
        return Slope(np.nan, np.inf, 0.0)

    slopes = (ups + downs) @ line.dout / runs
    bends = np.abs(ups - downs) @ np.abs(line.dout)
    rounding = _rounding(bends) + _unseen(ups, downs, runs, line.dout, middle)
    far = runs > 2 * line.scale
    errors = np.maximum(_disagreement(slopes), far * _later_disagreement(slopes))
    errors += 3 * rounding / runs
    chosen = _chosen(slopes, errors, analytic)
    if abs(slopes[chosen] - analytic) > errors[chosen]:
        errors += 2 * _stair(line, steps, slopes, chosen, analytic, middle) / runs
        chosen = _chosen(slopes, errors, analytic)
    return Slope(
        float(slopes[chosen]), float(errors[chosen]), _kink(2 * bends[chosen:] / runs[chosen:])
    )


def _chosen(slopes: Array, errors: Array, analytic: float) -> int:
    best = int(np.argmin(errors))
    distance = np.abs(slopes - analytic)
    agrees = (distance <= errors) & (errors < IS_SURE * distance[best])
    shorter = np.flatnonzero(agrees[best:])
    return best + int(shorter[0]) if shorter.size else best


def _is_unresolved(ups: Array, downs: Array, dout: Array) -> bool:
    """Whether the shortest steps move the outputs as much as longer ones do.

    The function turns within the last digit of the tensor, as sin does at 1e16: it has a slope, but
    no difference shows it.
    """
    moves = (np.abs(ups) + np.abs(downs)) @ np.abs(dout)
    return bool(moves[-LATER:].max(initial=0.0) > UNRESOLVED * moves.max(initial=0.0))


def _stair(
    line: Line, steps: Array, slopes: Array, chosen: int, analytic: float, middle: Array
) -> float:
    """The height of the stairs in which the outputs move, if it is rounding; else 0.

    A loss of 1 - p moves in stairs of the last digit of p, which are high where p is almost 1. A
    short step stays on one stair and misses the slope, which longer steps have. At a kink, or where
    a function bends, there is no jump, and the stairs of a quantizer are no rounding.
    """
    off = np.abs(slopes - analytic)
    longer = np.flatnonzero(off[:chosen] < 0.5 * off[chosen])
    if not longer.size:
        return 0.0

    def left(t: float) -> float:
        return float(line.dout @ (line.outputs([t])[0] - middle) - slopes[chosen] * t)

    low, high = 0.0, max(steps[longer[-1]] * np.array([1, -1]), key=lambda t: abs(left(t)))
    whole = left(high)
    for _ in range(BISECTIONS):
        half = (low + high) / 2
        low, high = (low, half) if abs(left(half)) > abs(whole) / 2 else (half, high)
    jump = abs(left(high) - left(low))
    most = HIGHEST_STAIR * np.abs(line.dout) @ (np.abs(middle) + 1)
    return jump if abs(whole) / MOST_STAIRS < jump < most else 0.0


def _ladder(line: Line, shortest: float) -> Array:
    """Steps from far too long to far too short, and shorter still where 0 is near."""
    lowest = shortest * line.scale
    if line.near:
        lowest = min(lowest, max(1e-3 * line.near, 1e-30 * line.scale))
    count = int(np.ceil(np.log(LONGEST * line.scale / lowest) / np.log(RATIO)))
    return np.asarray(LONGEST * line.scale / RATIO ** np.arange(count + 1))


def _rounding(bends: Array) -> Array:
    """The rounding of the outputs, measured: at each step, and at all shorter ones.

    The second difference of a smooth function shrinks with the square of the step, that of a kink
    at the point with the step. What is left over either way is rounding.
    """
    smooth, kinked = (np.abs(bends[1:] - bends[:-1] / RATIO**power) for power in (2, 1))
    leftover = np.minimum(smooth, kinked)
    padded = np.concatenate([leftover[:1], leftover, leftover[-1:]])
    return np.flip(np.maximum.accumulate(padded[::-1]))[:-1]


def _unseen(ups: Array, downs: Array, runs: Array, dout: Array, middle: Array) -> Array:
    """The error of the sum at each step from changes too small to show in the outputs.

    An output of size s moves in steps of its last digit, and by a few of them it has not really
    moved. Where an output never moves, the widest step bounds its slope. Where none moves, the
    change may have been lost inside the layer, when larger numbers cancelled: allow for four
    digits, and for numbers of size 1.
    """
    moved = np.maximum(np.abs(ups), np.abs(downs)) > FEW_DIGITS * EPSILON * np.abs(middle)
    ever = moved.any(axis=0)
    sizes = np.abs(dout * middle)
    seen = sizes[ever].sum() + sizes[~ever].sum() * runs / runs.max()
    lost = np.where(moved.any(axis=1), 0.0, 1e4 * (sizes.sum() + np.abs(dout).sum()))
    return np.asarray(EPSILON * (seen + lost))


def _disagreement(slopes: Array) -> Array:
    """How much each slope differs from its neighbours with longer and shorter steps."""
    gaps = np.abs(np.diff(slopes))
    return np.asarray(np.maximum(np.append(np.inf, gaps), np.append(gaps, gaps[-1])))


def _later_disagreement(slopes: Array) -> Array:
    """How much each slope differs from those of the next shorter steps.

    A step longer than the number that it moves leaves its neighbourhood. Where the function is flat
    far out to both sides, as tanh is, the longest steps agree with each other on a slope of 0.
    """
    padded = np.append(slopes, np.full(LATER, slopes[-1]))
    shifted = np.array([padded[k : k + slopes.size] for k in range(1, LATER + 1)])
    return np.asarray(np.abs(shifted - slopes).max(axis=0))


def _kink(gaps: Array) -> float:
    """By how much the slopes to both sides differ, if that stays the same over three steps.

    `gaps` are the differences from the chosen step on: a kink at the point does not go away when
    the step shrinks. In a smooth function the difference shrinks with it, and where there is only
    rounding it grows.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        steady = np.abs(np.log(gaps[1:] / gaps[:-1])) < np.log(1.5)
    lasting = gaps[2:][steady[1:] & steady[:-1]]
    return float(lasting.max(initial=0.0))


def index_of(place: int, shape: tuple[int, ...]) -> Index:
    """The index of an entry from its position in the flattened array."""
    return tuple(int(i) for i in np.unravel_index(place, shape))
