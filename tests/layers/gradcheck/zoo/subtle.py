"""Mistakes that look like others: paths with a factor, columns, kernels, whole nets, sequences.

Each class is right as it is; its wrong versions override one method.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.layers.gradcheck.zoo.courses import LayerNorm, Norm, dx
from tests.layers.gradcheck.zoo.specimen import Specimen, mutant

Params = dict[str, Any]
RNG = np.random.default_rng(11)
X = RNG.normal(size=(6, 5))
SERIES = RNG.normal(size=(3, 7))
IMAGES = RNG.normal(size=(2, 5, 6))
STEPS = RNG.normal(size=(4, 5, 3))
WORDS = tuple(RNG.normal(size=(3, 5, 3)))
PROBABILITIES = RNG.dirichlet(np.ones(4), size=6)
HOT = np.eye(4)[RNG.integers(4, size=6)]
BINARY = RNG.uniform(0.05, 0.95, (6, 1)), RNG.integers(2, size=(6, 1)).astype(float)


def wrong(base: type, **methods: Any) -> type:
    return type(base.__name__, (base,), methods)


# Paths that are there several times.


def norm_paths(mean: float, variance: float) -> Any:
    return dx(
        lambda layer, d: (
            (d - mean * layer.mean(d) - variance * layer.normal * layer.mean(d * layer.normal))
            / layer.spread
        )
    )


class StagedNorm(Norm):
    """The backward pass in stages, as in the paper on batch normalisation."""

    factor = 1.0

    def forward(self, x: Any) -> Any:
        self.centred = x - x.mean(axis=0)
        return super().forward(x)

    def dx(self, d: Any) -> Any:
        n = len(d)
        dvar = (d * self.centred * -0.5 * self.spread**-3).sum(axis=0)
        dmean = self.factor * (-d / self.spread).sum(axis=0)
        return d / self.spread + dvar * 2 * self.centred / n + dmean / n


def paths() -> Iterator[Specimen]:
    for base in (Norm, LayerNorm):
        for factor in (2, 5, -1):
            for counts in ((factor, 1), (1, factor)):
                kind = norm_paths(*counts)(base)
                variant = f"mean {counts[0]}, variance {counts[1]}"
                mistake = "path-twice" if factor == 2 else "path-factor"
                yield Specimen(base.__name__, mistake, "x", variant, kind, (X,), base)
    for factor, mistake in ((0, "path-missing"), (2, "path-twice"), (-1, "path-factor")):
        kind = wrong(StagedNorm, factor=float(factor))
        yield Specimen("StagedNorm", mistake, "x", f"{factor}", kind, (X,), StagedNorm)


# Averages, biases and columns.


class Masked:
    """The mean of squares over the entries that a mask lets pass."""

    params: Params = {}  # noqa: RUF012

    def forward(self, y: Any, t: Any, mask: Any) -> float:
        self.d, self.mask = (y - t) * mask, mask
        return float((self.d**2).sum() / self.count())

    def count(self) -> Any:
        return self.mask.sum()

    def backward(self, dout: float = 1.0) -> Any:
        return 2 * dout * self.d / self.count(), {}


class MaskedPlain(Masked):
    def backward(self, dout: float = 1.0) -> Any:
        return 2 * dout * self.d, {}


class MaskedTwice(Masked):
    def backward(self, dout: float = 1.0) -> Any:
        return 2 * dout * self.d / self.count() ** 2, {}


class RowBias:
    """y = x W + b with b (1, M)."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self.params: Params = {"W": rng.normal(size=(5, 3)), "b": rng.normal(size=(1, 3))}

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def dW(self, dout: Any) -> Any:
        return self.x.T @ dout

    def db(self, dout: Any) -> Any:
        return dout.sum(axis=0, keepdims=True)

    def backward(self, dout: Any) -> Any:
        dW, db = self.dW(dout), self.db(dout)
        return dout @ self.params["W"].T, {"W": dW, "b": db}


class Columns:
    """Z = W X + b with X (D, N) and b (M, 1), as in the deep learning specialisation."""

    def __init__(self) -> None:
        rng = np.random.default_rng(2)
        self.params: Params = {"W": rng.normal(size=(3, 6)), "b": rng.normal(size=(3, 1))}

    def forward(self, x: Any) -> Any:
        self.cache = x, self.params["W"]
        return self.params["W"] @ x + self.params["b"]

    def dW(self, dout: Any) -> Any:
        return dout @ self.cache[0].T

    def db(self, dout: Any) -> Any:
        return dout.sum(axis=1, keepdims=True)

    def backward(self, dout: Any) -> Any:
        dW, db = self.dW(dout), self.db(dout)
        return self.cache[1].T @ dout, {"W": dW, "b": db}


BIASES: dict[type, dict[str, Any]] = {
    RowBias: {
        "bias-averaged": lambda self, d: d.mean(axis=0, keepdims=True),
        "bias-not-summed": lambda self, d: d[:1].copy(),
        "bias-not-summed ": lambda self, d: d.copy(),
        "bias-summed-over-all": lambda self, d: np.full((1, 3), d.sum()),
        "missing-axis": lambda self, d: d.sum(axis=0),
        "regularizer-on-bias": lambda self, d: d.sum(axis=0, keepdims=True) + self.params["b"],
    },
    Columns: {
        "bias-averaged": lambda self, d: d.sum(axis=1, keepdims=True) / d.shape[1],
        "bias-not-summed": lambda self, d: d[:, :1].copy(),
        "bias-not-summed ": lambda self, d: d.copy(),
        "bias-summed-over-all": lambda self, d: np.full((3, 1), d.sum()),
        "missing-axis": lambda self, d: d.sum(axis=1),
        "wrong-sign": lambda self, d: -d.sum(axis=1, keepdims=True),
    },
}


class ColumnCE:
    """The cost of logistic regression, of probabilities (1, m) and labels (1, m)."""

    params: Params = {}  # noqa: RUF012

    def forward(self, a: Any, y: Any) -> float:
        self.a, self.y = a, y
        return float(-(y * np.log(a) + (1 - y) * np.log(1 - a)).sum() / y.shape[1])

    def backward(self, dout: float = 1.0) -> Any:
        return self.scale(dout * ((1 - self.y) / (1 - self.a) - self.y / self.a)), {}

    def scale(self, d: Any) -> Any:
        return d / self.y.shape[1]


def averages() -> Iterator[Specimen]:
    masked = X, X[::-1] * 0.5, (RNG.random(X.shape) > 0.4).astype(float)
    for mistake, kind in (("missing-batch-mean", MaskedPlain), ("averaged-twice", MaskedTwice)):
        yield Specimen("Masked", mistake, "x", "", kind, masked, Masked)
    for base, changes in BIASES.items():
        for mistake, db in changes.items():
            kind = wrong(base, db=db)
            yield Specimen(base.__name__, mistake.strip(), "b", "", kind, (X,), None)
    for scaled, mistake in (
        (lambda self, d: d @ self.cache[0].T / d.shape[1], "averaged-twice"),
        (lambda self, d: d @ self.cache[0].T * d.shape[1], "missing-batch-mean"),
    ):
        yield Specimen("Columns", mistake, "W", "", wrong(Columns, dW=scaled), (X,), Columns)
    given = tuple(array.T for array in BINARY)
    for scale, mistake in (
        (lambda self, d: d, "missing-batch-mean"),
        (lambda self, d: d / d.shape[1] ** 2, "averaged-twice"),
    ):
        kind = wrong(ColumnCE, scale=scale)
        yield Specimen("ColumnCE", mistake, "x", "", kind, given, ColumnCE)


# What forward has kept, and backward changes.


class KeptInDict(Columns):
    """Sigmoid of columns; the output is kept in a dict."""

    params: Params = {}  # noqa: RUF012

    def __init__(self) -> None:
        self.cache: Any = {}

    def forward(self, x: Any) -> Any:
        self.cache = {"Z": x, "A": 1 / (1 + np.exp(-x))}
        return self.cache["A"].copy()

    def backward(self, dout: Any) -> Any:
        A = self.cache["A"]
        A *= 1 - A
        return dout * A, {}


class KeptInTuple(KeptInDict):
    def forward(self, x: Any) -> Any:
        self.cache = x.shape, (x > 0, np.where(x > 0, 1.0, 0.2))
        return x * self.cache[1][1]

    def backward(self, dout: Any) -> Any:
        slope = self.cache[1][1]
        slope *= dout
        return slope.copy(), {}


# Logarithms of p + epsilon.


class LogOfSum:
    """Cross-entropy of probabilities, with an epsilon in the logarithm."""

    params: Params = {}  # noqa: RUF012
    epsilon = 1e-3

    def forward(self, p: Any, hot: Any) -> float:
        self.p, self.hot = p, hot
        return float(-(hot * np.log(p + self.epsilon)).sum() / len(p))

    def shifted(self) -> Any:
        return self.p + self.epsilon

    def backward(self, dout: float = 1.0) -> Any:
        return -dout * self.hot / self.shifted() / len(self.p), {}


class BinaryOfSum(LogOfSum):
    def forward(self, p: Any, t: Any) -> float:
        self.p, self.hot, e = p, t, self.epsilon
        return float(-(t * np.log(p + e) + (1 - t) * np.log(1 - p + e)).mean())

    def backward(self, dout: float = 1.0) -> Any:
        d = -self.hot / self.shifted() + (1 - self.hot) / (1 - self.p + self.epsilon)
        return dout * d / self.p.size, {}


class BinaryOfSumWrong(BinaryOfSum):
    def backward(self, dout: float = 1.0) -> Any:
        return dout * (self.p - self.hot) / (self.p * (1 - self.p)) / self.p.size, {}


class SoftmaxOfSum(LogOfSum):
    """Of scores; the gradient p - hot belongs to the logarithm of p alone."""

    def forward(self, scores: Any, hot: Any) -> float:
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return super().forward(e / e.sum(axis=1, keepdims=True), hot)

    def backward(self, dout: float = 1.0) -> Any:
        return dout * (self.p - self.hot) / len(self.p), {}


class SoftmaxOfSumRight(SoftmaxOfSum):
    def backward(self, dout: float = 1.0) -> Any:
        q = (self.p * self.hot).sum(axis=1, keepdims=True)
        return dout * (self.p - self.hot) * q / (q + self.epsilon) / len(self.p), {}


# Kernels.


class Conv1D:
    """Each series convolved with one kernel."""

    def __init__(self) -> None:
        self.params: Params = {"w": np.random.default_rng(4).normal(size=3)}

    def forward(self, x: Any) -> Any:
        self.x, w = x, self.params["w"]
        n = x.shape[1] - 2
        return sum(w[k] * x[:, k : k + n] for k in range(3))

    def kernel(self) -> Any:
        return self.params["w"]

    def dw(self, dout: Any) -> Any:
        n = dout.shape[1]
        return np.array([(dout * self.x[:, k : k + n]).sum() for k in range(3)])

    def backward(self, dout: Any) -> Any:
        dx = np.stack([np.convolve(row, self.kernel()) for row in dout])
        return dx, {"w": self.dw(dout)}


class Conv2D(Conv1D):
    """Each image correlated with one kernel, that may be wrong in several ways."""

    def __init__(self) -> None:
        self.params = {"w": np.random.default_rng(5).normal(size=(2, 3))}

    def forward(self, x: Any) -> Any:
        self.x, w = x, self.params["w"]
        self.h, self.v = x.shape[1] - 1, x.shape[2] - 2
        return sum(w[i, j] * x[:, i : i + self.h, j : j + self.v] for i, j in np.ndindex(2, 3))

    def dw(self, dout: Any) -> Any:
        dw = np.zeros((2, 3))
        for i, j in np.ndindex(2, 3):
            dw[i, j] = (dout * self.x[:, i : i + self.h, j : j + self.v]).sum()
        return dw

    def backward(self, dout: Any) -> Any:
        dx, w = np.zeros_like(self.x), self.kernel()
        for i, j in np.ndindex(2, 3):
            dx[:, i : i + self.h, j : j + self.v] += w[i, j] * dout
        return dx, {"w": self.dw(dout)}


def kernels() -> Iterator[Specimen]:
    for base, x in ((Conv1D, SERIES), (Conv2D, IMAGES)):
        turned = wrong(base, kernel=lambda self: np.flip(self.params["w"]))
        yield Specimen(base.__name__, "weight-reversed", "x", "", turned, (x,), base)
        turned = mutant(base, lambda layer, dout, right: _turned(*right(dout)))
        yield Specimen(base.__name__, "weight-reversed", "w", "", turned, (x,), base)
    for axis in (0, 1):
        turned = wrong(Conv2D, kernel=lambda self, a=axis: np.flip(self.params["w"], a))
        yield Specimen("Conv2D", "weight-reversed", "x", f"axis {axis}", turned, (IMAGES,), Conv2D)


def _turned(dx: Any, grads: Any) -> Any:
    return dx, {"w": np.flip(grads["w"])}


# Functions of one variable.


class ReLUOfGradient:
    params: Params = {}  # noqa: RUF012

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.maximum(0, x)

    def backward(self, dout: Any) -> Any:
        return np.maximum(0, dout), {}


class FusedReLU(RowBias):
    """A dense layer with its activation."""

    def forward(self, x: Any) -> Any:
        self.z = super().forward(x)
        return np.maximum(self.z, 0)

    def masked(self, dout: Any) -> Any:
        return dout * (self.z > 0)

    def backward(self, dout: Any) -> Any:
        return super().backward(self.masked(dout))


class AbsoluteError:
    params: Params = {}  # noqa: RUF012

    def forward(self, y: Any, t: Any) -> float:
        self.d = y - t
        return float(np.abs(self.d).mean())

    def sign(self) -> Any:
        return np.sign(self.d)

    def backward(self, dout: float = 1.0) -> Any:
        return dout * self.sign() / self.d.size, {}


class Absolute(AbsoluteError):
    def forward(self, x: Any) -> Any:
        self.d = x
        return np.abs(x)

    def backward(self, dout: Any) -> Any:
        return dout * self.sign(), {}


class Quadratic:
    """x.T A x."""

    half = 1.0

    def __init__(self) -> None:
        self.params: Params = {"A": np.random.default_rng(6).normal(size=(4, 4))}

    def forward(self, x: Any) -> float:
        self.x = x
        return float(self.half * x @ self.params["A"] @ x)

    def both(self) -> Any:
        return self.params["A"] + self.params["A"].T

    def backward(self, dout: float = 1.0) -> Any:
        dA = self.half * dout * np.outer(self.x, self.x)
        return self.half * dout * self.both() @ self.x, {"A": dA}


class HalfQuadratic(Quadratic):
    half = 0.5


class QuadraticRows(Quadratic):
    """x.T A x of each row, with A as an input that is held."""

    def __init__(self) -> None:
        super().__init__()
        self.A, self.params = self.params["A"], {}

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.einsum("ni,ij,nj->n", x, self.A, x)

    def both(self) -> Any:
        return self.A + self.A.T

    def backward(self, dout: Any) -> Any:
        return dout[:, None] * (self.x @ self.both()), {}


def functions() -> Iterator[Specimen]:
    yield Specimen("ReLU", "mask-from-dout", "x", "", ReLUOfGradient, (X,))
    kind = wrong(FusedReLU, masked=lambda self, d: np.maximum(d, 0))
    yield Specimen("FusedReLU", "mask-from-dout", "x", "", kind, (X,), FusedReLU)
    kind = wrong(FusedReLU, masked=lambda self, d: np.maximum(d, 0) * (self.z > 0))
    yield Specimen("FusedReLU", "mask-from-dout", "x", "both", kind, (X,), FusedReLU)
    plain = {"sign": lambda self: np.ones_like(self.d)}
    yield Specimen("AbsoluteError", "sign-missing", "x", "", wrong(AbsoluteError, **plain), (X, -X))
    yield Specimen("Absolute", "sign-missing", "x", "", wrong(Absolute, **plain), (X,))
    one = {"both": lambda self: self.params["A"]}
    for base in (Quadratic, HalfQuadratic):
        kind = wrong(base, **one)
        yield Specimen(base.__name__, "share-missing", "x", "", kind, (X[0, :4],), base)
        kind = wrong(base, both=lambda self: 2 * self.params["A"])
        yield Specimen(base.__name__, "share-missing", "x", "2 A x", kind, (X[0, :4],), base)
    kind = wrong(QuadraticRows, both=lambda self: self.A)
    yield Specimen("QuadraticRows", "share-missing", "x", "", kind, (X[:, :4],), QuadraticRows)
    for kept in (KeptInDict, KeptInTuple):
        yield Specimen(kept.__name__, "cache-changed", "x", "", kept, (X,))
    binary = np.clip(BINARY[0], 0.05, 0.95), BINARY[1]
    kind = wrong(LogOfSum, shifted=lambda self: self.p)
    yield Specimen(
        "LogOfSum", "epsilon-missing", "x", "", kind, (PROBABILITIES + 0.01, HOT), LogOfSum
    )
    yield Specimen("BinaryOfSum", "epsilon-missing", "x", "", BinaryOfSumWrong, binary)
    yield Specimen("SoftmaxOfSum", "epsilon-missing", "x", "", SoftmaxOfSum, (X[:, :4], HOT))


# Attention.


class Attention:
    """softmax(q k.T / sqrt(d)) v of three inputs."""

    params: Params = {}  # noqa: RUF012

    def forward(self, q: Any, k: Any, v: Any) -> Any:
        s = q @ k.T / np.sqrt(q.shape[1])
        e = np.exp(s - s.max(axis=1, keepdims=True))
        self.q, self.k, self.v, self.p = q, k, v, e / e.sum(axis=1, keepdims=True)
        return self.p @ v

    def ds(self, dp: Any) -> Any:
        return self.p * (dp - (dp * self.p).sum(axis=1, keepdims=True))

    def backward(self, dout: Any) -> Any:
        ds = self.ds(dout @ self.v.T) / np.sqrt(self.q.shape[1])
        return (ds @ self.k, ds.T @ self.q, self.p.T @ dout), {}


class SelfAttention(Attention):
    """Batches of sequences, with projections."""

    def __init__(self) -> None:
        rng = np.random.default_rng(8)
        self.params = {name: 0.7 * rng.normal(size=(3, 3)) for name in ("Wq", "Wk", "Wv")}

    def forward(self, x: Any) -> Any:
        q, k, v = (x @ self.params[name] for name in ("Wq", "Wk", "Wv"))
        s = q @ k.transpose(0, 2, 1) / np.sqrt(3)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        self.p = e / e.sum(axis=-1, keepdims=True)
        self.cache = x, q, k, v
        return self.p @ v

    def ds(self, dp: Any) -> Any:
        return self.p * (dp - (dp * self.p).sum(axis=-1, keepdims=True))

    def backward(self, dout: Any) -> Any:
        x, q, k, v = self.cache
        ds = self.ds(dout @ v.transpose(0, 2, 1)) / np.sqrt(3)
        dq, dk, dv = ds @ k, ds.transpose(0, 2, 1) @ q, self.p.transpose(0, 2, 1) @ dout
        grads = {
            "Wq": np.einsum("ntd,nte->de", x, dq),
            "Wk": np.einsum("ntd,nte->de", x, dk),
            "Wv": np.einsum("ntd,nte->de", x, dv),
        }
        Wq, Wk, Wv = self.params.values()
        return dq @ Wq.T + dk @ Wk.T + dv @ Wv.T, grads


class Softmax(Attention):
    def forward(self, x: Any) -> Any:
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p.copy()

    def backward(self, dout: Any) -> Any:
        return self.ds(dout), {}


# Whole nets in one class.


class WholeNet:
    """Two dense layers with a sigmoid between, and perhaps one at the end."""

    last = False

    def __init__(self) -> None:
        rng = np.random.default_rng(9)
        self.params: Params = {
            "W1": rng.normal(size=(5, 4)),
            "b1": rng.normal(size=4),
            "W2": rng.normal(size=(4, 3)),
            "b2": rng.normal(size=3),
        }

    def f(self, z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    def slope(self, a: Any) -> Any:
        return a * (1 - a)

    def hidden_slope(self, a: Any) -> Any:
        return self.slope(a)

    def last_slope(self, a: Any) -> Any:
        return self.slope(a) if self.last else 1.0

    def forward(self, x: Any) -> Any:
        p = self.params
        self.x, self.h = x, self.f(x @ p["W1"] + p["b1"])
        z = self.h @ p["W2"] + p["b2"]
        self.y = self.f(z) if self.last else z
        return self.y

    def backward(self, dout: Any) -> Any:
        p = self.params
        delta2 = dout * self.last_slope(self.y)
        delta1 = delta2 @ p["W2"].T * self.hidden_slope(self.h)
        return delta1 @ p["W1"].T, {
            "W1": self.x.T @ delta1,
            "b1": delta1.sum(axis=0),
            "W2": self.h.T @ delta2,
            "b2": delta2.sum(axis=0),
        }


class ReLUNet(WholeNet):
    """Keeps what backward needs in a dict."""

    def forward(self, x: Any) -> Any:
        p = self.params
        z = x @ p["W1"] + p["b1"]
        self.cache = {"x": x, "z": z, "h": np.maximum(z, 0)}
        return self.cache["h"] @ p["W2"] + p["b2"]

    def through(self, dh: Any) -> Any:
        return dh * (self.cache["z"] > 0)

    def backward(self, dout: Any) -> Any:
        delta = self.through(dout @ self.params["W2"].T)
        return delta @ self.params["W1"].T, {
            "W1": self.cache["x"].T @ delta,
            "b1": delta.sum(axis=0),
            "W2": self.cache["h"].T @ dout,
            "b2": dout.sum(axis=0),
        }


class TanhNet(WholeNet):
    last = True

    def f(self, z: Any) -> Any:
        return np.tanh(z)

    def slope(self, a: Any) -> Any:
        return 1 - a**2


class NetWithLoss(WholeNet):
    """The loss is in the net too; forward(x, t) gives a number."""

    def forward(self, x: Any, t: Any) -> float:
        self.t = t
        return float(0.5 * ((super().forward(x) - t) ** 2).mean())

    def backward(self, dout: float = 1.0) -> Any:
        return super().backward(dout * (self.y - self.t) / self.t.size)


def ones(self: Any, a: Any) -> Any:
    return 1.0


def nets() -> Iterator[Specimen]:
    for base in (WholeNet, TanhNet, NetWithLoss):
        given = (X, X[:, :3]) if base is NetWithLoss else (X,)
        kind = wrong(base, hidden_slope=ones)
        yield Specimen(base.__name__, "derivative-missing", "W1", "hidden", kind, given, base)
        kind = wrong(base, hidden_slope=lambda self, a: self.slope(self.f(a)))
        yield Specimen(base.__name__, "derivative-of-output", "W1", "hidden", kind, given, base)
        kind = wrong(base, hidden_slope=lambda self, a: self.slope(a) ** 2)
        yield Specimen(base.__name__, "derivative-twice", "W1", "hidden", kind, given, base)
    kind = wrong(ReLUNet, through=lambda self, dh: dh)
    yield Specimen("ReLUNet", "mask-missing", "W1", "", kind, (X,), ReLUNet)
    kind = wrong(ReLUNet, through=lambda self, dh: np.maximum(dh, 0))
    yield Specimen("ReLUNet", "mask-from-dout", "W1", "", kind, (X,), ReLUNet)
    kind = wrong(TanhNet, last_slope=ones)
    yield Specimen("TanhNet", "derivative-missing", "x", "last", kind, (X,), TanhNet)
    kind = wrong(Attention, ds=lambda self, dp: self.p * dp)
    yield Specimen("Attention", "softmax-sum-missing", "x0", "", kind, WORDS, Attention)
    kind = wrong(SelfAttention, ds=lambda self, dp: self.p * dp)
    yield Specimen("SelfAttention", "softmax-sum-missing", "x", "", kind, (STEPS,), SelfAttention)
    kind = wrong(Softmax, ds=lambda self, dp: self.p * dp)
    yield Specimen("Softmax", "softmax-sum-missing", "x", "", kind, (X,), Softmax)


# Sequences.


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


class LSTM:
    """All hidden states; gates i f o g."""

    def __init__(self) -> None:
        rng = np.random.default_rng(10)
        self.params: Params = {
            "Wx": rng.normal(size=(3, 8)),
            "Wh": rng.normal(size=(2, 8)),
            "b": rng.normal(size=8),
        }

    def step(self, x: Any, h: Any, c: Any) -> Any:
        a = x @ self.params["Wx"] + h @ self.params["Wh"] + self.params["b"]
        i, f, o = (sigmoid(a[:, 2 * k : 2 * k + 2]) for k in range(3))
        g = np.tanh(a[:, 6:])
        new = f * c + i * g
        return o * np.tanh(new), new, (x, h, c, i, f, o, g, new)

    def step_back(self, dh: Any, dc: Any, cache: Any) -> Any:
        x, h, c, i, f, o, g, new = cache
        t = np.tanh(new)
        dc = dc + self.from_h(dh * o * (1 - t**2))
        parts = dc * g * i * (1 - i), dc * c * f * (1 - f), dh * t * o * (1 - o)
        da = np.hstack([*parts, dc * i * (1 - g**2)])
        grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
        return da @ self.params["Wx"].T, da @ self.params["Wh"].T, dc * f, grads

    def from_h(self, dc: Any) -> Any:
        return dc

    def carried(self, dc: Any) -> Any:
        return dc

    def forward(self, x: Any) -> Any:
        h, c, self.steps, out = np.zeros((len(x), 2)), np.zeros((len(x), 2)), [], []
        for t in range(x.shape[1]):
            h, c, cache = self.step(x[:, t], h, c)
            self.steps.append(cache)
            out.append(h)
        return np.stack(out, axis=1)

    def backward(self, dout: Any) -> Any:
        dh, dc, dxs = 0.0, 0.0, []
        grads = {name: np.zeros_like(array) for name, array in self.params.items()}
        for t in reversed(range(dout.shape[1])):
            dx, dh, dc, more = self.step_back(dout[:, t] + dh, dc, self.steps[t])
            dc, dh = self.carried(dc), self.back(dh)
            dxs.insert(0, dx)
            grads = {name: g + more[name] for name, g in grads.items()}
        return np.stack(dxs, axis=1), grads

    def back(self, dh: Any) -> Any:
        return dh


class LSTMStep(LSTM):
    """One step of x, h and c, which returns both."""

    def forward(self, x: Any, h: Any, c: Any) -> Any:  # type: ignore[override]
        h, c, self.cache = self.step(x, h, c)
        return h, c

    def backward(self, dout: Any) -> Any:
        *d, grads = self.step_back(*dout, self.cache)
        return tuple(d), grads


class RNN:
    """h[t] = tanh(x[t] Wx + h[t - 1] Wh + b), all of them."""

    def __init__(self) -> None:
        rng = np.random.default_rng(12)
        self.params: Params = {
            "Wx": rng.normal(size=(3, 4)),
            "Wh": 0.6 * rng.normal(size=(4, 4)),
            "b": rng.normal(size=4),
        }

    def forward(self, x: Any) -> Any:
        n, steps, _ = x.shape
        self.x, self.h = x, np.zeros((n, steps + 1, 4))
        for t in range(steps):
            a = x[:, t] @ self.params["Wx"] + self.h[:, t] @ self.params["Wh"] + self.params["b"]
            self.h[:, t + 1] = np.tanh(0.7 * a)
        return self.h[:, 1:].copy()

    def before(self, t: int) -> Any:
        return self.h[:, t]

    def carried(self, dh: Any) -> Any:
        return dh

    def backward(self, dout: Any) -> Any:
        dx, dh = np.zeros_like(self.x), 0.0
        grads = {name: np.zeros_like(array) for name, array in self.params.items()}
        for t in reversed(range(dout.shape[1])):
            da = 0.7 * (dout[:, t] + dh) * (1 - self.h[:, t + 1] ** 2)
            dx[:, t] = da @ self.params["Wx"].T
            grads["Wx"] += self.x[:, t].T @ da
            grads["Wh"] += self.before(t).T @ da
            grads["b"] += da.sum(axis=0)
            dh = self.carried(da @ self.params["Wh"].T)
        return dx, grads


class RNNOfLists(RNN):
    """Time first, and the states in a list."""

    def forward(self, x: Any) -> Any:
        self.x, self.states = x, [np.zeros((x.shape[1], 4))]
        for row in x:
            a = row @ self.params["Wx"] + self.states[-1] @ self.params["Wh"] + self.params["b"]
            self.states.append(np.tanh(a))
        return np.stack(self.states[1:])

    def before(self, t: int) -> Any:
        return self.states[t]

    def backward(self, dout: Any) -> Any:
        dxs, dh = [], 0.0
        grads = {name: np.zeros_like(array) for name, array in self.params.items()}
        for t in reversed(range(len(dout))):
            da = (dout[t] + dh) * (1 - self.states[t + 1] ** 2)
            dxs.append(da @ self.params["Wx"].T)
            grads["Wx"] += self.x[t].T @ da
            grads["Wh"] += self.before(t).T @ da
            grads["b"] += da.sum(axis=0)
            dh = da @ self.params["Wh"].T
        return np.stack(dxs[::-1]), grads


def sequences() -> Iterator[Specimen]:
    nothing = {"carried": lambda self, d: 0.0}
    yield Specimen("LSTM", "time-path", "x", "cell", wrong(LSTM, **nothing), (STEPS,), LSTM)
    kind = wrong(LSTM, back=lambda self, dh: 0.0)
    yield Specimen("LSTM", "time-path", "x", "hidden", kind, (STEPS,), LSTM)
    kind = wrong(LSTMStep, from_h=lambda self, dc: 0.0)
    given = STEPS[:, 0], STEPS[:, 1, :2], STEPS[:, 2, :2]
    yield Specimen("LSTMStep", "cell-path-missing", "x0", "", kind, given)
    yield Specimen("RNN", "time-path", "x", "cut", wrong(RNN, **nothing), (STEPS,), RNN)
    kind = wrong(RNN, before=lambda self, t: self.h[:, t + 1])
    yield Specimen("RNN", "off-by-one-step", "Wh", "", kind, (STEPS,), RNN)
    kind = wrong(RNNOfLists, before=lambda self, t: self.states[t + 1])
    yield Specimen("RNNOfLists", "off-by-one-step", "Wh", "", kind, (STEPS,), RNNOfLists)


def right_ones(rng: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The right layers of this file, with inputs."""
    n, scale = int(rng.integers(3, 7)), float(10.0 ** rng.integers(-1, 2))
    x, steps = scale * rng.normal(size=(n, 5)), scale * rng.normal(size=(3, n, 3))
    for kind in (RowBias, FusedReLU, Absolute, WholeNet, ReLUNet, TanhNet, Softmax):
        yield kind(), (x,)
    yield StagedNorm(), (rng.normal(size=(n, 5)),)
    yield Columns(), (scale * rng.normal(size=(6, n)),)
    yield Masked(), (x, x[::-1], (rng.random(x.shape) > 0.2).astype(float))
    yield NetWithLoss(), (x, x[:, :3])
    yield AbsoluteError(), (x, rng.permuted(x))
    for kind in (LSTM, RNN, RNNOfLists, SelfAttention):
        yield kind(), (steps,)
    yield LSTMStep(), (steps[:, 0], steps[:, 1, :2], steps[:, 2, :2])
    yield Attention(), tuple(rng.normal(size=(3, n, 3)))
    yield Conv1D(), (scale * rng.normal(size=(n, 7)),)
    yield Conv2D(), (scale * rng.normal(size=(2, n, 6)),)
    yield Quadratic(), (x[0, :4],)
    yield QuadraticRows(), (x[:, :4],)
    p, hot = rng.dirichlet(np.ones(4), size=n), np.eye(4)[rng.integers(4, size=n)]
    yield LogOfSum(), (p, hot)
    yield SoftmaxOfSumRight(), (scale * rng.normal(size=(n, 4)), hot)
    a, y = rng.uniform(0.02, 0.98, (1, n)), rng.integers(2, size=(1, n))
    yield ColumnCE(), (a, y)
    yield BinaryOfSum(), (a, y.astype(float))


def specimens() -> Iterator[Specimen]:
    for kind in (paths, averages, kernels, functions, nets, sequences):
        yield from kind()
