"""Mistakes in the gradient of softmax and cross-entropy: dscores = (p - onehot) / N."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View

Formula = Callable[[Array, Array], Array]


def labels(case: Case) -> Iterator[Candidate]:
    """The labels are not subtracted, or at the wrong places; the softmax is taken twice."""
    if not all(_is_softmax_loss(view) for view in case.views):
        return
    formulas: list[tuple[str, Formula, str]] = [
        ("not-minus-one-hot", lambda p, hot: p, "equals p, from which nothing was subtracted"),
        ("softmax-missing", lambda p, hot: -hot, "is -1 at the right class and 0 elsewhere"),
        (
            "softmax-missing",
            lambda p, hot: -hot / p,
            "is -1 / p at the right class, 0 elsewhere",
        ),
        ("plus-one-hot", lambda p, hot: p + hot, "equals p plus the one-hot labels"),
        (
            "double-softmax",
            lambda p, hot: _softmax(p) - hot,
            "equals softmax(p) minus the one-hot labels",
        ),
        (
            "jacobian-diagonal-only",
            lambda p, hot: -hot * (1 - p),
            "is p - 1 at the right class and 0 elsewhere",
        ),
        ("one-hot-in-every-row", _in_every_row, "has 1 subtracted for each label in every row"),
    ]
    for mistake, formula, says in formulas:
        yield Candidate(mistake, _mean(formula), f"{says}, over N")
        yield Candidate(mistake, _sum(formula), says)
    yield Candidate("mean-of-one-part", _parts(1, 0), "equals p minus the one-hot labels over N")
    yield Candidate("mean-of-one-part", _parts(0, 1), "equals p over N minus the one-hot labels")


def _is_softmax_loss(view: View) -> bool:
    """Whether the numeric gradient is that of softmax and cross-entropy."""
    arrays = view.experiment.inputs
    if np.shape(view.experiment.y) or len(arrays) < 2 or view.tensor.array is not arrays[0]:
        return False
    scores, classes = arrays[:2]
    if scores.ndim != 2 or classes.dtype.kind not in "iu" or classes.shape != scores.shape[:1]:
        return False
    expected = _mean(lambda p, hot: p - hot)(view)
    return bool(np.allclose(expected, view.numeric, rtol=1e-4, atol=1e-7))


def _mean(formula: Formula) -> Callable[[View], Array]:
    """The formula, averaged over the examples or by their weights, times dout."""

    def predict(view: View) -> Array:
        weight = np.full(view.batch, 1 / view.batch)
        if len(view.experiment.inputs) > 2:
            weight = view.experiment.inputs[2] / view.experiment.inputs[2].sum()
        return view.at(weight[:, None] * formula(*_p_and_hot(view)) * view.dout[0])

    return predict


def _sum(formula: Formula) -> Callable[[View], Array]:
    return lambda view: view.at(formula(*_p_and_hot(view)) * view.dout[0])


def _parts(p_power: int, hot_power: int) -> Callable[[View], Array]:
    def predict(view: View) -> Array:
        p, hot = _p_and_hot(view)
        n = view.batch
        return view.at((p * n ** (p_power - 1.0) - hot * n ** (hot_power - 1.0)) * view.dout[0])

    return predict


def _p_and_hot(view: View) -> tuple[Array, Array]:
    scores, classes = view.experiment.inputs[:2]
    return _softmax(scores), np.eye(scores.shape[1])[classes]


def _softmax(scores: Array) -> Array:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p: Array = e / e.sum(axis=1, keepdims=True)
    return p


def _in_every_row(p: Array, hot: Array) -> Array:
    different: Array = p - (hot.sum(axis=0) > 0)
    return different
