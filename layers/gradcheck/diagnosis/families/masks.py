"""Mistakes with a mask: functions made of straight pieces (ReLU, dropout, Max)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View

PIECES = 3  # a function with no more slopes than this is taken for one of straight pieces


def masks(case: Case) -> Iterator[Candidate]:
    """The mask is missing, inverted, unscaled, or made of the wrong numbers."""
    if not is_piecewise_linear(case):
        return
    pieces = _pieces(case)
    low, high = pieces[0], pieces[-1]
    if case.is_random:
        yield from _dropout(high)
    else:
        yield Candidate("mask-missing", lambda view: high * view.own_dout, _always(high))
        yield Candidate("mask-from-dout", _of_dout, "fits a mask where dout > 0, not where x > 0,")
        yield Candidate("mask-inverted", _inverted(low, high), "passes where it should block")
        if low:
            says = f"is 0 where the slope is {low:.4g}"
            yield Candidate("negative-slope-missing", _without(low), says)
    says = "has the right slopes in the wrong places"
    yield Candidate("another-mask", _nearest(pieces), says, general=True)


def is_piecewise_linear(case: Case) -> bool:
    """Whether the layer has few slopes, and several: a mask decides between them."""
    if case.first.is_parameter or not case.elementwise:
        return False
    return 2 <= len(_pieces(case)) <= PIECES


def _pieces(case: Case) -> list[float]:
    """The slopes of the function at x, and at dout, because all of x may lie on one piece."""
    found = [view.own_slope for view in case.views] + [_slope_at_dout(case.first)]
    slopes = np.concatenate(found).round(6) + 0.0
    return sorted({float(slope) for slope in slopes[np.isfinite(slopes)]})


def _always(slope: float) -> str:
    return "equals dout" if slope == 1 else f"equals {slope:.4g} times dout"


def _dropout(high: float) -> Iterator[Candidate]:
    because = f"the share kept is {1 / high:.4g}"
    yield Candidate(
        "dropout-not-scaled",
        lambda view: np.where(view.own_slope > 0, view.own_dout, 0),
        f"equals {1 / high:.4g} times the numeric gradient",
        because,
    )
    yield Candidate(
        "dropout-scaled-twice",
        lambda view: view.numeric * high,
        f"equals {high:.4g} times the numeric gradient",
        because,
    )
    if high == 1:
        says = "is a multiple of the numeric gradient, and forward leaves what it keeps as it is"
        yield Candidate("dropout-scaled-twice", _enlarged, says)
    for factor in (1.0, high):
        says = f"{_always(factor)}: nothing is dropped"
        yield Candidate("mask-missing", _times(factor), says)
    yield Candidate(
        "mask-inverted",
        lambda view: np.where(view.own_slope > 0, 0, high * view.own_dout),
        "passes what was dropped",
    )


def _enlarged(view: View) -> Array | None:
    """The numeric gradient times the one factor above 1 that fits, if there is one."""
    norm = float(view.numeric @ view.numeric)
    factor = float(view.analytic @ view.numeric) / norm if norm else 0.0
    return factor * view.numeric if factor > 1 else None


def _times(factor: float) -> Callable[[View], Array]:
    return lambda view: factor * view.own_dout


def _of_dout(view: View) -> Array:
    """What dout times the slope that the function has at dout would be."""
    return view.own_dout * _slope_at_dout(view)


def _slope_at_dout(view: View) -> Array:
    """The slope that the function has at dout; nan where it has none."""
    assert view.position is not None
    found = view.slopes_with({view.position: view.dout.reshape(view.tensor.array.shape)})
    if found is None:
        return np.full(view.places.size, np.nan)
    here: Array = found.rows[np.arange(len(view.places)), view.places]
    return here


def _inverted(low: float, high: float) -> Callable[[View], Array]:
    return lambda view: view.own_dout * (low + high - view.own_slope)


def _without(low: float) -> Callable[[View], Array]:
    return lambda view: view.own_dout * np.where(np.isclose(view.own_slope, low), 0, view.own_slope)


def _nearest(pieces: list[float]) -> Callable[[View], Array]:
    """Dout times whichever of the slopes backward's own is closest to."""
    choice = np.array(pieces)

    def predict(view: View) -> Array:
        claimed = view.analytic / view.own_dout
        nearest = np.abs(claimed[:, None] - choice).argmin(axis=1)
        here: Array = view.own_dout * choice[nearest]
        return here

    return predict
