"""Mistakes of losses: softmax and cross-entropy, dscores = (p - onehot) / N, and other inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.measurement import batch_size

Formula = Callable[[Array, Array], Array]

FORMULAS: list[tuple[str, Formula, str]] = [
    ("not-minus-one-hot", lambda p, hot: p, "equals p, from which nothing was subtracted"),
    ("softmax-missing", lambda p, hot: -hot, "is -1 at the correct class and 0 elsewhere"),
    ("softmax-missing", lambda p, hot: -hot / p, "is -1 / p at the correct class, 0 elsewhere"),
    ("plus-one-hot", lambda p, hot: p + hot, "equals p plus the one-hot labels"),
    (
        "double-softmax",
        lambda p, hot: _softmax(p) - hot,
        "equals softmax(p) minus the one-hot labels",
    ),
    (
        "jacobian-diagonal-only",
        lambda p, hot: -hot * (1 - p),
        "is p - 1 at the correct class and 0 elsewhere",
    ),
    (
        "one-hot-in-every-row",
        lambda p, hot: p - (hot.sum(axis=0) > 0),
        "has 1 subtracted for each label in every row",
    ),
]


def labels(case: Case) -> Iterator[Candidate]:
    """The labels are not subtracted, or at the wrong places; the softmax is taken twice."""
    if not all(_is_softmax_loss(view) for view in case.views):
        return
    for mistake, formula, claim in FORMULAS:
        yield Candidate(mistake, _mean(formula), f"{claim}, over N")
        yield Candidate(mistake, _gradient(formula), claim)
    for p_over, hot_over, claim in (
        (False, True, "equals p minus the one-hot labels over N"),
        (True, False, "equals p over N minus the one-hot labels"),
    ):
        yield Candidate("mean-of-one-part", _over_n(p_over, hot_over), claim)


def _is_softmax_loss(view: View) -> bool:
    """Whether the numeric gradient is that of softmax and cross-entropy."""
    arrays = view.experiment.inputs
    if view.output_shape or len(arrays) < 2 or view.tensor.array is not arrays[0]:
        return False
    scores, classes = arrays[:2]
    if scores.ndim != 2 or classes.dtype.kind not in "iu" or classes.shape != scores.shape[:1]:
        return False
    expected = _mean(lambda p, hot: p - hot)(view)
    return bool(np.allclose(expected, view.numeric, rtol=1e-4, atol=1e-7))


def _mean(formula: Formula) -> Callable[[View], Array]:
    """The formula, averaged over the examples or by their weights, times dout."""

    def predict(view: View) -> Array:
        weight = np.ones(batch_size(view.experiment))
        if len(view.experiment.inputs) > 2:
            weight = view.experiment.inputs[2]
        share = (weight / weight.sum())[:, None]
        return _gradient(lambda p, hot: share * formula(p, hot))(view)

    return predict


def _gradient(formula: Formula) -> Callable[[View], Array]:
    def predict(view: View) -> Array:
        scores, classes = view.experiment.inputs[:2]
        hot = np.eye(scores.shape[1])[classes]
        return view.at(formula(_softmax(scores), hot) * view.dout[0])

    return predict


def _over_n(p_over: bool, hot_over: bool) -> Callable[[View], Array]:
    def predict(view: View) -> Array:
        n = batch_size(view.experiment)
        p_by, hot_by = (n if over else 1 for over in (p_over, hot_over))
        return _gradient(lambda p, hot: p / p_by - hot / hot_by)(view)

    return predict


def _softmax(scores: Array) -> Array:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def other_inputs(case: Case) -> Iterator[Candidate]:
    """A target, weights or a factor is left out, or the gradient is that of another tensor."""
    view = case.first
    for position, array in enumerate(view.experiment.inputs):
        if array is view.tensor.array or array.dtype.kind != "f":
            continue
        claim = f"fits where input {position} is 0"
        yield Candidate("target-missing", _with(position, np.zeros_like), claim)
        claim = f"fits where input {position} is 1 everywhere"
        mistake = "derivative-missing" if view.is_parameter else "weights-ignored"
        yield Candidate(mistake, _with(position, np.ones_like), claim)
    for name in view.measurement.tensors:
        if name != case.name:
            claim = f"equals the numeric gradient of {name}"
            yield Candidate("gradient-of-another", _gradient_of(name), claim)


def _with(position: int, fill: Callable[[Array], Array]) -> Callable[[View], Array | None]:
    """The gradient of the same layer with one input replaced."""

    def predict(view: View) -> Array | None:
        found = view.slopes_at({position: fill(view.experiment.inputs[position])})
        return found.numeric if found else None

    return predict


def _gradient_of(name: str) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        other = view.measurement.tensors.get(name)
        if other is None or other.array.shape != view.shape:
            return None
        return view.measurement.numeric_at(name, view.places)

    return predict
