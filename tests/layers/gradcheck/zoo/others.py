"""Wrong dropout, gates of several inputs, embedding, softmax, batch normalisation, flatten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from layers import Concat, Copy, Dropout, Embedding, Flatten, Mean
from tests.layers.gradcheck.zoo.specimen import Specimen, mutant, tampered
from tests.layers.gradcheck.zoo.students import Add, BatchNorm, Max, Multiply, Softmax

SHAPES = [(5, 4), (4, 4), (2, 3), (6, 2)]


def on_x(change: Callable[[Any, Any, Any], Any]) -> Any:
    return lambda layer, dout, right: (change(layer, dout, right(dout)[0]), {})


def redrawn(layer: Any, dout: Any, right: Any) -> Any:
    kept = layer._rng.random(dout.shape) >= layer.p
    return dout * kept / (1 - layer.p), {}


OF_DROPOUT = {
    "dropout-not-scaled": on_x(lambda layer, dout, g: dout * (layer._mask > 0)),
    "dropout-scaled-twice": on_x(lambda layer, dout, g: g / (1 - layer.p)),
    "mask-missing": on_x(lambda layer, dout, g: dout / (1 - layer.p)),
    "mask-missing ": on_x(lambda layer, dout, g: dout * 1.0),
    "mask-inverted": on_x(lambda layer, dout, g: dout * (layer._mask == 0) / (1 - layer.p)),
    "another-mask": on_x(lambda layer, dout, g: dout * layer._mask[::-1]),
    "another-mask ": redrawn,
    "wrong-sign": on_x(lambda layer, dout, g: -g),
    "ignores-dout": on_x(lambda layer, dout, g: layer._mask),
}


class RandomInference(Dropout):
    def predict(self, x: Any) -> Any:
        return self.forward(x)


class Unscaled(Dropout):
    """No form for inference, and float64 whatever comes in."""

    def forward(self, x: Any) -> Any:
        self._mask = (self._rng.random(np.shape(x)) >= self.p) / (1 - self.p)
        return x * self._mask


def dropouts() -> Iterator[Specimen]:
    for seed, (n, d) in enumerate([(5, 4), (8, 8), (7, 3), (20, 2)]):
        x = np.random.default_rng(seed).normal(size=(n, d))
        for p in (0.5, 0.3):
            variant = f"N={n} D={d} p={p}"

            def made(kind: Any, p: float = p, seed: int = seed) -> Any:
                return lambda: kind(p, rng=seed)

            for mistake, change in OF_DROPOUT.items():
                kind = mutant(Dropout, change)
                right = None if change is redrawn else made(Dropout)
                yield Specimen("Dropout", mistake.strip(), "x", variant, made(kind), (x,), right)
            yield Specimen("Dropout", "random-inference", "", variant, made(RandomInference), (x,))
            yield Specimen("Dropout", "float32-lost", "", variant, made(Unscaled), (x,))


def pair(first: Any, second: Any) -> Any:
    return lambda layer, dout, right: ((first(layer, dout), second(layer, dout)), {})


class TwoCopies(Copy):
    def __init__(self) -> None:
        super().__init__(2)


GATES: list[tuple[str, str, type, Any]] = [
    ("wrong-sign", "x1", Add, pair(lambda g, d: d * 1.0, lambda g, d: -d)),
    ("zero-gradient", "x1", Add, pair(lambda g, d: d * 1.0, lambda g, d: 0 * d)),
    ("missing-gradient", "", Add, lambda layer, dout, right: (dout * 1.0, {})),
    ("gradient-of-another", "x0", Multiply, pair(lambda g, d: d * g.a, lambda g, d: d * g.a)),
    ("gradient-of-another", "x1", Multiply, pair(lambda g, d: d * g.b, lambda g, d: d * g.b)),
    ("derivative-missing", "x0", Multiply, pair(lambda g, d: d * 1.0, lambda g, d: d * g.a)),
    ("mask-missing", "x0", Max, pair(lambda g, d: d * 1.0, lambda g, d: d * (g.a <= g.b))),
    ("mask-inverted", "x0", Max, pair(lambda g, d: d * (g.a < g.b), lambda g, d: d * (g.a <= g.b))),
    (
        "constant-factor",
        "x1",
        Max,
        pair(lambda g, d: d * (g.a > g.b), lambda g, d: 3 * d * (g.a <= g.b)),
    ),
    ("output-forgotten", "x", TwoCopies, lambda layer, dout, right: (dout[0] * 1.0, {})),
    ("output-forgotten", "x", TwoCopies, lambda layer, dout, right: (dout[1] * 1.0, {})),
    ("wrong-sign", "x", TwoCopies, lambda layer, dout, right: (-dout[0] - dout[1], {})),
]


def gates() -> Iterator[Specimen]:
    for seed, shape in enumerate(SHAPES):
        a, b = np.random.default_rng(seed).normal(size=(2, *shape))
        for mistake, tensor, base, change in GATES:
            inputs = (a,) if base is TwoCopies else (a, b)
            variant = "x".join(map(str, shape))
            yield Specimen(base.__name__, mistake, tensor, variant, mutant(base, change), inputs)


def overwriting(layer: Any, dout: Any, right: Any) -> Any:
    dW = np.zeros_like(layer.params["W"])
    dW[layer._ids] = dout
    return None, {"W": dW}


def embeddings() -> Iterator[Specimen]:
    changes = {
        "duplicates-overwritten": overwriting,
        "averaged-twice": tampered("W", lambda layer, dout, g: g / len(dout)),
        "wrong-sign": tampered("W", lambda layer, dout, g: -g),
    }
    for seed, shape in enumerate([(5, 4), (4, 4), (9,)]):
        tokens = np.random.default_rng(seed).integers(6, size=shape)
        for mistake, change in changes.items():
            kind = mutant(Embedding, change)
            make, right = (partial(kind, 6, 3, rng=seed) for kind in (kind, Embedding))
            yield Specimen("Embedding", mistake, "W", str(shape), make, (tokens,), right)


class NaiveSoftmax(Softmax):
    def forward(self, x: Any) -> Any:
        e = np.exp(x)
        self.out = e / e.sum(axis=-1, keepdims=True)
        return self.out


class TrainingStatistics(BatchNorm):
    def predict(self, x: Any) -> Any:
        return self.forward(x)


def rows() -> Iterator[Specimen]:
    """Layers that look at whole rows or columns."""
    softmax = {
        "derivative-missing": on_x(lambda layer, dout, g: dout * 1.0),
        "jacobian-diagonal-only": on_x(lambda layer, dout, g: dout * layer.out * (1 - layer.out)),
        "wrong-sign": on_x(lambda layer, dout, g: -g),
    }
    norm = {
        ("gamma", "averaged-twice"): tampered("gamma", lambda layer, dout, g: g / len(dout)),
        ("gamma", "wrong-sign"): tampered("gamma", lambda layer, dout, g: -g),
        ("beta", "bias-averaged"): tampered("beta", lambda layer, dout, g: g / len(dout)),
        ("beta", "bias-not-summed"): tampered("beta", lambda layer, dout, g: dout[0].copy()),
        ("x", "jacobian-diagonal-only"): tampered(
            "x",
            lambda layer, dout, g: (
                dout
                * layer.params["gamma"]
                / layer.spread
                * (1 - (1 + layer.normal**2) / len(dout))
            ),
        ),
        ("x", "constant-factor"): tampered("x", lambda layer, dout, g: 1.1 * g),
    }
    for seed, (n, d) in enumerate(SHAPES):
        x = np.random.default_rng(seed).normal(size=(n, d))
        variant = f"N={n} D={d}"
        for mistake, change in softmax.items():
            yield Specimen("Softmax", mistake, "x", variant, mutant(Softmax, change), (x,), Softmax)
        yield Specimen("Softmax", "overflow", "", variant, NaiveSoftmax, (x,))
        for (tensor, mistake), change in norm.items():
            kind = mutant(BatchNorm, change)
            yield Specimen(
                "BatchNorm",
                mistake,
                tensor,
                variant,
                partial(kind, d),
                (x,),
                partial(BatchNorm, d),
            )
        mistake = "batch-dependent-inference"
        yield Specimen("BatchNorm", mistake, "", variant, partial(TrainingStatistics, d), (x,))


def flattens() -> Iterator[Specimen]:
    changes = {
        "not-reshaped-back": on_x(lambda layer, dout, g: dout * 1.0),
        "reshaped": on_x(lambda layer, dout, g: dout.reshape(g.shape, order="F")),
        "wrong-sign": on_x(lambda layer, dout, g: -g),
    }
    for seed, shape in enumerate([(5, 2, 3), (2, 3, 4)]):
        x = np.random.default_rng(seed).normal(size=shape)
        for mistake, change in changes.items():
            yield Specimen(
                "Flatten", mistake, "x", str(shape), mutant(Flatten, change), (x,), Flatten
            )


def joins() -> Iterator[Specimen]:
    """Means, and inputs put side by side."""
    for seed, shape in enumerate([(4, 3, 5), (2, 2, 3)]):
        x, other = np.random.default_rng(seed).normal(size=(2, *shape))
        for mistake, change in {
            "wrong-sign": on_x(lambda layer, dout, g: -g),
            "constant-factor": on_x(lambda layer, dout, g: 1.25 * g),
            "zero-gradient": on_x(lambda layer, dout, g: 0 * g),
        }.items():
            yield Specimen("Mean", mistake, "x", str(shape), mutant(Mean, change), (x,), Mean)
        swapped = mutant(Concat, lambda layer, dout, right: (right(dout)[0][::-1], {}))
        yield Specimen("Concat", "gradient-of-another", "x0", str(shape), swapped, (x, other))


def specimens() -> Iterator[Specimen]:
    for kind in (joins, dropouts, gates, embeddings, rows, flattens):
        yield from kind()
