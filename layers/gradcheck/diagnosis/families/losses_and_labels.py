"""Mistakes of losses: softmax and cross-entropy, dscores = (p - onehot) / N, and other inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.measurement import sums_to_one

Formula = Callable[[Array, Array], Array]
Gradient = Callable[[Array, Array, Array], Array]

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


@dataclass(frozen=True)
class SoftmaxLoss:
    """A loss whose numeric gradient is that of softmax and cross-entropy.

    Attributes
    ----------
    p, hot : array (N, C)
        The softmax of the scores, and the targets: one-hot, or other distributions.
    share : array (N,)
        By what each example is weighed: 1 / N in a mean.
    """

    view: View
    p: Array
    hot: Array
    share: Array

    def at(self, gradient: Array) -> Array:
        """A gradient (N, C), times dout, at the entries compared."""
        view = self.view
        turned = gradient if view.measurement.batch_axis == 0 else gradient.T
        return np.asarray(view.at(turned) * view.dout[0])


def _softmax_loss(view: View) -> SoftmaxLoss | None:
    arrays = view.experiment.inputs
    if view.output_shape or len(arrays) < 2 or view.tensor.array is not arrays[0]:
        return None
    scores, targets = arrays[:2]
    if view.measurement.batch_axis == -1:
        scores, targets = scores.T, targets.T
    classes = scores.shape[-1] if scores.ndim > 1 else 0
    if classes and targets.shape == scores.shape and sums_to_one(targets, -1):
        hot = targets.reshape(-1, classes)
    elif classes and targets.size * classes == scores.size and targets.dtype.kind in "iu":
        hot = (targets.reshape(-1, 1) == np.arange(classes)).astype(float)
    else:
        return None
    loss = SoftmaxLoss(view, _softmax(scores.reshape(-1, classes)), hot, np.ones(len(hot)))
    return _with_shares(loss)


def _with_shares(loss: SoftmaxLoss) -> SoftmaxLoss | None:
    """The loss with the share of each example, as the numeric gradient shows it."""
    view, shape = loss.view, loss.p.shape
    example = np.repeat(np.arange(shape[0]), shape[1]).reshape(shape)
    if view.measurement.batch_axis == -1:
        example = example.T
    expected, of = loss.at(loss.p - loss.hot), view.at(example)
    sizes = np.bincount(of, expected**2, len(loss.p))
    share = np.bincount(of, expected * view.numeric, len(loss.p)) / np.maximum(sizes, 1e-300)
    fits = np.allclose(share[of] * expected, view.numeric, rtol=1e-4, atol=1e-7)
    return replace(loss, share=share) if fits and share.any() else None


def labels(case: Case) -> Iterator[Candidate]:
    """The labels are not subtracted, or at the wrong places; the softmax is taken twice."""
    losses = {id(view): _softmax_loss(view) for view in case.views}
    first = losses[id(case.first)]
    if first is None or not all(losses.values()):
        return

    def candidate(mistake: str, gradient: Gradient, claim: str) -> Candidate:
        return Candidate(mistake, lambda view: _at(losses[id(view)], gradient), claim)

    is_mean = np.allclose(first.share, 1 / len(first.p))
    each = "over N" if is_mean else "times the weight of the example"
    for mistake, formula, claim in FORMULAS:
        yield candidate(mistake, _weighed(formula), f"{claim}, {each}")
        if not np.allclose(first.share, 1):
            yield candidate(mistake, _plain(formula), claim)
    yield candidate(
        "mean-of-one-part",
        lambda p, hot, share: p - share * hot,
        f"equals p minus the one-hot labels {each}",
    )
    yield candidate(
        "mean-of-one-part",
        lambda p, hot, share: share * p - hot,
        f"equals p {each} minus the one-hot labels",
    )


def _at(loss: SoftmaxLoss | None, gradient: Gradient) -> Array:
    assert loss
    return loss.at(gradient(loss.p, loss.hot, loss.share[:, None]))


def _weighed(formula: Formula) -> Gradient:
    return lambda p, hot, share: share * formula(p, hot)


def _plain(formula: Formula) -> Gradient:
    return lambda p, hot, share: formula(p, hot)


def _softmax(scores: Array) -> Array:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def logarithms(case: Case) -> Iterator[Candidate]:
    """The epsilon of log(p + epsilon) is left out of the derivative, or a sign."""
    first = case.first
    if not first.output_shape:
        claim = "has the correct size, with one sign everywhere,"
        yield Candidate("sign-missing", lambda v: np.abs(v.numeric) * np.sign(v.dout[0]), claim)
    for q, what in PROBABILITIES.items():
        with np.errstate(all="ignore"):
            p = q(first)
            if p is None:
                continue
            found = (first.analytic / first.numeric - 1) * p
            epsilon = float(np.median(found[np.isfinite(found)])) if np.isfinite(found).any() else 0
        if 0 < epsilon < 0.1:
            claim = f"is the gradient with log(p) where forward has log(p + {epsilon:.3g}),"
            because = f"p is {what}"
            yield Candidate("epsilon-missing", _without(epsilon, q), claim, because)


def _without(epsilon: float, q: Callable[[View], Array | None]) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        p = q(view)
        return None if p is None else np.asarray(view.numeric * (1 + epsilon / p))

    return predict


def _of_targets(view: View) -> Array | None:
    """For two classes, the probability of the one that is the target."""
    if view.output_shape or len(view.experiment.inputs) < 2:
        return None
    targets = view.experiment.inputs[1]
    return (
        np.where(view.at(targets) > 0.5, view.values, 1 - view.values)
        if targets.shape == view.shape
        else None
    )


def _of_softmax(view: View) -> Array | None:
    """The softmax at the correct class of each row."""
    if (loss := _softmax_loss(view)) is None:
        return None
    correct = (loss.p * loss.hot).sum(axis=1, keepdims=True)
    return np.asarray(loss.at(np.broadcast_to(correct, loss.p.shape)) / view.dout[0])


PROBABILITIES: dict[Callable[[View], Array | None], str] = {
    lambda view: view.values: "the input",
    _of_targets: "the input for targets of 1, and 1 less the input for those of 0",
    _of_softmax: "the softmax at the correct class",
}


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
