"""A gradient of the wrong shape, from which the right one can still be had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.bench import MOST
from layers.gradcheck.diagnosis.jacobian import slopes
from layers.gradcheck.laws import arrays
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.report.finding import Finding

Mend = Callable[[Array, tuple[int, ...]], Array]


def misshapen(experiment: Experiment, name: str) -> Finding | None:
    """The mistake that left this shape: what would mend it is tried against the numbers."""
    experiment.run()
    returned = arrays(experiment.gradients()).get(name, np.zeros(0))
    array = _array(experiment, name)
    if array is None or array.size > MOST:
        return None
    numeric = slopes(experiment, array, range(array.size)).numeric.reshape(array.shape)
    for mistake, says in _fitting(experiment, name, numeric, returned):
        evidence = f"d{name} has shape {returned.shape}, {name} has shape {array.shape}; {says}"
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
    for mistake, mend, says in _mends(experiment, name, returned):
        with suppress(ValueError):
            if _fits(mend(returned, numeric.shape), numeric):
                yield mistake, says
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
    yield "bias-not-summed", _summed, f"summed over its first axes it fits in all entries of {name}"
    yield "transposed", lambda g, shape: g.T, "its transpose fits in all entries"
    yield "not-reshaped-back", lambda g, shape: g.reshape(shape), "reshaped it fits in all entries"
    yield "reshaped", lambda g, shape: g.T.reshape(shape), "reshaped its transpose fits"


def _grows(experiment: Experiment, name: str, shape: tuple[int, ...]) -> bool:
    """Whether the gradient is longer where the batch is."""
    twice = [np.concatenate([array, array]) for array in experiment.inputs if array.ndim]
    try:
        longer = experiment.after(twice)
        longer.inputs = twice
        longer.run()
        dout = np.ones(np.shape(longer.run()))
        return arrays(longer.gradients(dout))[name].shape != shape
    except Exception:  # the layer takes no longer batch, and nothing is known
        return False


def _summed(g: Array, shape: tuple[int, ...]) -> Array:
    if g.ndim <= len(shape):
        raise ValueError
    total: Array = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return total


def _squeezed(g: Array, shape: tuple[int, ...]) -> Array:
    if sorted(g.shape) == sorted(shape):
        raise ValueError
    return g.reshape([n for n in g.shape if n != 1])
