"""Wrong fully connected layers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from layers import FullyConnected
from tests.layers.gradcheck.zoo.specimen import Specimen, mutant, tampered

SHAPES = [(5, 4, 3), (4, 4, 4), (1, 4, 3), (6, 3, 2), (2, 5, 5), (7, 2, 6)]  # N, D, M
DTYPES = ["float64", "float32"]


def of_one_tensor(tensor: str) -> dict[str, Any]:
    return {
        "wrong-sign": tampered(tensor, lambda layer, dout, g: -g),
        "zero-gradient": tampered(tensor, lambda layer, dout, g: 0 * g),
        "constant-factor": tampered(tensor, lambda layer, dout, g: 1.25 * g),
        "missing-batch-mean": tampered(tensor, lambda layer, dout, g: g * len(dout)),
        "averaged-twice": tampered(tensor, lambda layer, dout, g: g / len(dout)),
        "reordered": tampered(tensor, lambda layer, dout, g: g[::-1]),
        "not-finite": tampered(tensor, lambda layer, dout, g: g * np.nan),
    }


OF_X = {
    **of_one_tensor("x"),
    "transposed": tampered("x", lambda layer, dout, g: g.T),
    "weight-not-transposed": tampered("x", lambda layer, dout, g: dout @ layer.params["W"]),
}
OF_W = {
    **of_one_tensor("W"),
    "transposed": tampered("W", lambda layer, dout, g: g.T),
    "reshaped": tampered("W", lambda layer, dout, g: g.T.reshape(g.shape)),
    "regularizer-factor": tampered("W", lambda layer, dout, g: g + 0.1 * layer.params["W"]),
    "examples-missing": tampered("W", lambda layer, dout, g: layer._x[:1].T @ dout[:1]),
    "examples-missing ": tampered("W", lambda layer, dout, g: layer._x[:-1].T @ dout[:-1]),
    "ignores-dout": tampered("W", lambda layer, dout, g: layer._x.T @ np.ones_like(dout)),
}
OF_B = {
    **{name: change for name, change in of_one_tensor("b").items() if name != "averaged-twice"},
    "bias-averaged": tampered("b", lambda layer, dout, g: dout.mean(axis=0)),
    "bias-not-summed": tampered("b", lambda layer, dout, g: dout[0].copy()),
    "bias-not-summed ": tampered("b", lambda layer, dout, g: dout[-1].copy()),
    "bias-not-summed  ": tampered("b", lambda layer, dout, g: dout.copy()),
    "bias-summed-over-all": tampered("b", lambda layer, dout, g: np.full_like(g, dout.sum())),
    "bias-summed-over-all ": tampered("b", lambda layer, dout, g: dout.sum()),
    "bias-summed-over-units": tampered("b", lambda layer, dout, g: dout.sum(axis=1)),
    "extra-axis": tampered("b", lambda layer, dout, g: dout.sum(axis=0, keepdims=True)),
    "regularizer-on-bias": tampered("b", lambda layer, dout, g: g + 0.1 * layer.params["b"]),
    "ignores-dout": tampered("b", lambda layer, dout, g: np.ones_like(g)),
}


def keeps_the_first_input(base: type) -> type:
    class KeepsFirst(base):
        def forward(self, x: Any) -> Any:
            y = super().forward(x)
            self.first = getattr(self, "first", self._x)
            self._x = self.first
            return y

    return KeepsFirst


def keeps_the_input_before(base: type) -> type:
    class KeepsBefore(base):
        def forward(self, x: Any) -> Any:
            y = super().forward(x)
            self.before, self._x = self._x, getattr(self, "before", self._x)
            return y

    return KeepsBefore


def updates_first(base: type) -> type:
    class UpdatesFirst(base):
        def backward(self, dout: Any) -> Any:
            _, grads = super().backward(dout)
            self.params["W"] -= 0.1 * grads["W"]
            return dout @ self.params["W"].T, grads

    return UpdatesFirst


def adds_up(base: type) -> type:
    class AddsUp(base):
        total: Any = 0

        def backward(self, dout: Any) -> Any:
            dx, grads = super().backward(dout)
            self.total = self.total + grads["W"]
            return dx, {**grads, "W": self.total}

    return AddsUp


def reuses_memory(base: type) -> type:
    class ReusesMemory(base):
        memory: Any = None

        def backward(self, dout: Any) -> Any:
            dx, grads = super().backward(dout)
            if self.memory is None:
                self.memory = np.empty_like(grads["W"])
            self.memory[...] = grads["W"]
            return dx, {**grads, "W": self.memory}

    return ReusesMemory


def used_twice(base: type) -> type:
    """x W W, of which only the second use is counted; W is square."""

    class UsedTwice(base):
        def forward(self, x: Any) -> Any:
            return super().forward(super().forward(x))

        def backward(self, dout: Any) -> Any:
            dh, grads = super().backward(dout)
            return dh @ self.params["W"].T, {**grads, "b": grads["b"] + dh.sum(axis=0)}

    return UsedTwice


def writes(what: str) -> Any:
    def change(layer: Any, dout: Any, right: Any) -> Any:
        returned = right(dout)
        if what == "dout":
            dout *= 2
        elif what == "input":
            layer._x *= 2
        else:
            layer.params["W"] -= 0.1
        return returned

    return lambda base: mutant(base, change)


def returns(what: str) -> Any:
    def change(layer: Any, dout: Any, right: Any) -> Any:
        dx, grads = right(dout)
        return {
            "dx": dx,
            "tuple": (dx, grads["W"], grads["b"]),
            "list": (dx, list(grads.values())),
            "names": (dx, {"dW": grads["W"], "db": grads["b"]}),
            "one less": (dx, {"W": grads["W"]}),
            "one more": (dx, {**grads, "c": grads["b"]}),
        }[what]

    return lambda base: mutant(base, change)


WHOLE = [
    ("stale-cache", "W", keeps_the_first_input),
    ("stale-cache", "W", keeps_the_input_before),
    ("updated-before-dx", "x", updates_first),
    ("accumulates", "W", adds_up),
    ("overwrites", "W", reuses_memory),
    ("share-missing", "W", used_twice),
    ("mutates-input", "dout", writes("dout")),
    ("mutates-input", "input 0", writes("input")),
    ("mutates-input", "the parameter W", writes("parameter")),
    ("wrong-return", "", returns("dx")),
    ("wrong-return", "", returns("tuple")),
    ("wrong-return", "", returns("list")),
    ("wrong-keys", "", returns("names")),
    ("wrong-keys", "", returns("one less")),
    ("wrong-keys", "", returns("one more")),
]


def fits(mistake: str, n: int, d: int, m: int) -> bool:
    """Whether a mistake can be made in this shape, and is another one than those before."""
    return {
        "weight-not-transposed": d == m,
        "share-missing": d == m,
        "bias-summed-over-units": n == m,
        "reshaped": d != m,  # in a square, the same as transposed
    }.get(mistake, True)


def specimens() -> Iterator[Specimen]:
    for seed, ((n, d, m), dtype) in enumerate(product(SHAPES, DTYPES)):
        x = np.random.default_rng(seed).normal(size=(n, d))
        variant = f"N={n} D={d} M={m} {dtype}"

        def make(kind: Any, d: int = d, m: int = m, dtype: str = dtype, seed: int = seed) -> Any:
            layer = kind(d, m, dtype=dtype, rng=seed)
            layer.params["b"] = np.random.default_rng(seed + 1).normal(size=m).astype(dtype)
            return layer

        right = partial(make, FullyConnected)
        kinds: list[Any] = [
            (mistake.strip(), tensor, mutant(FullyConnected, change), right)
            for tensor, changes in (("x", OF_X), ("W", OF_W), ("b", OF_B))
            for mistake, change in changes.items()
        ]
        kinds += [
            (mistake, tensor, change(FullyConnected), None) for mistake, tensor, change in WHOLE
        ]
        for mistake, tensor, kind, without in kinds:
            if not fits(mistake, n, d, m):
                continue
            yield Specimen(
                "FullyConnected",
                mistake,
                tensor,
                variant,
                partial(make, kind),
                (x,),
                without,
            )
