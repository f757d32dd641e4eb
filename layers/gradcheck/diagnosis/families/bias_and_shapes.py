"""Sums over the wrong axis or not taken: biases, missing examples, gradients of another shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.measurement import MOST
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.output_slopes import output_slopes
from layers.gradcheck.numeric.returned_gradients import arrays
from layers.gradcheck.report.finding import Finding

Mend = Callable[[Array, tuple[int, ...]], Array]


def bias(case: Case) -> Iterator[Candidate]:
    """One row instead of the sum, the sum over too much, or along the other axis."""
    if not is_bias(case):
        return
    for row, which in ((0, "the first"), (-1, "the last")):
        claim, because = f"equals {which} row of dout", "b is added to every row"
        yield Candidate("bias-not-summed", _row(row), claim, because)
    yield Candidate(
        "bias-summed-over-all",
        lambda view: np.full(view.places.size, view.dout.sum()),
        "equals the sum of all entries of dout",
    )
    yield Candidate("bias-summed-over-units", _along_units, "equals the sum of dout over the units")
    yield Candidate(
        "bias-averaged",
        lambda view: np.full(view.places.size, view.dout.mean()),
        "equals the mean of all entries of dout",
    )


def is_bias(case: Case) -> bool:
    """Whether the tensor is added to the output: each entry to all places along one axis."""
    return all(_unit_axis(view) is not None for view in case.views)


def _unit_axis(view: View) -> int | None:
    """The axis of the output along which the entries of a bias lie; None if it is no bias."""
    shape, size = view.output_shape, view.tensor.array.size
    if not view.is_parameter or len(shape) < 2 or max(view.shape, default=1) != size:
        return None
    for axis in reversed(range(len(shape))):
        if shape[axis] == size:
            units = np.expand_dims(np.arange(size), [a for a in range(len(shape)) if a != axis])
            added = np.broadcast_to(units, shape).reshape(-1) == view.places[:, None]
            if np.allclose(view.rows, added, atol=1e-6):
                return axis
    return None


def _dout_rows(view: View) -> Array:
    """Dout with the units of a bias along the last of two axes."""
    axis = _unit_axis(view)
    assert axis is not None
    moved = np.moveaxis(view.dout.reshape(view.output_shape), axis, -1)
    return moved.reshape(-1, view.tensor.array.size)


def _row(row: int) -> Callable[[View], Array]:
    return lambda view: view.at(_dout_rows(view)[row])


def _along_units(view: View) -> Array | None:
    sums = _dout_rows(view).sum(axis=1)
    return view.at(sums) if sums.size == view.tensor.array.size else None


def missing_examples(case: Case) -> Iterator[Candidate]:
    """Only some rows of dout are used, or only some of several outputs."""
    if isinstance(case.first.experiment.y, tuple):
        for number in range(len(case.first.experiment.y)):
            claim = f"lacks the gradient that flows back through output {number}"
            yield Candidate("output-forgotten", _without_output(number), claim)
    elif case.first.output_shape and not is_bias(case):
        for kept, which in ((slice(0, 1), "first"), (slice(-1, None), "last")):
            yield Candidate("examples-missing", _rows(kept), f"counts the {which} example alone")
        for kept, which in ((slice(1, None), "first"), (slice(0, -1), "last")):
            yield Candidate("examples-missing", _rows(kept), f"lacks the {which} example")


def _rows(kept: slice) -> Callable[[View], Array]:
    def predict(view: View) -> Array:
        dout = np.zeros(view.output_shape)
        dout[kept] = view.dout.reshape(dout.shape)[kept]
        return np.asarray(view.rows @ dout.reshape(-1))

    return predict


def _without_output(number: int) -> Callable[[View], Array]:
    def predict(view: View) -> Array:
        ends = np.cumsum([0, *(np.size(y) for y in view.experiment.y)])
        dout = view.dout.copy()
        dout[ends[number] : ends[number + 1]] = 0
        return np.asarray(view.rows @ dout)

    return predict


def misshapen(experiment: Experiment, name: str) -> Finding | None:
    """The mistake that left this shape: what would mend it is tried against the numbers."""
    experiment.run()
    returned = arrays(experiment.gradients()).get(name, np.zeros(0))
    array = _array(experiment, name)
    if array is None or array.size > MOST:
        return None
    numeric = output_slopes(experiment, array, np.arange(array.size)).numeric.reshape(array.shape)
    for mistake, claim in _fitting(experiment, name, numeric, returned):
        evidence = f"d{name} has shape {returned.shape}, {name} has shape {array.shape}; {claim}"
        return Finding(mistake, name, evidence)
    return None


def _array(experiment: Experiment, name: str) -> Array | None:
    """The tensor of this name: a parameter, or the input x, x0, x1, ..."""
    if name in experiment.tensors():
        return experiment.tensors()[name]
    position = int(name[1:] or 0) if name[:1] == "x" and name[1:].isdigit() | (name == "x") else -1
    return experiment.inputs[position] if 0 <= position < len(experiment.inputs) else None


def _fitting(
    experiment: Experiment, name: str, numeric: Array, returned: Array
) -> Iterator[tuple[str, str]]:
    n = returned.shape[0] if returned.ndim else 1
    if returned.shape == (n, n) and numeric.size == n and np.ndim(experiment.y) == 0:
        yield "broadcast", f"the difference of shapes ({n},) and ({n}, 1) has shape ({n}, {n})"
    for mistake, mend, claim in _mends(experiment, name, returned):
        with suppress(ValueError):
            if _fits(mend(returned, numeric.shape), numeric):
                yield mistake, claim
    if returned.size == 1 and _fits(returned.reshape(()), np.asarray(numeric.sum())):
        yield "bias-summed-over-all", "it is the sum of all entries"
    dout = np.asarray(experiment.dout)
    if dout.ndim > 1 and _fits(returned, dout.sum(axis=-1)):
        yield "bias-summed-over-units", "it is the sum of dout over the units, not the examples"


def _fits(mended: Array, numeric: Array) -> bool:
    known = np.isfinite(numeric)
    if mended.shape != numeric.shape or not known.any():
        return False
    largest = np.abs(numeric[known]).max()
    return bool(np.allclose(mended[known], numeric[known], rtol=1e-5, atol=1e-6 * largest))


def _mends(experiment: Experiment, name: str, returned: Array) -> Iterator[tuple[str, Mend, str]]:
    if not _grows(experiment, name, returned.shape):
        yield "extra-axis", _squeezed, "without the axes of length 1 it fits in all entries"
    elif name in experiment.tensors():
        claim = f"summed over the batch to the shape of {name} it fits in all entries"
        yield "bias-not-summed", _summed_over_leading, claim
    yield "missing-axis", _with_axes, "with its axes of length 1 it fits in all entries"
    yield "bias-not-summed", _summed, f"summed to the shape of {name} it fits in all entries"
    yield "transposed", lambda g, shape: g.T, "its transpose fits in all entries"
    yield "not-reshaped-back", lambda g, shape: g.reshape(shape), "reshaped it fits in all entries"
    yield "reshaped", lambda g, shape: g.T.reshape(shape), "reshaped its transpose fits"


def _grows(experiment: Experiment, name: str, shape: tuple[int, ...]) -> bool:
    """Whether the gradient is longer where the batch is."""
    twice = [np.concatenate([array, array]) for array in experiment.inputs if array.ndim]
    try:
        longer = experiment.after(twice)
        longer.inputs = twice
        dout = np.ones(np.shape(longer.run()))
        return arrays(longer.gradients(dout))[name].shape != shape
    except Exception:  # the layer takes no longer batch, and nothing is known
        return False


def _summed(g: Array, shape: tuple[int, ...]) -> Array:
    """The sum over the axes along which an array of this shape would be broadcast."""
    padded = (1,) * (g.ndim - len(shape)) + shape
    axes = tuple(i for i, (n, m) in enumerate(zip(g.shape, padded, strict=True)) if n != m == 1)
    if not axes:
        raise ValueError
    return np.asarray(g.sum(axis=axes, keepdims=True).reshape(shape))


def _summed_over_leading(g: Array, shape: tuple[int, ...]) -> Array:
    """The sum over the axes that the tensor lacks, even of a batch of one example."""
    return np.asarray(g.sum(axis=tuple(range(g.ndim - len(shape)))))


def _with_axes(g: Array, shape: tuple[int, ...]) -> Array:
    if g.ndim >= len(shape) or g.shape != tuple(n for n in shape if n > 1):
        raise ValueError
    return g.reshape(shape)


def _squeezed(g: Array, shape: tuple[int, ...]) -> Array:
    if sorted(g.shape) == sorted(shape):
        raise ValueError
    return g.squeeze()
