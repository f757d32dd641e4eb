"""Wrong losses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from layers import MSE, BinaryCE, Hinge, SigmoidCE, SoftmaxCE
from tests.layers.gradcheck.zoo.specimen import Change, Specimen, mutant

SHAPES = [(5, 4), (4, 4), (1, 3), (6, 2), (2, 2), (7, 3)]


def on_x(change: Callable[[Any, Any, Any], Any]) -> Change:
    """dx from the layer, dout and the right gradient."""
    return lambda layer, dout, right: (change(layer, dout, right(dout)[0]), {})


COMMON = {
    "missing-batch-mean": on_x(lambda layer, dout, g: g * len(g)),
    "averaged-twice": on_x(lambda layer, dout, g: g / len(g)),
    "divided-by-classes": on_x(lambda layer, dout, g: g / g.shape[-1]),
    "wrong-sign": on_x(lambda layer, dout, g: -g),
    "zero-gradient": on_x(lambda layer, dout, g: 0 * g),
    "constant-factor": on_x(lambda layer, dout, g: 1.25 * g),
    "ignores-dout": lambda layer, dout, right: right(1.0),
    "reordered": on_x(lambda layer, dout, g: g[::-1]),
}


def softmax(x: Any) -> Any:
    e = np.exp(x)
    return e / e.sum(axis=1, keepdims=True)


def of_scores(formula: Callable[[Any, Any, Any], Any]) -> Change:
    """dscores from p, the one-hot labels and N."""

    def change(layer: Any, dout: Any, right: Any) -> Any:
        p = layer._e / layer._total[:, None]
        n, classes = p.shape
        hot = np.eye(classes)[layer._right % classes]
        return dout * formula(p, hot, n), {}

    return change


OF_SOFTMAX = {
    "not-minus-one-hot": of_scores(lambda p, hot, n: p / n),
    "plus-one-hot": of_scores(lambda p, hot, n: (p + hot) / n),
    "softmax-missing": of_scores(lambda p, hot, n: -hot / n),
    "double-softmax": of_scores(lambda p, hot, n: (softmax(p) - hot) / n),
    "one-hot-in-every-row": of_scores(lambda p, hot, n: (p - (hot.sum(axis=0) > 0)) / n),
    "mean-of-one-part": of_scores(lambda p, hot, n: p - hot / n),
    "mean-of-one-part ": of_scores(lambda p, hot, n: p / n - hot),
    "jacobian-diagonal-only": of_scores(lambda p, hot, n: -hot * (1 - p) / n),
}
OF_MSE = {
    "not-divided-by-classes": on_x(lambda layer, dout, g: g * g.shape[-1]),
    "factor-two-missing": on_x(lambda layer, dout, g: g / 2),
    "factor-two-too-many": on_x(lambda layer, dout, g: g * 2),
    "target-missing": on_x(lambda layer, dout, g: 2 * dout * layer.y / g.size),
    "missing-batch-mean ": on_x(lambda layer, dout, g: g * g.size),
}


class RememberingMSE(MSE):
    def forward(self, y: Any, t: Any, sample_weight: Any = None) -> Any:
        self.y = np.array(y)
        return super().forward(y, t, sample_weight)


def unweighted(layer: Any, dout: Any, right: Any) -> Any:
    layer._weight = 1 / len(layer._e)
    return right(dout)


class Broadcasting:
    """(N, 1) minus (N,) is (N, N); the gradient is right for what forward computes."""

    params: dict[str, Any] = {}  # noqa: RUF012

    def forward(self, y: Any, t: Any) -> float:
        self.difference = y - t
        return float((self.difference**2).mean())

    def backward(self, dout: float = 1.0) -> Any:
        d = 2 * dout * self.difference / self.difference.size
        return d.sum(axis=1, keepdims=True), {}


class BroadcastingUnsummed(Broadcasting):
    def backward(self, dout: float = 1.0) -> Any:
        return 2 * dout * self.difference / self.difference.size, {}


class LogOfZero:
    """Right where p does not underflow."""

    params: dict[str, Any] = {}  # noqa: RUF012

    def forward(self, scores: Any, labels: Any) -> float:
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.p, self.labels = e / e.sum(axis=1, keepdims=True), labels
        return float(-np.log(self.p[np.arange(len(labels)), labels]).mean())

    def backward(self, dout: float = 1.0) -> Any:
        return dout * (self.p - np.eye(self.p.shape[1])[self.labels]) / len(self.p), {}


class ExpOverflows(LogOfZero):
    def forward(self, scores: Any, labels: Any) -> float:
        e = np.exp(scores)
        self.p, self.labels = e / e.sum(axis=1, keepdims=True), labels
        return float(-np.log(self.p[np.arange(len(labels)), labels]).mean())


OF_SIGMOID = {
    "target-missing": on_x(lambda layer, dout, g: dout / (1 + np.exp(-layer.s)) / g.size),
    "not-divided-by-classes": on_x(lambda layer, dout, g: g * g.shape[-1]),
    "missing-batch-mean ": on_x(lambda layer, dout, g: g * g.size),
}


class RememberingSigmoidCE(SigmoidCE):
    def forward(self, scores: Any, t: Any, sample_weight: Any = None) -> Any:
        self.s = np.array(scores)
        return super().forward(scores, t, sample_weight)


def fits(mistake: str, n: int) -> bool:
    """Whether a mistake is another one than those before.

    A single row of C scores and C targets may as well be a batch of C examples in columns, and
    then C is the batch size.
    """
    return n > 1 or mistake not in ("not-divided-by-classes", "divided-by-classes")


def others(n: int, c: int, seed: int) -> Iterator[Specimen]:
    """The losses for two classes, and the hinge."""
    rng = np.random.default_rng(seed)
    scores, labels = rng.normal(size=(n, c)), rng.integers(c, size=n)
    p, targets = rng.uniform(0.1, 0.9, (n, c)), rng.uniform(size=(n, c))
    variant = f"N={n} C={c}"
    tables: list[tuple[type, type, Any, dict[str, Change]]] = [
        (SigmoidCE, RememberingSigmoidCE, (scores, targets), {**COMMON, **OF_SIGMOID}),
        (BinaryCE, BinaryCE, (p, targets), COMMON),
        (Hinge, Hinge, (scores, labels), COMMON),
    ]
    for right, base, inputs, changes in tables:
        for mistake, change in changes.items():
            if right is not Hinge and not fits(mistake, n):
                continue
            kind = mutant(base, change)
            yield Specimen(right.__name__, mistake.strip(), "x", variant, kind, inputs, right)


def specimens() -> Iterator[Specimen]:
    for seed, (n, c) in enumerate(SHAPES):
        rng = np.random.default_rng(seed)
        scores, labels, targets = (
            rng.normal(size=(n, c)),
            rng.integers(c, size=n),
            rng.normal(size=(n, c)),
        )
        weights = rng.uniform(0.5, 2, n)
        variant = f"N={n} C={c}"
        for mistake, change in {**COMMON, **OF_SOFTMAX}.items():
            kind = mutant(SoftmaxCE, change)
            yield Specimen(
                "SoftmaxCE", mistake.strip(), "x", variant, kind, (scores, labels), SoftmaxCE
            )
        for mistake, change in {**COMMON, **OF_MSE}.items():
            if not fits(mistake, n):
                continue
            kind = mutant(RememberingMSE, change)
            yield Specimen("MSE", mistake.strip(), "x", variant, kind, (scores, targets), MSE)
        yield from others(n, c, seed)
        kind = mutant(SoftmaxCE, unweighted)
        inputs = scores, labels, weights
        yield Specimen("SoftmaxCE", "weights-ignored", "x", variant, kind, inputs, SoftmaxCE)
        for kind in (LogOfZero, ExpOverflows):
            yield Specimen("SoftmaxCE", "overflow", "", variant, kind, (scores, labels))
        if n > 1:
            inputs = scores[:, :1], targets[:, 0]
            yield Specimen("MSE", "broadcast", "input 1", variant, Broadcasting, inputs)
            yield Specimen("MSE", "broadcast", "x", variant, BroadcastingUnsummed, inputs)
