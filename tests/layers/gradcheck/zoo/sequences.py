"""Mistakes of recurrent layers with gates, and of attention in heads with a causal mask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.layers.gradcheck.zoo.specimen import Specimen
from tests.layers.gradcheck.zoo.subtle import LSTM, RNN, STEPS, SelfAttention, wrong

TEXTS = np.random.default_rng(13).normal(size=(3, 4, 4))
ORDERS = ((0, 1, 3, 2), (1, 0, 2, 3), (3, 0, 1, 2))


def reordered(order: tuple[int, ...]) -> Any:
    """An LSTM with the gates joined in another order in backward."""

    def step_back(self: Any, dh: Any, dc: Any, cache: Any) -> Any:
        x, h, _, i, f, o, g, new = cache
        t, before = np.tanh(new), cache[2]
        dc = dc + dh * o * (1 - t**2)
        parts = dc * g * i * (1 - i), dc * before * f * (1 - f), dh * t * o * (1 - o)
        parts = (*parts, dc * i * (1 - g**2))
        da = np.hstack([parts[place] for place in order])
        grads = {"Wx": x.T @ da, "Wh": h.T @ da, "b": da.sum(axis=0)}
        return da @ self.params["Wx"].T, da @ self.params["Wh"].T, dc * f, grads

    return wrong(LSTM, step_back=step_back)


def of_the_last_step(self: Any, dout: Any) -> Any:
    """W_h gets the gradient of the last step alone."""
    dx, grads = RNN.backward(self, dout)
    da = 0.7 * dout[:, -1] * (1 - self.h[:, -1] ** 2)
    return dx, {**grads, "Wh": self.before(dout.shape[1] - 1).T @ da}


class Heads(SelfAttention):
    """Causal attention in two heads."""

    def __init__(self) -> None:
        rng = np.random.default_rng(8)
        self.params = {name: 0.5 * rng.normal(size=(4, 4)) for name in ("Wq", "Wk", "Wv")}

    def split(self, x: Any) -> Any:
        return x.reshape(*x.shape[:2], 2, 2).swapaxes(1, 2)

    def joined(self, o: Any) -> Any:
        return o.swapaxes(1, 2).reshape(len(o), -1, 4)

    def split_dout(self, dout: Any) -> Any:
        return self.split(dout)

    def forward(self, x: Any) -> Any:
        q, k, v = (self.split(x @ self.params[name]) for name in self.params)
        s = q @ k.swapaxes(2, 3) / np.sqrt(2)
        s = np.where(np.tri(x.shape[1]) > 0, s, -np.inf)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        self.p = e / e.sum(axis=-1, keepdims=True)
        self.cache = x, q, k, v
        return self.joined(self.p @ v)

    def backward(self, dout: Any) -> Any:
        x, q, k, v = self.cache
        do = self.split_dout(dout)
        ds = self.ds(do @ v.swapaxes(2, 3)) / np.sqrt(2)
        heads = ds @ k, ds.swapaxes(2, 3) @ q, self.p.swapaxes(2, 3) @ do
        parts = dict(zip(self.params, map(self.joined, heads), strict=True))
        grads = {name: np.einsum("ntd,nte->de", x, part) for name, part in parts.items()}
        return sum(part @ self.params[name].T for name, part in parts.items()), grads


def specimens() -> Iterator[Specimen]:
    for order in ORDERS:
        kind = reordered(order)
        yield Specimen("LSTM", "gates-reordered", "x", f"{order}", kind, (STEPS,), LSTM)
    kind = wrong(RNN, backward=of_the_last_step)
    yield Specimen("RNN", "share-missing", "Wh", "last step", kind, (STEPS,), RNN)
    for base, x in ((SelfAttention, STEPS), (Heads, TEXTS)):
        name, right_ds = base.__name__, base.ds
        root = np.sqrt(3 if base is SelfAttention else 2)
        kind = wrong(base, ds=lambda self, dp, ds=right_ds, root=root: root * ds(self, dp))
        yield Specimen(name, "constant-factor", "Wq", "scale", kind, (x,), base)
    kind = wrong(Heads, ds=lambda self, dp: self.p * dp)
    yield Specimen("Heads", "softmax-sum-missing", "x", "masked", kind, (TEXTS,), Heads)
    kind = wrong(Heads, split_dout=lambda self, d: d.reshape(len(d), 2, -1, 2))
    yield Specimen("Heads", "reshaped", "x", "", kind, (TEXTS,), Heads)


def right_ones(rng: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The correct layer of this file, with inputs."""
    scale = float(10.0 ** rng.integers(-1, 2))
    yield Heads(), (scale * rng.normal(size=(2, int(rng.integers(2, 6)), 4)),)
