"""Slopes from function values alone, with an honest estimate of their error.

Two errors fight in a finite difference. Too large a step h bends: the truncation error of the
centred difference grows like h**2. Too small a step drowns in rounding: that error grows like
1 / h. Which step is right depends on the function, so a whole ladder of steps is tried, a factor
of ten apart, and the step is taken at which the neighbours on the ladder agree best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from layers.gradcheck.experiment import Experiment, Index, flat
from layers.params import Array

Curve = Callable[[float], Array]
EPSILON = float(np.finfo(np.float64).eps)
STEPS_UP, STEPS_DOWN = 2, 11  # the ladder reaches from 100 times the scale to 1e-11 of it


@dataclass(frozen=True)
class Line:
    """The outputs along a straight line through the point, and the weights that add them up.

    Attributes
    ----------
    outputs : callable
        ``outputs(t)`` is the flattened output at distance t; nan where forward fails.
    dout : array
        The weights: the slope of dout . outputs(t) at t = 0 is what is wanted.
    scale : float
        How far it is natural to move.
    near : float
        The size of the entry that is moved: a kink at 0 lies that far away.
    exact : callable
        ``exact(t)`` is the distance that is really moved when t is asked for: x + t is rounded.
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
        How far off it may be; infinite where nothing can be said.
    kink : float
        By how much the slopes to both sides differ, where that does not shrink with the step.
    """

    value: float
    error: float
    kink: float


def quick(line: Line) -> float:
    """One centred difference with the step that is best for a function of ordinary shape."""
    rise, run = line.rises(1e-5 * (line.near or line.scale))
    return float(line.dout @ rise) / run if run else np.nan


def careful(line: Line) -> Slope:
    """The best centred difference on a ladder of steps."""
    steps = _ladder(line)
    middle = line.outputs(0.0)
    ups = np.array([line.outputs(t) for t in steps]) - middle
    downs = middle - np.array([line.outputs(-t) for t in steps])
    runs = np.array([line.exact(t) - line.exact(-t) for t in steps])
    usable = np.isfinite(ups).all(axis=1) & np.isfinite(downs).all(axis=1) & (runs > 0)
    if usable.sum() < 3:
        return Slope(np.nan, np.inf, 0.0)
    ups, downs, runs, steps = ups[usable], downs[usable], runs[usable], steps[usable]

    slopes = (ups + downs) @ line.dout / runs
    bends = np.abs(ups - downs) @ np.abs(line.dout)
    rounding = _rounding(bends) + _unseen(ups, downs, runs, np.abs(line.dout * middle))
    errors = _disagreement(slopes) + 3 * rounding / runs
    best = int(np.argmin(errors))
    return Slope(float(slopes[best]), float(errors[best]), _kink(bends / runs, best))


def _ladder(line: Line) -> Array:
    """Steps from far too long to far too short, shorter still where 0 is near."""
    lowest = line.scale * 10.0**-STEPS_DOWN
    if line.near:
        lowest = min(lowest, max(1e-3 * line.near, 1e-30 * line.scale))
    rungs = int(np.ceil(np.log10(line.scale * 10.0**STEPS_UP / lowest)))
    steps: Array = line.scale * 10.0 ** (STEPS_UP - np.arange(rungs + 1))
    return steps


def _rounding(bends: Array) -> Array:
    """The rounding of the outputs, measured: at each step, and at all shorter ones.

    The second difference of a smooth function shrinks a hundredfold when the step shrinks
    tenfold. What is left over is rounding.
    """
    leftover = np.abs(bends[1:] - bends[:-1] / 100)
    padded = np.concatenate([leftover[:1], leftover, leftover[-1:]])
    at_and_below: Array = np.maximum.accumulate(padded[::-1])[::-1]
    return at_and_below[:-1]


def _unseen(ups: Array, downs: Array, runs: Array, sizes: Array) -> Array:
    """Changes too small to show in the outputs, as an error of the sum, at each step.

    An output of size s moves in steps of its last digit. Where an output never moves, the widest
    step bounds its slope. Where none moves any more, the step may be lost in a cancellation
    inside the layer, of which the outputs show nothing: allow for four digits.
    """
    moved = (ups != 0) | (downs != 0)
    ever = moved.any(axis=0)
    seen = float(sizes[ever].sum()) + float(sizes[~ever].sum()) * runs / runs.max()
    lost = np.where(moved.any(axis=1) | ~ever.any(), 1.0, 1e4)
    unseen: Array = EPSILON * seen * lost
    return unseen


def _disagreement(slopes: Array) -> Array:
    """How much each slope differs from its neighbours with longer and shorter steps."""
    gaps = np.abs(np.diff(slopes))
    larger: Array = np.maximum(np.append(gaps[0], gaps), np.append(gaps, gaps[-1]))
    return larger


def _kink(gaps: Array, best: int) -> float:
    """By how much one-sided slopes differ, if they do so at the next shorter step as well.

    In a smooth function their difference shrinks with the step, tenfold from rung to rung.
    """
    shorter = min(best + 1, len(gaps) - 1)
    return float(gaps[best]) if gaps[shorter] > 0.3 * gaps[best] else 0.0


def entry_line(experiment: Experiment, array: Array, index: Index, scale: float) -> Line:
    """Move one entry of a tensor."""
    start = float(array[index])

    def outputs(t: float) -> Array:
        array[index] = start + t
        try:
            return flat(experiment.run())
        except (ArithmeticError, ValueError):  # outside the domain, where there is no output
            return np.full(size, np.nan)
        finally:
            array[index] = start

    size = flat(experiment.y).size
    dout = flat(experiment.dout)
    return Line(outputs, dout, max(abs(start), scale), abs(start), lambda t: (start + t) - start)


def direction_line(experiment: Experiment, array: Array, way: Array, scale: float) -> Line:
    """Move a whole tensor in one direction."""
    start = array.copy()

    def outputs(t: float) -> Array:
        array[...] = start + t * way
        try:
            return flat(experiment.run())
        except (ArithmeticError, ValueError):
            return np.full(size, np.nan)
        finally:
            array[...] = start

    size = flat(experiment.y).size
    return Line(outputs, flat(experiment.dout), scale, 0.0, float)
