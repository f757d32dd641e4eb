"""Wrong activations, and wrong functions of one variable among the gates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers import (
    ELU,
    GELU,
    Exp,
    HardTanh,
    LeakyReLU,
    Log,
    Reciprocal,
    ReLU,
    Sigmoid,
    Sin,
    Softplus,
    Tanh,
)
from tests.layers.gradcheck.zoo.specimen import Change, Specimen, mutant
from tests.layers.gradcheck.zoo.students import Square

SHAPES = [(5, 4), (4, 4), (1, 3), (6, 2), (2, 3, 2), (7,)]


@dataclass(frozen=True)
class Activation:
    """A function of each entry: of straight pieces, or smooth.

    `formula` is the derivative, written in y where `in_y`, in x where not; None where there is no
    short one, and the two cannot be mixed up. `positive` is true where x must be.
    """

    kind: type
    formula: Callable[[Any], Any] | None = None
    in_y: bool = True
    pieces: bool = False
    positive: bool = False


ACTIVATIONS = [
    Activation(ReLU, pieces=True),
    Activation(LeakyReLU, pieces=True),
    Activation(HardTanh, pieces=True),
    Activation(Sigmoid, lambda z: z * (1 - z)),
    Activation(Tanh, lambda z: 1 - z**2),
    Activation(Exp, lambda z: z),
    Activation(Softplus, lambda z: 1 - np.exp(-z)),
    Activation(Sin, np.cos, in_y=False),
    Activation(ELU),
    Activation(GELU),
    Activation(Log, lambda z: 1 / z, in_y=False, positive=True),
    Activation(Reciprocal, lambda z: -(z**2), positive=True),
    Activation(Square, lambda z: 2 * z, in_y=False),
]


def slope(layer: Any, like: Any) -> Any:
    """f'(x), from the right backward."""
    return kind_of(layer).backward(layer, np.ones_like(like))[0]


def kind_of(layer: Any) -> Any:
    """The right class that a wrong layer derives from."""
    return type(layer).__mro__[1]


def slope_at(layer: Any, x: Any) -> Any:
    """f' at another point."""
    right = kind_of(layer)()
    right.forward(x)
    return right.backward(np.ones_like(x))[0]


def both_slopes(layer: Any) -> Any:
    """The sum of the least and the greatest slope, also where all of x is on one piece."""
    slopes = slope_at(layer, np.linspace(-3, 3, 10))
    return slopes.min() + slopes.max()


def on_x(change: Callable[[Any, Any, Any], Any]) -> Change:
    """dx from the layer, dout and the slope at x."""
    return lambda layer, dout, right: (change(layer, dout, slope(layer, dout)), right(dout)[1])


COMMON = {
    "wrong-sign": on_x(lambda layer, dout, s: -dout * s),
    "zero-gradient": on_x(lambda layer, dout, s: 0 * dout * s),
    "constant-factor": on_x(lambda layer, dout, s: 1.25 * dout * s),
    "ignores-dout": on_x(lambda layer, dout, s: s),
    "averaged-twice": on_x(lambda layer, dout, s: dout * s / len(dout)),
    "not-finite": on_x(lambda layer, dout, s: dout * s * np.nan),
    "reordered": on_x(lambda layer, dout, s: (dout * s)[::-1]),
}
SMOOTH = {
    "derivative-missing": on_x(lambda layer, dout, s: dout * 1.0),
    "derivative-twice": on_x(lambda layer, dout, s: dout * s * s),
    "derivative-inverted": on_x(lambda layer, dout, s: dout / s),
    "derivative-of-output": on_x(lambda layer, dout, s: dout * slope_at(layer, layer.y)),
    "derivative-of-dout": on_x(lambda layer, dout, s: dout * slope_at(layer, dout)),
}
PIECES = {
    "mask-missing": on_x(lambda layer, dout, s: dout * 1.0),
    "mask-inverted": on_x(lambda layer, dout, s: dout * (both_slopes(layer) - s)),
    "mask-from-dout": on_x(lambda layer, dout, s: dout * slope_at(layer, dout)),
    "another-mask": on_x(lambda layer, dout, s: dout * s[::-1]),
}


def remembering(kind: type) -> type:
    """The same layer, which lets its x and y be seen."""

    class Remembering(kind):
        def forward(self, x: Any) -> Any:
            self.x = np.array(x)
            self.y = super().forward(x)
            return self.y

    return Remembering


def stale(kind: type) -> type:
    """Keeps what it needs of the first call for good."""

    class Stale(kind):
        first: Any = None

        def forward(self, x: Any) -> Any:
            y = super().forward(x)
            if self.first is None:
                self.first = np.array(x)
            return y

        def backward(self, dout: Any) -> Any:
            super().forward(self.first)
            return super().backward(dout)

    return Stale


def changes_of(activation: Activation) -> dict[str, Change]:
    changes = {**COMMON, **(PIECES if activation.pieces else SMOOTH)}
    formula = activation.formula
    if formula is not None and activation.in_y:
        changes["derivative-of-input"] = on_x(lambda layer, dout, s: dout * formula(layer.x))
    if formula is not None and not activation.in_y:
        changes["derivative-of-output"] = on_x(lambda layer, dout, s: dout * formula(layer.y))
    if activation.positive:  # no slope is known at a dout below 0
        del changes["derivative-of-dout"]
    if activation.kind is Reciprocal:  # both are -x**2, as is the formula taken of the input
        del changes["derivative-inverted"], changes["derivative-of-output"]
    if activation.kind is Log:  # nor at a y below 0
        changes["derivative-of-output"] = on_x(lambda layer, dout, s: dout / layer.y)
    if activation.kind is LeakyReLU:
        changes["negative-slope-missing"] = on_x(lambda layer, dout, s: dout * (s == s.max()))
    return changes


def specimens() -> Iterator[Specimen]:
    for activation in ACTIVATIONS:
        base = remembering(activation.kind)
        for seed, shape in enumerate(SHAPES):
            x = np.random.default_rng(seed).normal(size=shape)
            x = 0.2 + np.abs(x) if activation.positive else x
            variant = "x".join(map(str, shape))
            kinds = {m: mutant(base, change) for m, change in changes_of(activation).items()}
            kinds["stale-cache"] = stale(base)
            if activation.kind is HardTanh and np.abs(x).max() < 1:  # inverted, it is 0 everywhere
                del kinds["mask-inverted"]
            for mistake, kind in kinds.items():
                name = activation.kind.__name__
                right = None if mistake == "stale-cache" else activation.kind
                yield Specimen(name, mistake, "x", variant, kind, (x,), right)
