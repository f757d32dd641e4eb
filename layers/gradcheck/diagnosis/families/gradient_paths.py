"""Which outputs send their gradient back to which entries, and which of them should.

Backward is linear in dout. Sent back one output at a time, it shows its own Jacobian, to be
compared with that of forward: what is missing there, or too much, often has a pattern.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.numeric.returned_gradients import gradients_by_name

MOST = 300  # outputs that are sent back one at a time
SMALL = 1e-6  # of the largest slope: less counts as 0
Jacobians = dict[int, Array | None]
Pattern = Callable[[View, Array], bool]


def shortcuts(case: Case) -> Iterator[Candidate]:
    """The shortcut of a residual net, or the factor of a parameter, is left out."""
    first = case.first
    if case.keeps_shape:
        claim = "lacks dout itself, which flows past everything else,"
        yield Candidate("path-missing", lambda v: v.numeric - v.own_dout, claim, general=True)
        claim = "counts twice what does not flow past everything else"
        yield Candidate("path-twice", lambda v: 2 * v.numeric - v.own_dout, claim, general=True)
    for key, array in first.experiment.tensors().items():
        if key != case.name and array.ndim < 2:
            claim = f"fits where {key} is 1 everywhere"
            yield Candidate("parameter-missing", _with_ones(key), claim)
    if first.is_parameter and first.tensor.array.ndim == 1:
        claim = "equals the sum of dout times x, which is not its slope,"
        x_sum = _summed_with(lambda view: view.experiment.inputs[0])
        yield Candidate("derivative-of-input", x_sum, claim)
        claim = "equals the sum of dout times y, which is not its slope,"
        y_sum = _summed_with(lambda view: np.asarray(view.experiment.y))
        yield Candidate("derivative-of-output", y_sum, claim)


def _with_ones(key: str) -> Callable[[View], Array]:
    def predict(view: View) -> Array:
        other = copy.deepcopy(view.experiment)
        other.tensors()[key][...] = 1
        return view.slopes_in(other).numeric

    return predict


def _summed_with(values: Callable[[View], Array]) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        shape, factor = view.output_shape, values(view)
        if factor.shape != shape or shape[-1:] != view.shape:
            return None
        product = (view.dout.reshape(shape) * factor).reshape(-1, shape[-1])
        return view.at(product.sum(axis=0))

    return predict


def jacobian_patterns(case: Case) -> Iterator[Candidate]:
    """Paths that are missing, follow another axis, or are too many."""
    if case.elementwise or any(not _is_small(view) for view in case.views):
        return
    jacobians: Jacobians = {}

    def candidate(mistake: str, pattern: Pattern, claim: str, general: bool = False) -> Candidate:
        return Candidate(mistake, _if_like(pattern, jacobians), claim, general=general)

    name = case.name
    if case.keeps_shape and all(len(v.output_shape) > 1 and v.complete for v in case.views):
        for axis, what in ((0, "column"), (-1, "row")):
            for paths, claim in PATHS.items():
                lacks = _lacks(paths, axis)
                yield candidate("path-missing", lacks, f"lacks {claim} of its {what}")
        for axis, claim in ((0, "columns, and y depends on rows"), (-1, "rows, and y on columns")):
            yield candidate("wrong-axis", _along_the_other(axis), f"follows {claim}")
        claim = "takes up dout at its own place alone, and y depends on more,"
        yield candidate("jacobian-diagonal-only", _diagonal, claim, general=True)
    claim = (
        f"is correct in all that it counts, but does not count every output that {name} acts on,"
    )
    yield candidate("flow-missing", _counts_less, claim, general=True)
    claim = f"is correct where {name} acts on an output, and is sent back from others too"
    yield candidate("mask-missing", _counts_more, claim, general=True)


def _is_small(view: View) -> bool:
    return not isinstance(view.experiment.y, tuple) and 2 <= view.y.size <= MOST


def _if_like(pattern: Pattern, jacobians: Jacobians) -> Callable[[View], Array | None]:
    """The whole analytic gradient, if the Jacobian of backward has the pattern."""

    def predict(view: View) -> Array | None:
        if id(view) not in jacobians:
            jacobians[id(view)] = backward_jacobian(view)
        jacobian = jacobians[id(view)]
        return view.analytic if jacobian is not None and pattern(view, jacobian) else None

    return predict


def backward_jacobian(view: View) -> Array | None:
    """What backward returns for the entries compared, for each output alone: (k, m)."""
    view.experiment.run()
    shape = view.output_shape
    columns = []
    for unit in np.eye(view.y.size):
        found = gradients_by_name(view.experiment, unit.reshape(shape) if shape else 1.0)
        if view.name not in found:
            return None
        columns.append(view.at(found[view.name].gradient))
    matrix = np.stack(columns, axis=1)
    return matrix if np.allclose(matrix @ view.dout, view.analytic, rtol=1e-6) else None


def _nonzero(matrix: Array) -> Array:
    """Where there is a path from an entry to an output."""
    return np.asarray(np.abs(matrix) > SMALL * np.abs(matrix).max(initial=0.0))


def _agrees(view: View, matrix: Array, where: Array) -> bool:
    allowed = SMALL * np.abs(view.rows).max(initial=0.0)
    return bool((np.abs(matrix - view.rows)[where] <= 10 * allowed).all())


def _diagonal(view: View, matrix: Array) -> bool:
    paths = _nonzero(matrix)
    own = paths[np.arange(len(paths)), view.places].sum()
    return bool(own and own == paths.sum())


def _counts_less(view: View, matrix: Array) -> bool:
    paths = _nonzero(matrix)
    return bool(paths.any()) and _agrees(view, matrix, paths)


def _counts_more(view: View, matrix: Array) -> bool:
    return _agrees(view, matrix, _nonzero(view.rows))


def _group(view: View, axis: int) -> Array:
    """Which entry and which output share a column (axis 0) or a row (axis -1)."""
    numbers = np.arange(view.y.size).reshape(view.shape)
    lowest = numbers.min(axis=axis, keepdims=True)
    label = np.broadcast_to(lowest, view.shape).reshape(-1)
    return np.asarray(label[view.places][:, None] == label[None, :])


def _along_the_other(axis: int) -> Pattern:
    """Backward stays within columns and forward within rows, or the other way round."""

    def pattern(view: View, matrix: Array) -> bool:
        mine, other = (_group(view, a) for a in (axis, -1 - axis))
        own = np.eye(view.y.size, dtype=bool)[view.places]
        found, expected = _nonzero(matrix), _nonzero(view.rows)
        both_leave = (found & ~own).any() and (expected & ~own).any()
        return bool(both_leave and not (found & ~mine).any() and not (expected & ~other).any())

    return pattern


Paths = Callable[[Array], list[Array]]
PATHS: dict[Paths, str] = {
    lambda x: [np.ones_like(x)]: "what flows through the mean",
    lambda x: [x - x.mean()]: "what flows through the variance",
    lambda x: [x]: "what flows through the norm",
    lambda x: [np.ones_like(x), x - x.mean()]: "what flows through the mean and the variance",
}


def _lacks(paths: Paths, axis: int) -> Pattern:
    """What is missing of each output follows the slopes of these statistics of its group."""

    def pattern(view: View, matrix: Array) -> bool:
        missing, group = view.rows - matrix, _group(view, axis)
        if (_nonzero(missing) & ~group).any():
            return False
        return all(
            _spanned(missing[members, output], paths(view.values[members]))
            for output, members in enumerate(group.T)
        )

    return pattern


def _spanned(missing: Array, paths: list[Array]) -> bool:
    """Whether numbers are a combination of the paths, and of fewer than they would always be."""
    if len(missing) < len(paths) + 2:
        return False
    basis = np.stack(paths, axis=1)
    rest = missing - basis @ np.linalg.lstsq(basis, missing, rcond=None)[0]
    return bool(np.abs(rest).max() <= 1e-5 * np.abs(missing).max() < np.inf)
