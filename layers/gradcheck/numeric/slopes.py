"""Slopes from function values alone, with an estimate of their error.

A finite difference has two errors. The truncation error of the centred difference grows with the
step h like h**2, the rounding error like 1 / h. Which step is best depends on the function, so a
ladder of steps is tried, two to a factor of ten, and the step is taken at which neighbouring steps
agree best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment, Index
from layers.gradcheck.numeric.perturbation import flat

Curve = Callable[[float], Array]
EPSILON = float(np.finfo(np.float64).eps)
UNDERFLOW = 1e-290  # close to the smallest number, digits are lost
LONGEST, SHORTEST = 1e2, 1e-13  # the ends of the ladder, in units of the scale
IS_SURE = 0.25  # of the distance between two slopes: the largest error of the preferred one
LATER = 3  # shorter steps with which a very long one has to agree
FEW_DIGITS = 4  # steps of the last digit that are rounding and not movement
RATIO = 10**0.5  # of neighbouring steps


@dataclass(frozen=True)
class OutputsAlongLine:
    """The outputs along a straight line through the point, and the weights that add them up.

    Attributes
    ----------
    outputs : callable
        ``outputs(t)`` is the flattened output at distance t; nan where forward fails.
    dout : array
        The weights: the slope of dout . outputs(t) at t = 0 is to be found.
    scale : float
        The natural size of a step.
    near : float
        The size of the entry that is moved: a kink at 0 is that far away.
    exact : callable
        ``exact(t)`` is the distance really moved, because x + t is rounded.
    """

    outputs: Curve
    dout: Array
    scale: float
    near: float
    exact: Callable[[float], float]

    def rises(self, t: float) -> tuple[Array, float]:
        """Change of the outputs from -t to t, and the distance between the two."""
        return self.outputs(t) - self.outputs(-t), self.exact(t) - self.exact(-t)


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


def quick(line: OutputsAlongLine) -> float:
    """One centred difference with the step that is best for a function of ordinary shape."""
    rise, run = line.rises(1e-5 * (line.near or line.scale))
    return float(line.dout @ rise) / run if run else np.nan


def extrapolated(line: OutputsAlongLine) -> float:
    """Richardson's extrapolation of two long steps: (4 D(h / 2) - D(h)) / 3.

    The centred difference errs by c h**2 + d h**4; the combination has only the second term. That
    allows a step so long that rounding hardly counts.
    """
    step = 2e-2 * (line.near or line.scale)
    (rise, run), (half_rise, half_run) = line.rises(step), line.rises(step / 2)
    if not (run and half_run):
        return np.nan
    return float(line.dout @ (4 * half_rise / half_run - rise / run)) / 3


def careful(line: OutputsAlongLine, analytic: float) -> Slope:
    """The best centred difference on a ladder of steps.

    A function may look straight from afar and bend close by, where a unit switches or is no longer
    saturated. Therefore a shorter step is preferred if it agrees with `analytic` within a small
    error.
    """
    steps = _ladder(line)
    middle = line.outputs(0.0)
    ups = np.array([line.outputs(t) for t in steps]) - middle
    downs = middle - np.array([line.outputs(-t) for t in steps])
    runs = np.array([line.exact(t) - line.exact(-t) for t in steps])
    usable = np.isfinite(ups).all(axis=1) & np.isfinite(downs).all(axis=1) & (runs > 0)
    if usable.sum() < 3:
        return Slope(np.nan, np.inf, 0.0)
    ups, downs, runs = ups[usable], downs[usable], runs[usable]

    slopes = (ups + downs) @ line.dout / runs
    bends = np.abs(ups - downs) @ np.abs(line.dout)
    rounding = _rounding(bends) + _unseen(ups, downs, runs, line.dout, middle)
    far = runs > 2 * line.scale
    errors = np.maximum(_disagreement(slopes), far * _later_disagreement(slopes))
    errors += 3 * rounding / runs
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


def _ladder(line: OutputsAlongLine) -> Array:
    """Steps from far too long to far too short, and shorter still where 0 is near."""
    lowest = SHORTEST * line.scale
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


def _of_size(size: int, experiment: Experiment) -> Array:
    """The output; nan where the layer raises, or returns something of another shape."""
    try:
        y = flat(experiment.run())
    except Exception:  # outside its domain a layer may raise anything
        return np.full(size, np.nan)
    return y if y.size == size else np.full(size, np.nan)


def index_of(place: int, shape: tuple[int, ...]) -> Index:
    """The index of an entry from its position in the flattened array."""
    return tuple(int(i) for i in np.unravel_index(place, shape))


def along_entry(
    experiment: Experiment, array: Array, index: Index, scale: float
) -> OutputsAlongLine:
    """Move one entry of a tensor."""
    start = float(array[index])

    def outputs(t: float) -> Array:
        array[index] = start + t
        try:
            return _of_size(size, experiment)
        finally:
            array[index] = start

    size = flat(experiment.y).size
    dout = flat(experiment.dout)
    return OutputsAlongLine(
        outputs, dout, max(abs(start), scale), abs(start), lambda t: (start + t) - start
    )


def along_direction(
    experiment: Experiment, array: Array, way: Array, scale: float
) -> OutputsAlongLine:
    """Move a whole tensor in one direction."""
    start = array.copy()

    def outputs(t: float) -> Array:
        array[...] = start + t * way
        try:
            return _of_size(size, experiment)
        finally:
            array[...] = start

    size = flat(experiment.y).size
    return OutputsAlongLine(outputs, flat(experiment.dout), scale, 0.0, float)
