"""Wrong losses of scores and one-hot targets, floating or integer, in three styles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from tests.layers.gradcheck.zoo.specimen import Specimen

Formula = Callable[[Any, Any, Any], Any]

FORMULAS: dict[str, Formula] = {
    "not-minus-one-hot": lambda p, hot, n: p / n,
    "plus-one-hot": lambda p, hot, n: (p + hot) / n,
    "softmax-missing": lambda p, hot, n: -hot / n,
    "softmax-missing ": lambda p, hot, n: -hot / p / n,
    "double-softmax": lambda p, hot, n: (softmax(p) - hot) / n,
    "mean-of-one-part": lambda p, hot, n: p - hot / n,
    "mean-of-one-part ": lambda p, hot, n: p / n - hot,
    "jacobian-diagonal-only": lambda p, hot, n: -hot * (1 - p) / n,
    "missing-batch-mean": lambda p, hot, n: p - hot,
    "averaged-twice": lambda p, hot, n: (p - hot) / n**2,
    "divided-by-classes": lambda p, hot, n: (p - hot) / n / p.shape[1],
    "wrong-sign": lambda p, hot, n: (hot - p) / n,
    "one-hot-in-every-row": lambda p, hot, n: (p - (hot.sum(axis=0) > 0)) / n,
}


def right(p: Any, hot: Any, n: int) -> Any:
    return (p - hot) / n


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Attributes:
    """Keeps p and the targets as attributes."""

    params: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, formula: Formula) -> None:
        self.formula = formula

    def forward(self, scores: Any, hot: Any) -> float:
        self.p, self.hot = softmax(scores), hot
        return float(-(hot * np.log(self.p)).sum() / len(hot))

    def backward(self, dout: float = 1.0) -> Any:
        return dout * self.formula(self.p, self.hot, len(self.p)), {}


class Cached(Attributes):
    """Takes the logarithm first, and keeps what it needs in a tuple."""

    def forward(self, scores: Any, hot: Any) -> float:
        shifted = scores - scores.max(axis=-1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        self.cache = logs, hot
        return float(np.mean(-(logs * hot).sum(axis=-1)))

    def backward(self, dout: float = 1.0) -> Any:
        logs, hot = self.cache
        return dout * self.formula(np.exp(logs), hot, hot.shape[0]), {}


class Columns(Attributes):
    """The batch along the second axis."""

    def forward(self, scores: Any, hot: Any) -> float:
        return super().forward(scores.T, hot.T)

    def backward(self, dout: float = 1.0) -> Any:
        return super().backward(dout)[0].T, {}


STYLES = (Attributes, Cached, Columns)


def inputs(kind: type, n: int, c: int, dtype: Any) -> tuple[Any, Any]:
    rng = np.random.default_rng(n)
    scores, hot = rng.normal(size=(n, c)), np.eye(c, dtype=dtype)[rng.integers(c, size=n)]
    return (scores.T, hot.T) if kind is Columns else (scores, hot)


def specimens() -> Iterator[Specimen]:
    cases = product(STYLES, [(5, 4), (4, 4), (7, 3)], [float, int])
    for (kind, (n, c), dtype), (mistake, formula) in product(cases, FORMULAS.items()):
        variant = f"N={n} C={c} {dtype.__name__}"
        made, without = partial(kind, formula), partial(kind, right)
        given = inputs(kind, n, c, dtype)
        yield Specimen(
            f"one-hot {kind.__name__}", mistake.strip(), "x", variant, made, given, without
        )


def right_ones(rng: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    n, c = (int(size) for size in rng.integers(2, 7, 2))
    for kind, dtype in product(STYLES, (float, int)):
        yield kind(right), inputs(kind, n, c, dtype)
