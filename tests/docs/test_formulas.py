"""The formulas of the site are those of the code: they are read, computed and compared."""

import math

import numpy as np
import pytest

import layers
import optimizers
from docs.building.formulas import FORMULAS, LETTERS, NOTES
from docs.building.names import names
from layers import BinaryCE, Embedding, FullyConnected, Hinge, MeanEmbedding, SigmoidCE, SoftmaxCE
from optimizers import schedules
from tests.docs.latex import run

rng = np.random.default_rng(0)


def settings(path, thing):
    """The values of the letters that stand for arguments."""
    return {letter: getattr(thing, name) for letter, name in LETTERS.get(path, {}).items()}


def test_every_formula_belongs_to_a_public_name():
    assert {*FORMULAS, *LETTERS, *NOTES} - {name.path for name in names()} == set()
    assert {*LETTERS, *NOTES} - set(FORMULAS) == set()


@pytest.mark.parametrize("path", FORMULAS)
def test_every_formula_can_be_set(path):
    pytest.importorskip("sphinx", reason="the site: pip install handgrad[docs]")
    from docs.building.mathml import mathml

    assert all("<math" in mathml(line) for line in FORMULAS[path])


def sigmoid():
    layer, xs = layers.Sigmoid(), np.linspace(-3, 3, 9)
    found = [run(FORMULAS["layers.Sigmoid"], {"x": x}) for x in xs]
    yield layer.forward(xs), [values["y"] for values in found]
    yield layer.backward(np.ones_like(xs))[0], [values["dy/dx"] for values in found]


def fully_connected():
    layer = FullyConnected(5, 3, rng=0)
    layer.params["b"] = rng.normal(size=3)
    x, dy = rng.normal(size=(6, 5)), rng.normal(size=(6, 3))
    values = {"x": x, "dy": dy, **layer.params, "N": 6, "D": 5, "M": 3}
    found = run(FORMULAS["layers.FullyConnected"], values, {"n": 6, "d": 5, "m": 3})
    yield layer.forward(x), found["y"]
    dx, grads = layer.backward(dy)
    yield from [(dx, found["dx"]), (grads["W"], found["dW"]), (grads["b"], found["db"])]


def embedding(kind, **options):
    path, layer = f"layers.{kind.__name__}", kind(7, 3, rng=0, **options)
    ids = rng.integers(7, size=(6, 4))
    ids[:, 0] = np.arange(1, 7)  # a text of padding alone has no mean
    y = layer.forward(ids)
    dy = rng.normal(size=y.shape)
    values = {"i": ids, "dy": dy, **layer.params, "N": 6, "T": 4, **settings(path, layer)}
    found = run(FORMULAS[path], values, {"n": 6, "t": 4, "d": 3, "v": 7})
    yield y, found["y"]
    yield layer.backward(dy)[1]["W"], found["dW"]


def batch_norm():
    layer, (x, dy) = layers.BatchNorm(3, epsilon=0.1), rng.normal(size=(2, 6, 3))
    layer.params = {"gamma": rng.normal(size=3), "beta": rng.normal(size=3)}
    values = {rf"\{name}": theta for name, theta in layer.params.items()}
    values |= {"x": x, "dy": dy, "N": 6, **settings("layers.BatchNorm", layer)}
    found = run(FORMULAS["layers.BatchNorm"], values, {"n": 6, "c": 3})
    yield layer.forward(x), found["y"]
    dx, grads = layer.backward(dy)
    yield dx, found["dx"]
    yield from [(grads[name], found[rf"d\{name}"]) for name in grads]


def loss_of_labels(kind):
    layer, scores, labels = kind(), 2 * rng.normal(size=(6, 4)), rng.integers(4, size=6)
    values = {"s": scores, "t": labels, "N": 6, "C": 4}
    found = run(FORMULAS[f"layers.{kind.__name__}"], values, {"n": 6, "j": 4})
    yield layer.forward(scores, labels), found["L"]
    yield layer.backward()[0], found["ds"]


def softmax():
    scores = rng.normal(size=(6, 4))
    found = run(FORMULAS["layers.softmax"], {"s": scores, "C": 4}, {"n": 6, "j": 4})
    yield layers.softmax(scores), found["p"]


def loss_of_entries(kind, letter):
    layer, x, t = kind(), rng.uniform(0.1, 0.9, 8), rng.integers(2, size=8).astype(float)
    found = run(FORMULAS[f"layers.{kind.__name__}"], {letter: x, "t": t, "N": 8}, {"i": 8})
    yield layer.forward(x, t), found["L"]
    yield layer.backward()[0], found[f"d{letter}"]


def rule(kind):
    path, optimizer = f"optimizers.{kind.__name__}", kind(0.05, weight_decay=0.2, epsilon=0.1)
    params = {"W": rng.normal(size=(4, 3))}
    values = {r"\theta": params["W"].copy(), "m": 0.0, "v": 0.0, "G": 0.0}
    values |= settings(path, optimizer)
    for t in range(1, 5):
        g = rng.normal(size=(4, 3))
        optimizer.step(params, {"W": g})
        values = run(FORMULAS[path], {**values, "g": g, "t": t})
        yield params["W"], values[r"\theta"]


def cosine():
    path, rate = "optimizers.schedules.Cosine", schedules.Cosine(0.5, 8, 0.1)
    for t in range(1, 9):
        values = {r"\pi": math.pi, "t": t, **settings(path, rate)}
        yield rate(t), run(FORMULAS[path], values)[r"\eta"]


COMPARED = {
    "layers.Sigmoid": sigmoid,
    "layers.FullyConnected": fully_connected,
    "layers.Embedding": lambda: embedding(Embedding),
    "layers.MeanEmbedding": lambda: embedding(MeanEmbedding, padding=0),
    "layers.BatchNorm": batch_norm,
    "layers.softmax": softmax,
    "layers.SoftmaxCE": lambda: loss_of_labels(SoftmaxCE),
    "layers.Hinge": lambda: loss_of_labels(Hinge),
    "layers.SigmoidCE": lambda: loss_of_entries(SigmoidCE, "s"),
    "layers.BinaryCE": lambda: loss_of_entries(BinaryCE, "p"),
    **{
        f"optimizers.{name}": lambda name=name: rule(getattr(optimizers, name))
        for name in ("Adagrad", "Adam", "AdamW")
    },
    "optimizers.schedules.Cosine": cosine,
}


@pytest.mark.parametrize("path", FORMULAS)
def test_the_formula_is_what_the_code_computes(path):
    verdicts = [np.allclose(*pair, rtol=1e-10, atol=1e-12) for pair in COMPARED[path]()]
    assert verdicts
    assert all(verdicts)
