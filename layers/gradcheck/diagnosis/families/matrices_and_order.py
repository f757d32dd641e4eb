"""A matrix used the wrong way round, and the correct numbers in the wrong places.

Some mistakes are told by a repair: forward runs as it is, then one array that the layer holds is
transposed or reversed, and backward runs. If its gradient is correct now, backward should have done
this itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import combinations, permutations
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.families.activations_and_masks import FORMULAS
from layers.gradcheck.diagnosis.families.bias_and_shapes import is_bias
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.returned_gradients import gradients_by_name

Move = Callable[[Array], Array]


def matrices(case: Case) -> Iterator[Candidate]:
    """W in place of its transpose, on the way from dout to dx."""
    if case.first.is_parameter:
        return
    for key, W in case.first.experiment.tensors().items():
        if W.ndim == 2 and W.shape[0] == W.shape[1]:
            for transpose, claim in ((False, f"fits dout {key}"), (True, f"fits dout {key}.T")):
                because = f"{key} is square"
                product = _product(key, transpose)
                yield Candidate("weight-not-transposed", product, claim, because)


def _product(key: str, transpose: bool) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        W = view.experiment.tensors()[key]
        if view.output_shape[-1:] != W.shape[:1]:
            return None
        dx = view.dout.reshape(-1, len(W)) @ (W.T if transpose else W)
        return view.at(dx) if dx.size == view.tensor.array.size else None

    return predict


def repairs(case: Case) -> Iterator[Candidate]:
    """A parameter or a cached array is taken the wrong way round; the last slope is missing."""
    for key, array in case.first.experiment.tensors().items():
        if array.ndim == 2 and array.shape[0] == array.shape[1] > 1:
            claim = f"is correct if backward gets {key}.T for {key},"
            yield Candidate("weight-not-transposed", _with_parameter(key, np.transpose), claim)
        if array.ndim == 4 and array.shape[0] == array.shape[1] > 1:
            claim = f"is correct if backward gets {key} with its two kinds of channels exchanged"
            yield Candidate("channels-mixed", _with_parameter(key, _channels_exchanged), claim)
        for axes in _some_axes(array.ndim):
            claim = f"is correct if backward gets {key} with {_called(axes)} reversed"
            yield Candidate("weight-reversed", _with_parameter(key, _reverse(axes)), claim)
    for name in _square(case.first.experiment.layer):
        claim = f"is correct if backward finds {name}.T for {name},"
        yield Candidate("transposed", _with_cached(name), claim)
    if not case.elementwise and case.first.output_shape:
        for text, formula in FORMULAS.items():
            claim = f"is correct if dout is multiplied by {text.replace('{}', 'y')} first"
            yield Candidate("derivative-missing", _with_dout(formula), claim)


def _some_axes(ndim: int) -> list[tuple[int, ...]]:
    """One axis or two."""
    return [axes for count in (1, 2) for axes in combinations(range(ndim), count)]


def _called(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes[0]} and {axes[1]}"


def cell_path(case: Case) -> Iterator[Candidate]:
    """In one step of an LSTM: the gradient that goes from h = o tanh(c) to c is left out."""
    y = case.first.experiment.y
    if isinstance(y, tuple) and len(y) == 2 and np.shape(y[0]) == np.shape(y[1]) != ():
        for h in (0, 1):
            claim = f"is correct if output {1 - h}, the cell, gets its share of output {h}"
            yield Candidate("cell-path-missing", _if_correct_after(_through_cell(h)), claim)


def _through_cell(h: int) -> Callable[[Experiment], None]:
    def change(experiment: Experiment) -> None:
        tanh, dout = np.tanh(experiment.y[1 - h]), list(experiment.dout)
        dout[1 - h] = dout[1 - h] + dout[h] * experiment.y[h] / tanh * (1 - tanh**2)
        experiment.dout = tuple(dout)

    return change


def gates(case: Case) -> Iterator[Candidate]:
    """In a recurrent layer: backward has the gates in another order than forward."""
    if case.first.is_parameter:
        return
    tensors = case.first.experiment.tensors().values()
    for hidden, columns in {a.shape for a in tensors if a.ndim == 2}:
        if columns in (3 * hidden, 4 * hidden):
            for order in list(permutations(range(columns // hidden)))[1:]:
                claim = f"is correct if backward gets the gates' weights in the order {list(order)}"
                yield Candidate("gates-reordered", _with_gates(columns, order), claim)


def _with_gates(columns: int, order: tuple[int, ...]) -> Callable[[View], Array | None]:
    def change(experiment: Experiment) -> None:
        for array in experiment.tensors().values():
            if array.shape[-1:] == (columns,):
                blocks = np.split(array.copy(), len(order), axis=-1)
                array[...] = np.concatenate([blocks[i] for i in order], axis=-1)

    return _if_correct_after(change)


def heads(case: Case) -> Iterator[Candidate]:
    """In attention: dout is cut into heads by a reshape alone, without moving the axis."""
    shape = case.first.output_shape
    if case.first.is_parameter or len(shape) != 3:
        return
    for count in range(2, shape[2]):
        if shape[2] % count == 0:
            claim = f"is correct if dout is cut into {count} heads first, and the axes are moved"
            yield Candidate("reshaped", _with_heads(count), claim)


def _with_heads(count: int) -> Callable[[View], Array | None]:
    def change(experiment: Experiment) -> None:
        n, steps, width = experiment.dout.shape
        cut = experiment.dout.reshape(n, steps, count, width // count)
        experiment.dout = np.swapaxes(cut, 1, 2).reshape(n, steps, width)

    return _if_correct_after(change)


def _reverse(axes: tuple[int, ...]) -> Move:
    return lambda array: np.flip(array, axes)


def _square(layer: Any) -> list[str]:
    """The names of the square matrices that a layer keeps."""
    return [
        name
        for name, value in getattr(layer, "__dict__", {}).items()
        if isinstance(value, np.ndarray)
        and value.dtype.kind == "f"
        and value.ndim == 2
        and value.shape[0] == value.shape[1] > 1
    ]


def _channels_exchanged(W: Array) -> Array:
    exchanged: Array = W.swapaxes(0, 1)
    return exchanged


def _with_parameter(key: str, move: Move) -> Callable[[View], Array | None]:
    def change(experiment: Experiment) -> None:
        array = experiment.tensors()[key]
        array[...] = move(array.copy())

    return _if_correct_after(change)


def _with_cached(name: str) -> Callable[[View], Array | None]:
    def change(experiment: Experiment) -> None:
        setattr(experiment.layer, name, getattr(experiment.layer, name).T.copy())

    return _if_correct_after(change)


def _with_dout(formula: Move) -> Callable[[View], Array | None]:
    def change(experiment: Experiment) -> None:
        experiment.dout = experiment.dout * formula(np.asarray(experiment.y))

    return _if_correct_after(change)


def _if_correct_after(change: Callable[[Experiment], None]) -> Callable[[View], Array | None]:
    """The whole analytic gradient, if backward is correct after the change."""

    def predict(view: View) -> Array | None:
        other = copy.deepcopy(view.experiment)
        other.run()
        try:
            change(other)
            gradient = gradients_by_name(other)[view.name].gradient
        except Exception:  # what was changed does not fit
            return None
        size = np.abs(view.numeric).max(initial=0.0)
        fits = np.allclose(view.at(gradient), view.numeric, rtol=1e-5, atol=1e-6 * size)
        return view.analytic if fits and np.isfinite(gradient).all() else None

    return predict


def order(case: Case) -> Iterator[Candidate]:
    """Whether backward returned a reordering of the numeric gradient."""
    name, view = case.name, case.first
    ndim = view.tensor.array.ndim
    if ndim > 1:
        yield Candidate("transposed", _moved(np.transpose), f"fits d{name}.T")
    if ndim > 1 and view.shape[0] != view.shape[-1]:
        claim = f"holds the entries of d{name}.T, read row by row,"
        yield Candidate("reshaped", _moved(lambda a: a.T.reshape(a.shape)), claim)
        claim = f"holds the entries of d{name}, read column by column,"
        yield Candidate("reshaped", _moved(lambda a: a.reshape(a.shape[::-1]).T), claim)
    if view.y.size == view.tensor.array.size:
        claim = f"holds the entries of d{name}, reshaped in the order of columns,"
        yield Candidate("reshaped", _by_columns, claim)
    for axes in _some_axes(ndim):
        is_kernel = view.is_parameter and axes == tuple(range(max(ndim - 2, 0), ndim))
        mistake = "weight-reversed" if is_kernel and not is_bias(case) else "reordered"
        yield Candidate(
            mistake, _moved(_reverse(axes)), f"fits d{name} with {_called(axes)} reversed"
        )
    claim = "holds the correct numbers in another order"
    yield Candidate("reordered", _sorted, claim, general=True)


def _by_columns(view: View) -> Array | None:
    """The numeric gradient in the shape of the output, reshaped with the first axis fastest."""
    if view.y.size != view.tensor.array.size or isinstance(view.experiment.y, tuple):
        return None
    places = np.arange(view.y.size).reshape(view.output_shape)
    return view.measurement.numeric_at(view.name, view.at(places.reshape(view.shape, order="F")))


def _moved(move: Move) -> Callable[[View], Array | None]:
    """The numeric gradient, taken from where a reordering takes each entry."""

    def predict(view: View) -> Array | None:
        source = move(np.arange(view.tensor.array.size).reshape(view.shape))
        if source.shape != view.shape:
            return None
        return view.measurement.numeric_at(view.name, view.at(source))

    return predict


def _sorted(view: View) -> Array | None:
    """The numeric gradient in the order of the analytic one."""
    if not view.complete or view.places.size < 2:
        return None
    predicted = np.empty_like(view.numeric)
    predicted[np.argsort(view.analytic)] = np.sort(view.numeric)
    return predicted
