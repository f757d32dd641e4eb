"""How each output moves with one entry of a tensor: rows of the Jacobian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.forward_passes import ForwardPasses
from layers.gradcheck.numeric.perturbation import flat, size_of
from layers.gradcheck.numeric.slopes import Line, index_of, line

STEPS = (1e-6, 1e-5, 1e-4)  # in units of the entry's own size
MORE_STEPS = (1e-7, *STEPS, 1e-3, 1e-2)  # for functions that bend on another scale
SURE, USABLE = 1e-7, 1e-5  # relative differences of neighbours


@dataclass(frozen=True)
class OutputSlopes:
    """The slopes at some entries of a tensor.

    Attributes
    ----------
    places : array (k,)
        The entries, by their position in the flattened tensor.
    rows : array (k, m)
        The change of each of the m outputs with each of the k entries.
    numeric : array (k,)
        The numeric gradient, ``rows @ dout``.
    """

    places: Array
    rows: Array
    numeric: Array


def output_slopes(experiment: Experiment, array: Array, places: Array) -> OutputSlopes:
    """The slopes at these entries; nan where the function has a kink or is not defined nearby."""
    experiment.y = experiment.run()
    passes, scale = ForwardPasses(experiment), size_of(array)
    rows = np.full((places.size, passes.y.size), np.nan)
    for row, place in zip(rows, places, strict=True):
        row[...] = _row(line(passes, array, index_of(place, array.shape), scale), passes.y)
    experiment.run()  # so that the layer keeps what belongs to the point
    return OutputSlopes(places, rows, rows @ flat(experiment.dout))


def _row(line: Line, middle: Array) -> Array:
    """The centred difference at the step where neighbouring steps agree best."""
    row, doubt = _best(line, STEPS, middle)
    if doubt > SURE:
        row, doubt = _best(line, MORE_STEPS, middle)
    if doubt > USABLE or _at_a_kink(line, middle, row):
        return np.full(middle.shape, np.nan)
    return row


def _best(line: Line, steps: Sequence[float], middle: Array) -> tuple[Array, float]:
    """A row of slopes, and by what share of its size the row of the next step differs."""
    ts = np.array(steps) * line.scale
    there, back = np.split(line.outputs([*ts, *-ts]), 2)
    rows = (there - back) / line.distances(ts)[:, None]
    weight = np.abs(line.dout)
    gaps = np.abs(np.diff(rows, axis=0)) @ weight
    if not np.isfinite(gaps).any():
        return middle, np.inf
    best = int(np.nanargmin(gaps))
    size = np.abs(rows[best]) @ weight
    return rows[best], float(gaps[best] / size) if gaps[best] else 0.0


def _at_a_kink(line: Line, middle: Array, row: Array) -> bool:
    """Whether the slopes to both sides still differ at short steps, and come no closer."""
    weight = np.abs(line.dout)
    longer, shorter = (
        np.abs(line.outputs([t, -t]).sum(axis=0) - 2 * middle) @ weight / t
        for t in (STEPS[2] * line.scale, STEPS[1] * line.scale)
    )
    return bool(shorter > 1e-4 * (np.abs(row) @ weight) and shorter > 0.3 * longer)
