"""Mistakes with a bias, whose gradient is the sum of dout over the examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View


def bias(case: Case) -> Iterator[Candidate]:
    """One row instead of the sum, the sum over too much, or along the other axis."""
    if not is_bias(case):
        return
    for row, which in ((0, "the first"), (-1, "the last")):
        yield Candidate(
            "bias-not-summed", _row(row), f"equals {which} row of dout", "b is added to every row"
        )
    yield Candidate("bias-summed-over-all", _all, "equals the sum of all entries of dout")
    yield Candidate("bias-summed-over-units", _along_units, "equals the sum of dout over the units")
    yield Candidate("bias-averaged", _mean_of_all, "equals the mean of all entries of dout")


def is_bias(case: Case) -> bool:
    """Whether the tensor is a vector that is added to every row of the output."""
    return all(_is_added(view) for view in case.views)


def _is_added(view: View) -> bool:
    shape = np.shape(view.experiment.y)
    if not view.is_parameter or len(shape) < 2 or view.tensor.array.shape != shape[-1:]:
        return False
    added = np.eye(shape[-1])[view.places]
    rows = view.rows.reshape(len(view.places), -1, shape[-1])
    return bool(np.allclose(rows, added[:, None, :], atol=1e-6))


def _dout(view: View) -> Array:
    """Dout with all axes but the last as one."""
    rows: Array = view.dout.reshape(-1, np.shape(view.experiment.y)[-1])
    return rows


def _row(row: int) -> Callable[[View], Array]:
    return lambda view: view.at(_dout(view)[row])


def _all(view: View) -> Array:
    return np.full(view.places.size, view.dout.sum())


def _mean_of_all(view: View) -> Array:
    return np.full(view.places.size, view.dout.mean())


def _along_units(view: View) -> Array | None:
    sums = _dout(view).sum(axis=1)
    return view.at(sums) if sums.shape == view.tensor.array.shape else None
