"""Which outputs send their gradient back to which entries, and which of them should.

Backward is linear in dout. Sent back one output at a time, it shows its own Jacobian, to be held
against that of forward: what is missing there, or too much, often has a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.returned import read

MOST = 300  # outputs that are sent back one at a time
SMALL = 1e-6  # of the largest slope: less is none
Pattern = Callable[[View, Array], bool]


def flow(case: Case) -> Iterator[Candidate]:
    """Ways that are missing, go along another axis, or are too many."""
    if case.elementwise or any(not _is_small(view) for view in case.views):
        return
    name = case.name
    if all(_same_shape(view) for view in case.views):
        for axis, what in ((0, "column"), (-1, "row")):
            for ways, says in WAYS.items():
                yield _candidate("path-missing", _lacks(ways, axis), f"lacks {says} of its {what}")
        for axis, says in ((0, "columns, and y depends on rows"), (-1, "rows, and y on columns")):
            yield _candidate("wrong-axis", _along_the_other(axis), f"follows {says}")
        says = "takes up dout at its own place alone, and y depends on more,"
        yield _candidate("jacobian-diagonal-only", _diagonal, says, general=True)
    says = f"is right in all that it counts, but does not count every output that {name} acts on,"
    yield _candidate("flow-missing", _counts_less, says, general=True)
    says = f"is right where {name} acts on an output, and is sent back from others too"
    yield _candidate("mask-missing", _counts_more, says, general=True)


def _is_small(view: View) -> bool:
    return not isinstance(view.experiment.y, tuple) and 2 <= view.y.size <= MOST


def backward_matrix(view: View) -> Array | None:
    """What backward says at the places looked at, for each output alone: (k, m)."""
    bench, shape = view.experiment, np.shape(view.experiment.y)
    bench.run()
    columns = []
    for unit in np.eye(view.y.size):
        tensors, _ = read(bench, bench.gradients(unit.reshape(shape) if shape else 1.0))
        found = [tensor.gradient for tensor in tensors if tensor.name == view.name]
        if not found:
            return None
        columns.append(view.at(found[0]))
    matrix = np.stack(columns, axis=1)
    return matrix if np.allclose(matrix @ view.dout, view.analytic, rtol=1e-6) else None


def _candidate(mistake: str, pattern: Pattern, says: str, general: bool = False) -> Candidate:
    """Explains all that backward says, if its Jacobian has the pattern."""

    def predict(view: View) -> Array | None:
        if view.name not in view.bench.flows:
            view.bench.flows[view.name] = backward_matrix(view)
        matrix = view.bench.flows[view.name]
        return view.analytic if matrix is not None and pattern(view, matrix) else None

    return Candidate(mistake, predict, says, general=general)


def _same_shape(view: View) -> bool:
    shape = np.shape(view.experiment.y)
    return len(shape) > 1 and shape == view.tensor.array.shape and view.complete


def _there(matrix: Array) -> Array:
    """Where there is a way from an entry to an output."""
    there: Array = np.abs(matrix) > SMALL * np.abs(matrix).max(initial=0.0)
    return there


def _agrees(view: View, matrix: Array, where: Array) -> bool:
    allowed = SMALL * np.abs(view.rows).max(initial=0.0)
    return bool((np.abs(matrix - view.rows)[where] <= 10 * allowed).all())


def _diagonal(view: View, matrix: Array) -> bool:
    there = _there(matrix)
    own = there[np.arange(len(there)), view.places].sum()
    return bool(own and own == there.sum())


def _counts_less(view: View, matrix: Array) -> bool:
    there = _there(matrix)
    return bool(there.any()) and _agrees(view, matrix, there)


def _counts_more(view: View, matrix: Array) -> bool:
    return _agrees(view, matrix, _there(view.rows))


def _group(view: View, axis: int) -> Array:
    """Which entry and which output share a column (axis 0) or a row (axis -1)."""
    shape = view.tensor.array.shape
    numbers = np.arange(view.y.size).reshape(shape)
    label = np.broadcast_to(numbers.min(axis=axis, keepdims=True), shape).reshape(-1)
    same: Array = label[view.places][:, None] == label[None, :]
    return same


def _along_the_other(axis: int) -> Pattern:
    """Backward stays within columns and forward within rows, or the other way round."""

    def pattern(view: View, matrix: Array) -> bool:
        mine, other = (_group(view, a) for a in (axis, -1 - axis))
        own = np.eye(view.y.size, dtype=bool)[view.places]
        there, wanted = _there(matrix), _there(view.rows)
        both_leave = (there & ~own).any() and (wanted & ~own).any()
        return bool(both_leave and not (there & ~mine).any() and not (wanted & ~other).any())

    return pattern


def _ones(x: Array) -> list[Array]:
    return [np.ones_like(x)]


def _deviations(x: Array) -> list[Array]:
    return [x - x.mean()]


WAYS: dict[Callable[[Array], list[Array]], str] = {
    _ones: "what flows through the mean",
    _deviations: "what flows through the variance",
    lambda x: [x]: "what flows through the norm",
    lambda x: _ones(x) + _deviations(x): "what flows through the mean and the variance",
}


def _lacks(ways: Callable[[Array], list[Array]], axis: int) -> Pattern:
    """What is missing of each output follows the slopes of these statistics of its group."""

    def pattern(view: View, matrix: Array) -> bool:
        missing, group = view.rows - matrix, _group(view, axis)
        if (_there(missing) & ~group).any():
            return False
        return all(
            _spanned(missing[here, output], ways(view.values[here]))
            for output, here in enumerate(group.T)
        )

    return pattern


def _spanned(missing: Array, ways: list[Array]) -> bool:
    """Whether numbers are a combination of the ways, and of fewer than they would always be."""
    if len(missing) < len(ways) + 2:
        return False
    basis = np.stack(ways, axis=1)
    rest = missing - basis @ np.linalg.lstsq(basis, missing, rcond=None)[0]
    return bool(np.abs(rest).max() <= 1e-5 * np.abs(missing).max() < np.inf)
