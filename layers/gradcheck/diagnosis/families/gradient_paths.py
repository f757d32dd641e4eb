"""Which outputs send their gradient back to which entries, and which of them should.

Backward is linear in dout. Sent back one output at a time, it shows its own Jacobian, to be
compared with that of forward: what is missing there, or too much, often has a pattern.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import permutations

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, multiple
from layers.gradcheck.diagnosis.measurement import Measurement, single_example, sums_to_one
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.held_arrays import held_arrays
from layers.gradcheck.numeric.perturbation import size_of
from layers.gradcheck.numeric.returned_gradients import gradients_by_name
from layers.gradcheck.numeric.slopes import index_of

MOST = 300  # outputs that are sent back one at a time
SMALL = 1e-6  # of the largest slope: less counts as 0
CLOSE = 1e-3  # relative difference up to which a path is counted as often
Jacobians = dict[int, Array | None]
Pattern = Callable[[View, Array], bool]
Axes = int | tuple[int, ...]
Scores = Callable[[Experiment], Array]


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
        groups: list[tuple[Axes, str]] = [(0, "column"), (-1, "row")]
        groups += [((0, 2, 3), "channel")] if len(case.first.output_shape) == 4 else []
        for axis, what in groups:
            for paths, through in PATHS.items():
                times = _times(case.first, _jacobian(case.first, jacobians), paths, axis)
                length = _length(case.first, axis)
                for exact in (length, length / max(length - 1, 1)):
                    if times is not None and abs(times - exact) < CLOSE * exact:
                        times = exact
                mistake, claim = _counted(times, f"what flows through {through} of its {what}")
                yield candidate(mistake, _has_paths(paths, axis, times, length), claim)
        for side, claim in ((0, "columns, and y depends on rows"), (-1, "rows, and y on columns")):
            yield candidate("wrong-axis", _along_the_other(side), f"follows {claim}")
        claim = "uses dout only at its own place, although y depends on more,"
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
        jacobian = _jacobian(view, jacobians)
        return view.analytic if jacobian is not None and pattern(view, jacobian) else None

    return predict


def _jacobian(view: View, jacobians: Jacobians) -> Array | None:
    if id(view) not in jacobians:
        jacobians[id(view)] = backward_jacobian(view)
    return jacobians[id(view)]


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


def _length(view: View, axis: Axes) -> int:
    """How many entries of a tensor share a group."""
    return int(np.prod(np.take(view.shape, axis)))


def _group(view: View, axis: Axes) -> Array:
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


def _centred(x: Array) -> Array:
    return np.asarray(x - x.mean())


PATHS: dict[Paths, str] = {
    lambda x: [np.ones_like(x)]: "the mean",
    lambda x: [_centred(x)]: "the variance",
    lambda x: [x]: "the norm",
    lambda x: [np.ones_like(x), _centred(x)]: "the mean and the variance",
}


def _counted(times: float | None, what: str) -> tuple[str, str]:
    """The mistake of counting a path so many times, and what is true of the gradient then."""
    if times is None:
        return "path-factor", f"is off by a multiple of {what},"
    if abs(times) < CLOSE:
        return "path-missing", f"lacks {what}"
    if abs(times - 2) < CLOSE:
        return "path-twice", f"counts {what} twice"
    if abs(times + 1) < CLOSE:
        return "path-factor", f"counts {what} with the wrong sign"
    return "path-factor", f"counts {what} {times:.4g} times"


def _has_paths(paths: Paths, axis: Axes, times: float | None, length: int) -> Pattern:
    """What backward has too much or too little follows the slopes of statistics of the group.

    `length` is that of the group in the first view: a path that is counted so many times, because
    a mean was forgotten or taken with one less, is counted more or less often in a longer group.
    """

    def pattern(view: View, matrix: Array) -> bool:
        if not _is_off_by(view, matrix, paths, axis):
            return False
        found = _times(view, matrix, paths, axis)
        if times is None or found is None:
            return times is found
        now, expected = _length(view, axis), {times}
        expected |= {now} if times == length else set()
        expected |= {now / (now - 1)} if now > 1 and times == length / max(length - 1, 1) else set()
        return any(abs(each - found) < CLOSE * max(1.0, abs(each)) for each in expected)

    return pattern


def _is_off_by(view: View, matrix: Array, paths: Paths, axis: Axes) -> bool:
    missing, group = view.rows - matrix, _group(view, axis)
    if (_nonzero(missing) & ~group).any():
        return False
    return all(
        _spanned(missing[members, output], paths(view.values[members]))
        for output, members in enumerate(group.T)
    )


def _times(view: View, matrix: Array | None, paths: Paths, axis: Axes) -> float | None:
    """How often backward counts a path that forward has once; None where that is not known."""
    if matrix is None:
        return None
    slopes, errors = [], []
    for output, members in enumerate(_group(view, axis).T):
        values, own = view.values[members], (view.places == output)[members]
        mine = paths(values)
        rest = [] if len(mine) > 1 else [p(values) for p in list(PATHS)[:2] if p is not paths]
        if mine[0] is values:
            rest = []
        basis = np.stack([*mine, own * 1.0, *(path[0] for path in rest)], axis=1)
        both = np.stack([view.rows[members, output], matrix[members, output]], axis=1)
        found = np.linalg.lstsq(basis, both, rcond=None)[0]
        away = np.abs(basis @ found - both).max(initial=0.0)
        if len(values) < basis.shape[1] or away > 1e-5 * np.abs(both).max(initial=0.0):
            return None
        slopes.append(found[: len(mine), 0])
        errors.append(found[: len(mine), 1])
    numeric, analytic = np.ravel(slopes), np.ravel(errors)
    times = multiple(analytic, numeric)
    fits = np.abs(analytic - times * numeric).max(initial=0.0) <= 1e-4 * np.abs(numeric).max()
    return times if fits else None


def _spanned(missing: Array, paths: list[Array]) -> bool:
    """Whether numbers are a combination of the paths, and of fewer than they would always be."""
    if len(missing) < len(paths) + 2:
        return False
    basis = np.stack(paths, axis=1)
    rest = missing - basis @ np.linalg.lstsq(basis, missing, rcond=None)[0]
    return bool(np.abs(rest).max() <= 1e-5 * np.abs(missing).max() < np.inf)


# The softmax inside: p * dp where p * (dp - the sum of p * dp) is needed.


def softmax_sums(case: Case) -> Iterator[Candidate]:
    """The derivative of a softmax without its sum, in a softmax or in the scores of attention."""
    if case.keeps_shape and not case.first.is_parameter:
        claim = "equals dout times y, without the sum over the row,"
        yield Candidate("softmax-sum-missing", lambda v: v.own_dout * v.own_y, claim)
    claim = "is off by a multiple of the slope of log(sum(exp(scores))) in each row of a softmax,"
    yield Candidate("softmax-sum-missing", _without_sum, claim)


def _without_sum(view: View) -> Array | None:
    one = single_example(view.measurement)
    for measurement in (view.measurement, one):
        if measurement and view.name in measurement.tensors and _sum_is_missing(measurement, view):
            return view.analytic
    return None


def _sum_is_missing(measurement: Measurement, view: View) -> bool:
    experiment = copy.deepcopy(measurement.experiment)
    experiment.run()
    scores = _find_scores(experiment)
    if scores is None:
        return False
    tensor, places = measurement.tensors[view.name], view.places
    if places.max() >= tensor.array.size:
        return False
    name, array = tensor.name, _same_tensor(experiment, measurement, view)
    error = np.take(tensor.gradient, places) - measurement.numeric_at(name, places)
    slopes = np.stack([_slope_of(scores, experiment, array, place) for place in places])
    slopes = slopes[:, np.abs(slopes).max(axis=0) > 0]
    if len(places) <= slopes.shape[1] or not slopes.size:
        return False
    left = error - slopes @ np.linalg.lstsq(slopes, error, rcond=1e-9)[0]
    rank = np.linalg.matrix_rank(slopes)
    return bool(rank < len(places) and np.abs(left).max() <= 1e-5 * np.abs(error).max())


def _same_tensor(experiment: Experiment, measurement: Measurement, view: View) -> Array:
    if view.is_parameter:
        return experiment.tensors()[view.name]
    assert view.position is not None
    return experiment.inputs[view.position]


def _slope_of(scores: Scores, experiment: Experiment, array: Array, place: int) -> Array:
    """The slope of log(sum(exp(scores))) in each row along one entry of a tensor."""
    index = index_of(place, array.shape)
    start, step = array[index], 1e-5 * max(size_of(array), abs(array[index]))
    sums = []
    for moved in (start + step, start - step):
        array[index] = moved
        experiment.run()
        sums.append(np.log(np.exp(scores(experiment)).sum(axis=-1)).ravel())
    array[index] = start
    return np.asarray((sums[0] - sums[1]) / (2 * step))


def _find_scores(experiment: Experiment) -> Scores | None:
    """The products of two arrays of which a layer keeps the softmax."""
    arrays = {k: a for k, a in _visible(experiment).items() if a.ndim > 1 and a.dtype.kind == "f"}
    for p in arrays.values():
        if p.shape[-1] < 2 or not sums_to_one(p, -1):
            continue
        for (a, left), (b, right) in permutations(arrays.items(), 2):
            if left.shape[-1] != right.shape[-1] or left.ndim != right.ndim:
                continue
            for scale in (1.0, left.shape[-1] ** -0.5):
                scores = _product(a, b, scale)
                if _is_softmax(p, scores, experiment):
                    return _without_hidden(scores, p > 0)
    return None


def _without_hidden(scores: Scores, seen: Array) -> Scores:
    """Scores, with -inf where a mask hides them: there the probabilities are 0."""
    return lambda experiment: np.where(seen, scores(experiment), -np.inf)


def _visible(experiment: Experiment) -> dict[str, Array]:
    return {**experiment.named_inputs(experiment.inputs), **held_arrays(experiment.layer)}


def _product(a: str, b: str, scale: float) -> Scores:
    def scores(experiment: Experiment) -> Array:
        arrays = _visible(experiment)
        return np.asarray(scale * arrays[a] @ np.swapaxes(arrays[b], -1, -2))

    return scores


def _is_softmax(p: Array, scores: Scores, experiment: Experiment) -> bool:
    try:
        rest = np.where(p > 0, np.log(p) - scores(experiment), -np.inf)
    except ValueError:  # these two are not multiplied
        return False
    top = rest.max(axis=-1, keepdims=True)
    return rest.shape == p.shape and np.allclose(
        np.where(p > 0, rest, top), top, rtol=1e-9, atol=1e-9
    )
