"""The right numbers in the wrong places: transposed, reshaped, in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View


def order(case: Case) -> Iterator[Candidate]:
    """Which reordering of the numeric gradient is what backward says."""
    name, ndim = case.name, case.first.tensor.array.ndim
    if ndim > 1:
        yield Candidate("transposed", _moved(_transpose), f"fits d{name}.T")
    if ndim > 1 and case.first.tensor.array.shape[0] != case.first.tensor.array.shape[-1]:
        says = f"holds the entries of d{name}.T, read row by row,"
        yield Candidate("reshaped", _moved(_reshape), says)
        says = f"holds the entries of d{name}, read column by column,"
        yield Candidate("reshaped", _moved(_reshape_back), says)
    if case.first.y.size == case.first.tensor.array.size:
        says = f"holds the entries of d{name}, reshaped in the order of columns,"
        yield Candidate("reshaped", _by_columns, says)
    for axis in range(ndim):
        says = f"fits d{name} with axis {axis} reversed"
        yield Candidate("reordered", _moved(_reverse(axis)), says)
    yield Candidate("reordered", _sorted, "holds the right numbers in another order", general=True)


def _by_columns(view: View) -> Array | None:
    """The numeric gradient in the shape of the output, reshaped with the first axis fastest."""
    shape = np.shape(view.experiment.y)
    if view.y.size != view.tensor.array.size or isinstance(view.experiment.y, tuple):
        return None
    places = np.arange(view.y.size).reshape(shape)
    source = places.reshape(view.tensor.array.shape, order="F")
    return view.bench.numeric_at(view.name, view.at(source))


def _moved(move: Callable[[Array], Array]) -> Callable[[View], Array | None]:
    """The numeric gradient, taken from where a reordering takes each entry."""

    def predict(view: View) -> Array | None:
        shape = view.tensor.array.shape
        source = move(np.arange(view.tensor.array.size).reshape(shape))
        if source.shape != shape:
            return None
        return view.bench.numeric_at(view.name, source.reshape(-1)[view.places])

    return predict


def _transpose(places: Array) -> Array:
    turned: Array = places.T
    return turned


def _reshape(places: Array) -> Array:
    read: Array = places.T.reshape(places.shape)
    return read


def _reshape_back(places: Array) -> Array:
    read: Array = places.reshape(places.shape[::-1]).T
    return read


def _reverse(axis: int) -> Callable[[Array], Array]:
    return lambda places: np.flip(places, axis)


def _sorted(view: View) -> Array | None:
    """The numeric gradient in the order of the analytic one."""
    if not view.complete or view.places.size < 2:
        return None
    predicted = np.empty_like(view.numeric)
    predicted[np.argsort(view.analytic)] = np.sort(view.numeric)
    return predicted
