"""Layers that courses ask for beside those of this library, each with the mistakes people make.

Batch and layer normalisation, a convolution over time, attention, a recurrent step, a residual
block, a fused dense layer, losses; and nets whose layers are shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from layers import Add, FullyConnected, Multiply, SoftmaxCE, Tanh
from nets import Graph, Sequential
from tests.layers.gradcheck.zoo.specimen import Specimen, mutant
from tests.layers.gradcheck.zoo.students import BatchNorm, Softmax, Square

Params = dict[str, Any]


class Norm:
    """y = gamma (x - mean) / spread + beta along an axis. Right; `dx` is for going wrong."""

    axis = 0

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.params: Params = {"gamma": rng.uniform(0.5, 2, 5), "beta": rng.normal(size=5)}

    def forward(self, x: Any) -> Any:
        self.spread = np.sqrt(x.var(axis=self.axis, keepdims=True) + 1e-5)
        self.normal = (x - x.mean(axis=self.axis, keepdims=True)) / self.spread
        return self.params["gamma"] * self.normal + self.params["beta"]

    def backward(self, dout: Any) -> Any:
        dx = self.dx(dout * self.params["gamma"])
        return dx, {"gamma": (dout * self.normal).sum(axis=0), "beta": dout.sum(axis=0)}

    def mean(self, d: Any) -> Any:
        return d.mean(axis=self.axis, keepdims=True)

    def dx(self, d: Any) -> Any:
        return (d - self.mean(d) - self.normal * self.mean(d * self.normal)) / self.spread


class LayerNorm(Norm):
    axis = -1


def dx(change: Callable[[Any, Any], Any]) -> Any:
    """Another `dx` from the layer and the gradient of its normal numbers."""
    return lambda base: type(base.__name__, (base,), {"dx": change})


def other_axis(layer: Any, d: Any) -> Any:
    def mean(values: Any) -> Any:
        return values.mean(axis=-1 - layer.axis, keepdims=True)

    return (d - mean(d) - layer.normal * mean(d * layer.normal)) / layer.spread


def without_gamma(layer: Any, d: Any) -> Any:
    return type(layer).__mro__[1].dx(layer, d / layer.params["gamma"])


def gamma_of_y(layer: Any, dout: Any, right: Any) -> Any:
    d, grads = right(dout)
    y = layer.params["gamma"] * layer.normal + layer.params["beta"]
    return d, {**grads, "gamma": (dout * y).sum(axis=0)}


NORM = {
    ("path-missing", "both"): dx(lambda layer, d: d / layer.spread),
    ("path-missing", "variance"): dx(lambda layer, d: (d - layer.mean(d)) / layer.spread),
    ("path-missing", "mean"): dx(
        lambda layer, d: (d - layer.normal * layer.mean(d * layer.normal)) / layer.spread
    ),
    ("wrong-axis", "means"): dx(other_axis),
    ("parameter-missing", "gamma"): dx(without_gamma),
}


def norms() -> Iterator[Specimen]:
    x = np.random.default_rng(0).normal(size=(6, 5))
    for base in (Norm, LayerNorm):
        for (mistake, variant), change in NORM.items():
            yield Specimen(base.__name__, mistake, "x", variant, change(base), (x,), base)
        kind = mutant(base, gamma_of_y)
        yield Specimen(base.__name__, "derivative-of-output", "gamma", "", kind, (x,), base)


class Convolution:
    """y[n, t] = sum over k of x[n, t + k] W[k], plus b. Right."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.params: Params = {"W": rng.normal(size=(3, 2, 4)), "b": rng.normal(size=4)}

    def forward(self, x: Any) -> Any:
        self.x, self.steps = x, x.shape[1] - 2
        self.windows = np.stack([x[:, k : k + self.steps] for k in range(3)], axis=2)
        return np.einsum("ntkc,kcm->ntm", self.windows, self.params["W"]) + self.params["b"]

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.x)
        for k in range(3):
            dx[:, k : k + self.steps] += dout @ self.params["W"][k].T
        dW = np.einsum("ntkc,ntm->kcm", self.windows, dout)
        return dx, {"W": dW, "b": dout.sum(axis=(0, 1))}


def windows_overwrite(layer: Any, dout: Any, right: Any) -> Any:
    dx = np.zeros_like(layer.x)
    for k in range(3):
        dx[:, k : k + layer.steps] = dout @ layer.params["W"][k].T
    return dx, right(dout)[1]


def weights_reversed(layer: Any, dout: Any, right: Any) -> Any:
    W, layer.params["W"] = layer.params["W"], layer.params["W"][::-1]
    dx, grads = right(dout)
    layer.params["W"] = W
    return dx, grads


def bias(change: Callable[[Any], Any]) -> Any:
    def backward(layer: Any, dout: Any, right: Any) -> Any:
        dx, grads = right(dout)
        return dx, {**grads, "b": change(dout)}

    return backward


CONVOLUTION = {
    ("flow-missing", "x"): windows_overwrite,
    ("weight-reversed", "x"): weights_reversed,
    ("bias-not-summed", "b"): bias(lambda dout: dout.sum(axis=0)),
    ("bias-averaged", "b"): bias(lambda dout: dout.mean(axis=(0, 1))),
}


class Attention:
    """softmax(q k.T / sqrt(width)) v. Right."""

    params: Params = {}  # noqa: RUF012

    def forward(self, q: Any, k: Any, v: Any) -> Any:
        self.q, self.k, self.v, self.root = q, k, v, np.sqrt(q.shape[1])
        self.softmax = Softmax()
        self.p = self.softmax.forward(q @ k.T / self.root)
        return self.p @ v

    def backward(self, dout: Any) -> Any:
        da = self.softmax.backward(dout @ self.v.T)[0] / self.root
        return (da @ self.k, da.T @ self.q, self.p.T @ dout), {}


def in_attention(change: Callable[[Any, Any, Any, Any, Any], Any]) -> Any:
    def backward(layer: Any, dout: Any, right: Any) -> Any:
        return change(layer, dout, *right(dout)[0]), {}

    return backward


ATTENTION = {
    ("constant-factor", "x0"): in_attention(
        lambda layer, d, q, k, v: (q * layer.root, k * layer.root, v)
    ),
    ("transposed", "x2"): in_attention(lambda layer, d, q, k, v: (q, k, layer.p @ d)),
    ("gradient-of-another", "x0"): in_attention(lambda layer, d, q, k, v: (k, q, v)),
}


class Recurrent:
    """h[t] = tanh(x[t] U + h[t - 1] W + b), of which the last is the output. Right."""

    def __init__(self) -> None:
        rng = np.random.default_rng(2)
        draw = rng.normal
        self.params: Params = {"U": draw(size=(3, 4)), "W": draw(size=(4, 4)), "b": draw(size=4)}

    def forward(self, x: Any) -> Any:
        self.x, self.h = x, [np.zeros((len(x), 4))]
        for t in range(x.shape[1]):
            moved = x[:, t] @ self.params["U"] + self.h[t] @ self.params["W"]
            self.h.append(np.tanh(0.5 * (moved + self.params["b"])))
        return self.h[-1]

    def backward(self, dout: Any) -> Any:
        dx, grads = np.zeros_like(self.x), dict.fromkeys(self.params, 0.0)
        for t in reversed(range(self.x.shape[1])):
            da = 0.5 * dout * (1 - self.h[t + 1] ** 2)
            dx[:, t] = da @ self.params["U"].T
            shares = {"U": self.x[:, t].T @ da, "W": self.h[t].T @ da, "b": da.sum(axis=0)}
            grads = {key: self.total(grads[key], share) for key, share in shares.items()}
            dout = self.before(da)
        return dx, grads

    def total(self, so_far: Any, share: Any) -> Any:
        return so_far + share

    def before(self, da: Any) -> Any:
        return da @ self.params["W"].T


class FirstStepAlone(Recurrent):
    def total(self, so_far: Any, share: Any) -> Any:
        return share


class NotTransposed(Recurrent):
    def before(self, da: Any) -> Any:
        return da @ self.params["W"]


class Residual:
    """y = x + f(x). Right."""

    ways = 1, 1

    def __init__(self) -> None:
        self.inside = Sequential(FullyConnected(4, 4, rng=0), Tanh())

    @property
    def params(self) -> Any:
        return self.inside.params

    def forward(self, x: Any) -> Any:
        return x + self.inside.forward(x)

    def backward(self, dout: Any) -> Any:
        dx, grads = self.inside.backward(dout)
        return self.ways[0] * dout + self.ways[1] * dx, grads


class ResidualWithoutShortcut(Residual):
    ways = 0, 1


class ResidualTwice(Residual):
    ways = 1, 2


class Fused:
    """y = tanh(x W + b). Right; where `slope` is left out, wrong everywhere."""

    def __init__(self) -> None:
        rng = np.random.default_rng(3)
        self.params: Params = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}

    def forward(self, x: Any) -> Any:
        self.x = x
        self.y = np.tanh(0.3 * (x @ self.params["W"] + self.params["b"]))
        return self.y

    def slope(self) -> Any:
        return 1 - self.y**2

    def backward(self, dout: Any) -> Any:
        da = 0.3 * dout * self.slope()
        return da @ self.params["W"].T, {"W": self.x.T @ da, "b": da.sum(axis=0)}


class FusedWithoutSlope(Fused):
    def slope(self) -> Any:
        return 1.0


class Norm2(Square):
    """x over its norm, which is taken for a constant."""

    def forward(self, x: Any) -> Any:
        self.norm = np.sqrt((x**2).sum(axis=1, keepdims=True))
        return x / self.norm

    def backward(self, dout: Any) -> Any:
        return dout / self.norm, {}


class Centred(Norm2):
    """x less the mean of its row, with the means of the columns in backward."""

    def forward(self, x: Any) -> Any:
        return x - x.mean(axis=1, keepdims=True)

    def backward(self, dout: Any) -> Any:
        return dout - dout.mean(axis=0, keepdims=True), {}


class Largest(Norm2):
    """The largest of each row, whose gradient goes to the whole row."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return x.max(axis=1)

    def backward(self, dout: Any) -> Any:
        return np.ones_like(self.x) * dout[:, None], {}


class RowMean(Largest):
    """The mean of each row, over which nobody divides in backward."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return x.mean(axis=1)


class Exponential(Norm2):
    """An ELU with y in backward where y + 1 belongs."""

    def forward(self, x: Any) -> Any:
        self.y = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
        return self.y

    def backward(self, dout: Any) -> Any:
        return dout * np.where(self.y > 0, 1, self.y), {}


class RootOfSquares:
    """The root of the mean square; the root has not been differentiated."""

    params: Params = {}  # noqa: RUF012

    def forward(self, y: Any, t: Any) -> float:
        self.difference = y - t
        return float(np.sqrt((self.difference**2).mean()))

    def backward(self, dout: float = 1.0) -> Any:
        return 2 * dout * self.difference / self.difference.size, {}


class CrossEntropyInPlace:
    """Subtracts the labels in the probabilities that forward has kept."""

    params: Params = {}  # noqa: RUF012

    def forward(self, scores: Any, labels: Any) -> Any:
        self.p, self.labels = np.exp(scores - scores.max(axis=1, keepdims=True)), labels
        self.p /= self.p.sum(axis=1, keepdims=True)
        return SoftmaxCE().forward(scores, labels)

    def backward(self, dout: float = 1.0) -> Any:
        self.p[np.arange(len(self.p)), self.labels] -= 1
        return dout * self.p / len(self.p), {}


class LogOnly(CrossEntropyInPlace):
    """Differentiates the logarithm and forgets the softmax."""

    def backward(self, dout: float = 1.0) -> Any:
        hot = np.eye(self.p.shape[1])[self.labels]
        return -dout * hot / self.p / len(self.p), {}


class Bare:
    """y = x W; keeps one x."""

    def __init__(self) -> None:
        self.params: Params = {"W": np.random.default_rng(4).normal(size=(4, 4))}

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.params["W"]

    def backward(self, dout: Any) -> Any:
        return dout @ self.params["W"].T, {"W": self.x.T @ dout}


class TwiceTheSame:
    """A net with one layer in two places, which forgets the first x. The net itself is right."""

    def __init__(self) -> None:
        self.dense, self.tanh = Bare(), Tanh()

    @property
    def params(self) -> Any:
        return {"dense.W": self.dense.params["W"]}

    def forward(self, x: Any) -> Any:
        return self.dense.forward(self.tanh.forward(self.dense.forward(x)))

    def backward(self, dout: Any) -> Any:
        dout, later = self.dense.backward(dout)
        dout, earlier = self.dense.backward(self.tanh.backward(dout)[0])
        return dout, {"dense.W": earlier["W"] + later["W"]}


def single() -> Iterator[Specimen]:
    rng = np.random.default_rng(5)
    x, other, labels = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), rng.integers(4, size=6)
    series, steps = rng.normal(size=(3, 6, 2)), rng.normal(size=(5, 3, 3))
    words = tuple(rng.normal(size=(3, 5, 3)))
    for (mistake, tensor), change in CONVOLUTION.items():
        kind = mutant(Convolution, change)
        yield Specimen("Convolution", mistake, tensor, "", kind, (series,), Convolution)
    for (mistake, tensor), change in ATTENTION.items():
        yield Specimen("Attention", mistake, tensor, "", mutant(Attention, change), words)
    rows: list[tuple[str, str, type, tuple[Any, ...]]] = [
        ("share-missing", "U", FirstStepAlone, (steps,)),
        ("weight-not-transposed", "x", NotTransposed, (steps,)),
        ("path-missing", "x", ResidualWithoutShortcut, (x,)),
        ("path-twice", "x", ResidualTwice, (x,)),
        ("derivative-missing", "x", FusedWithoutSlope, (x,)),
        ("path-missing", "x", Norm2, (x,)),
        ("wrong-axis", "x", Centred, (x,)),
        ("mask-missing", "x", Largest, (x,)),
        ("not-divided-by-classes", "x", RowMean, (x,)),
        ("derivative-one-sided", "x", Exponential, (x,)),
        ("common-factor", "x", RootOfSquares, (x, other)),
        ("cache-changed", "x", CrossEntropyInPlace, (x, labels)),
        ("softmax-missing", "x", LogOnly, (x, labels)),
        ("cache-overwritten", "dense", TwiceTheSame, (x,)),
    ]
    for mistake, tensor, kind, inputs in rows:
        yield Specimen(kind.__name__, mistake, tensor, "", kind, inputs)


def graph(dense: type, activation: type, add: type, *, shared: bool) -> Callable[[], Graph]:
    """Two dense layers, or one in two places, with a shortcut around the second."""

    def make() -> Graph:
        first = dense(4, 4, rng=1)
        second = first if shared else dense(4, 4, rng=2)
        return Graph(
            inputs=("x",),
            output="out",
            nodes={
                "first": (first, "x"),
                "bent": (activation(), "first"),
                "second": (second, "bent"),
                "sum": (add(), "x", "second"),
                "out": (FullyConnected(4, 3, rng=3), "sum"),
            },
        )

    return make


def graphs() -> Iterator[Specimen]:
    """Nets with branches, in which one layer is wrong."""
    x = np.random.default_rng(6).normal(size=(6, 4))
    labels = np.random.default_rng(7).integers(3, size=6)
    twice = mutant(Tanh, lambda layer, dout, right: (2 * right(dout)[0], {}))
    minus = mutant(Add, lambda layer, dout, right: ((dout * 1.0, -dout), {}))
    mean = mutant(FullyConnected, bias(lambda dout: dout.mean(axis=0)))
    for shared in (True, False):
        last = "first" if shared else "second"
        for mistake, tensor, kinds in (
            ("factor-two-too-many", "bent.x", (FullyConnected, twice, Add)),
            ("wrong-sign", "sum.x1", (FullyConnected, Tanh, minus)),
            ("bias-averaged", f"{last}.b", (mean, Tanh, Add)),
        ):
            for loss in (None, (SoftmaxCE(), labels)):
                make = graph(*kinds, shared=shared)
                variant = f"shared {shared}, loss {loss is not None}"
                yield Specimen("Graph", mistake, tensor, variant, make, (x,), None, loss)


def right_ones(rng: np.random.Generator) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The right layers of this file, with inputs."""
    n, scale = int(rng.integers(4, 8)), float(10.0 ** rng.integers(-1, 2))
    yield Norm(), (rng.normal(size=(n, 5)),)
    yield LayerNorm(), (rng.normal(size=(n, 5)),)
    yield BatchNorm(5), (rng.normal(size=(n, 5)),)
    yield Convolution(), (scale * rng.normal(size=(3, n, 2)),)
    yield Attention(), tuple(scale * rng.normal(size=(3, n, 3)))
    yield Recurrent(), (scale * rng.normal(size=(n, 3, 3)),)
    yield Residual(), (scale * rng.normal(size=(n, 4)),)
    yield Fused(), (scale * rng.normal(size=(n, 4)),)
    for shared in (True, False):
        make = graph(FullyConnected, [Tanh, Square][n % 2], Add, shared=shared)
        yield make(), (scale * rng.normal(size=(n, 4)),)
    gates = {"a": (Add(), "x", "y"), "f": (Multiply(), "a", "x")}
    yield Graph(inputs=("x", "y"), output="f", nodes=gates), tuple(rng.normal(size=(2, n, 3)))


def specimens() -> Iterator[Specimen]:
    for kind in (norms, single, graphs):
        yield from kind()
