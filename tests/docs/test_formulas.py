"""The formulas of the site are those of the code: they are read, computed and compared."""

import math

import numpy as np
import pytest

import layers
import nets
import optimizers
from docs.building.formulas import ACTIVATIONS, FORMULAS, LETTERS, NOTES
from docs.building.names import names
from layers import (
    MSE,
    BinaryCE,
    Dropout,
    Embedding,
    FullyConnected,
    Hinge,
    Mean,
    MeanEmbedding,
    SigmoidCE,
    SoftmaxCE,
)
from optimizers import Optimizer, schedules
from tests.docs.latex import run

PUBLIC = {name.path: name.value for name in names()}
MADE = {"LeakyReLU": (0.3,), "ELU": (0.5,), "AddConstant": (1.5,), "MultiplyConstant": (-2.5,)}
INITIALIZERS = ("xavier_uniform", "xavier_normal", "he_uniform", "he_normal")
INFINITE = ("Log", "Reciprocal")  # at 0
BELOW = {
    *(f"layers.{name}" for name in ("FullyConnected", "Embedding", "MeanEmbedding", "Mean")),
    *(f"layers.{name}" for name in ("Dropout", "SoftmaxCE", "Hinge", "softmax", "SigmoidCE")),
    *(f"layers.{name}" for name in ("BinaryCE", "MSE", *INITIALIZERS)),
    *("nets.L1", "nets.L2", "optimizers.clip_by_value"),
}
# Dots, bars and limits cannot be computed; these are read by people.
BY_EYE = {
    *(f"layers.{name}" for name in ("Add", "Multiply", "Max", "Copy", "Concat", "Flatten")),
    *("layers.uniform", "layers.zeros", "optimizers.look_ahead", "optimizers.clip_by_norm"),
    *(path for path in FORMULAS if path.startswith(("nets.differentiation", "nets.text"))),
}
rng = np.random.default_rng(0)


def settings(path, thing):
    """What the letters that stand for arguments are in an object."""
    return {letter: getattr(thing, name) for letter, name in LETTERS.get(path, {}).items()}


def close(left, right):
    return np.allclose(left, right, rtol=1e-10, atol=1e-12)


def test_every_optimizer_and_schedule_has_a_formula():
    kinds = {path for path, value in PUBLIC.items() if isinstance(value, type)}
    rules = {p for p in kinds if issubclass(PUBLIC[p], Optimizer)}
    rates = {p for p in PUBLIC if p.startswith("optimizers.schedules.")}
    contracts = {"optimizers.Optimizer", "optimizers.Clipped"}
    assert (rules | rates) - contracts - set(FORMULAS) == set()


def test_every_formula_belongs_to_a_public_name():
    assert {*FORMULAS, *LETTERS, *NOTES} - set(PUBLIC) == set()
    assert set(LETTERS) - set(FORMULAS) == set()


@pytest.mark.parametrize("path", FORMULAS)
def test_every_formula_can_be_set(path):
    pytest.importorskip("sphinx", reason="the site: pip install handgrad[docs]")
    from docs.building.mathml import mathml

    assert all("<math" in mathml(line) for line in FORMULAS[path])


@pytest.mark.parametrize("path", ACTIVATIONS)
def test_functions_of_one_number(path):
    name = path.removeprefix("layers.")
    layer = getattr(layers, name)(*MADE.get(name, ()))
    xs = np.array([0.25, 0.5, 1.0, 3.0]) if name in INFINITE else np.linspace(-3, 3, 25)
    said = [run(FORMULAS[path], {"x": x, r"\pi": math.pi, **settings(path, layer)}) for x in xs]
    assert close(layer.forward(xs), [values["y"] for values in said])
    assert close(layer.backward(np.ones_like(xs))[0], [values["dy/dx"] for values in said])


def test_fully_connected():
    layer = FullyConnected(5, 3, rng=0)
    layer.params["b"] = rng.normal(size=3)
    x, dy = rng.normal(size=(6, 5)), rng.normal(size=(6, 3))
    said = run(
        FORMULAS["layers.FullyConnected"],
        {"x": x, "dy": dy, **layer.params, "N": 6, "D": 5, "M": 3},
        {"n": 6, "d": 5, "m": 3},
    )
    assert close(layer.forward(x), said["y"])
    dx, grads = layer.backward(dy)
    assert close(dx, said["dx"])
    assert close(grads["W"], said["dW"])
    assert close(grads["b"], said["db"])


@pytest.mark.parametrize("kind", [Embedding, MeanEmbedding])
def test_embeddings(kind):
    layer = kind(7, 3, rng=0, **({"padding": 0} if kind is MeanEmbedding else {}))
    ids = rng.integers(7, size=(6, 4))
    ids[:, 0] = np.arange(1, 7)  # a text of padding alone has no mean
    y = layer.forward(ids)
    dy = rng.normal(size=y.shape)
    path = f"layers.{kind.__name__}"
    said = run(
        FORMULAS[path],
        {"i": ids, "dy": dy, **layer.params, "N": 6, "T": 4, **settings(path, layer)},
        {"n": 6, "t": 4, "d": 3, "v": 7},
    )
    assert close(y, said["y"])
    assert close(layer.backward(dy)[1]["W"], said["dW"])


def test_mean():
    layer, x, dy = Mean(), rng.normal(size=(4, 3, 5)), rng.normal(size=(4, 5))
    said = run(FORMULAS["layers.Mean"], {"x": x, "dy": dy, "T": 3}, {"n": 4, "t": 3, "d": 5})
    assert close(layer.forward(x), said["y"])
    assert close(layer.backward(dy)[0], said["dx"])


def test_dropout():
    layer, x, dy = Dropout(0.4, rng=0), rng.normal(size=9), rng.normal(size=9)
    y = layer.forward(x)
    drawn, *rest = FORMULAS["layers.Dropout"]
    assert "with probability" in drawn
    m = np.where(y == 0, 0, 1 / (1 - 0.4))
    assert 0 < np.count_nonzero(m) < 9
    said = run(rest, {"x": x, "dy": dy, "m": m}, {"i": 9})
    assert close(y, said["y"])
    assert close(layer.backward(dy)[0], said["dx"])


@pytest.mark.parametrize("loss", [SoftmaxCE, Hinge])
def test_losses_of_labels(loss):
    layer, scores, labels = loss(), 2 * rng.normal(size=(6, 4)), rng.integers(4, size=6)
    values = {"s": scores, "t": labels, "N": 6, "C": 4}
    said = run(FORMULAS[f"layers.{loss.__name__}"], values, {"n": 6, "j": 4})
    assert close(layer.forward(scores, labels), said["L"])
    assert close(layer.backward()[0], said["ds"])


def test_softmax():
    scores = rng.normal(size=(6, 4))
    said = run(FORMULAS["layers.softmax"], {"s": scores, "C": 4}, {"n": 6, "j": 4})
    assert close(layers.softmax(scores), said["p"])


@pytest.mark.parametrize(("loss", "given"), [(SigmoidCE, "s"), (BinaryCE, "p"), (MSE, "y")])
def test_losses_of_entries(loss, given):
    layer, x, t = loss(), rng.uniform(0.1, 0.9, 8), rng.integers(2, size=8).astype(float)
    said = run(FORMULAS[f"layers.{loss.__name__}"], {given: x, "t": t, "N": 8}, {"i": 8})
    assert close(layer.forward(x, t), said["L"])
    assert close(layer.backward()[0], said[f"d{given}"])


@pytest.mark.parametrize("name", ["L1", "L2"])
def test_regularizers(name):
    penalty, w = getattr(nets, name)(0.3), rng.normal(size=(1, 5))
    path = f"nets.{name}"
    said = run(FORMULAS[path], {"w": w[0], **settings(path, penalty)}, {"i": 5})
    assert close(penalty.penalty({"W": w}), said["R"])
    assert close(penalty.gradients({"W": w})["W"], said["dw"])


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializers(name):
    path = f"layers.{name}"
    _, line = FORMULAS[path]
    said = run([line], {"D": 300, "M": 100})
    W = getattr(layers, name)((300, 100), np.random.default_rng(0))
    if "a" in said:
        assert 0.99 * said["a"] < np.abs(W).max() <= said["a"]
    else:
        assert np.isclose(W.std(), said[r"\sigma"], rtol=0.02)


RULES = {
    "SGD": {"momentum": 0.9},
    "Adagrad": {"epsilon": 0.1},
    "Adadelta": {"epsilon": 0.1},
    "RMSProp": {"epsilon": 0.1},
    "Adam": {"epsilon": 0.1},
    "AdamW": {"epsilon": 0.1},
    "Adafactor": {"epsilon1": 0.3},
}


@pytest.mark.parametrize("name", RULES)
def test_rules(name):
    path = f"optimizers.{name}"
    rule = getattr(optimizers, name)(0.05, weight_decay=0.2, **RULES[name])
    params = {"W": rng.normal(size=(4, 3))}
    zeros = {letter: np.zeros((4, 3)) for letter in "vumG"}
    values = {r"\theta": params["W"].copy(), **zeros, "r": np.zeros(4), "c": np.zeros(3)}
    values |= {"N": 4, "M": 3, **settings(path, rule)}
    for t in range(1, 5):
        g = rng.normal(size=(4, 3))
        rule.step(params, {"W": g})
        values = run(FORMULAS[path], {**values, "g": g, "t": t}, {"i": 4, "j": 3})
        assert close(params["W"], values[r"\theta"])


def test_clipping():
    g = rng.normal(size=9)
    clipped = optimizers.clip_by_value({"W": g}, 0.5)["W"]
    said = [run(FORMULAS["optimizers.clip_by_value"], {"g": x, "c": 0.5})["g"] for x in g]
    assert close(clipped, said)


RATES = [
    schedules.Cosine(0.5, 8, 0.1),
    schedules.Linear(0.5, 8, 0.1),
    schedules.Exponential(0.5, 0.9),
    schedules.InverseTime(0.5, 0.3),
    schedules.StepDecay(0.5, 0.9, 3),
    schedules.Warmup(4, schedules.Exponential(1.0, 0.5)),
    schedules.Then(0.5, 2, schedules.Linear(0.25, 8)),
]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: type(rate).__name__)
def test_schedules(rate):
    path = f"optimizers.schedules.{type(rate).__name__}"
    values = {r"\pi": math.pi, **settings(path, rate)}
    if isinstance(rate, schedules.Warmup):
        values |= {r"\eta": rate.after, r"\eta_1": rate.after(1)}
    if isinstance(rate, schedules.Then):
        values |= {r"\eta_1": lambda t: rate.first, r"\eta_2": rate.after}
    for t in range(1, 9):
        assert close(rate(t), run(FORMULAS[path], {**values, "t": t})[r"\eta"])


def test_each_formula_is_computed_here_or_read_by_people():
    computed = {*ACTIVATIONS, *BELOW, *(f"optimizers.{name}" for name in RULES)}
    computed |= {f"optimizers.schedules.{type(rate).__name__}" for rate in RATES}
    assert computed | BY_EYE == set(FORMULAS)
