import numpy as np
import pytest

import layers
from layers import GELU, MSE, Dropout, Embedding, FullyConnected, Max, ReLU, SoftmaxCE, Tanh
from nets import Graph, Sequential
from nets.differentiation import Dual, compare
from nets.differentiation.formulas import FORMULAS, formula
from tests.layers.table import ROWS

DIFFERENCES = ("forward difference", "centred difference")
by_row = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])


def test_every_layer_of_the_library_has_a_formula():
    public = [getattr(layers, name) for name in layers.__all__]
    classes = [c for c in public if isinstance(c, type) and issubclass(c, layers.Layer)]
    assert len(classes) > 30
    assert set(classes) - {layers.Layer} <= set(FORMULAS)


@by_row
def test_the_formula_is_what_forward_computes(row):
    layer, xs = row.make(), row.inputs()
    y = layer.forward(*xs)
    parts, found = (v if isinstance(v, tuple) else (v,) for v in (y, formula(layer)(*xs)))
    single = any(np.asarray(part).dtype == np.float32 for part in parts) or "32" in row.name
    for one, other in zip(parts, found, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-6 if single else 1e-12, atol=1e-14)


# Differences of numbers with seven digits say little.
@pytest.mark.parametrize(
    "row", [row for row in ROWS if "float32" not in row.name], ids=lambda row: row.name
)
def test_every_layer_is_differentiated_in_every_way(row):
    found = compare(row.make(), *row.inputs(), without=("symbolic",))
    for way, outcome in found.outcomes.items():
        assert not outcome.reason, (way, outcome.reason)
        assert outcome.error < (1e-5 if way in DIFFERENCES else 1e-13), way


# A handful of numbers each: the formulas of many are long.
X = np.array([[0.7, -0.4]])
SMALL = [
    *[(make, X) for make in (layers.ReLU, layers.LeakyReLU, layers.HardTanh, layers.ELU, GELU)],
    *[(make, X) for make in (layers.Sign, layers.Sigmoid, layers.Softplus, Tanh, layers.Exp)],
    *[(make, X) for make in (layers.Sin, layers.Reciprocal, layers.Mean, layers.Flatten)],
    (layers.Log, X**2),
    (lambda: Dropout(0.5, rng=0), X),
    (lambda: FullyConnected(2, 2, rng=0), X),
    (lambda: layers.AddConstant(2.0), X),
    (lambda: layers.MultiplyConstant(2.0), X),
    (lambda: layers.Copy(2), X),
    *[(make, X, X[:, ::-1].copy()) for make in (layers.Add, layers.Multiply, Max, layers.Concat)],
    (MSE, X, X + 1),
    *[(make, X**2, np.array([[1, 0]])) for make in (layers.SigmoidCE, layers.BinaryCE)],
    *[(make, X, [1], [2.0]) for make in (SoftmaxCE, layers.Hinge)],
]


@pytest.mark.parametrize(("make", "xs"), [(m, xs) for m, *xs in SMALL], ids=lambda m: None)
def test_symbols_go_through_every_layer(make, xs):
    found = compare(make(), *xs, without=DIFFERENCES)
    assert not found["symbolic"].reason
    assert found["reverse mode"].error < 1e-14


def test_the_small_inputs_are_of_all_layers_that_have_a_gradient():
    made = {type(make()) for make, *_ in SMALL}
    lookups = {Embedding, layers.MeanEmbedding}  # of words, which are no numbers
    assert made | lookups | {Sequential, Graph} == set(FORMULAS)


def test_a_net_is_the_formulas_of_its_layers():
    rng = np.random.default_rng(0)
    net = Sequential(
        FullyConnected(3, 4, rng=rng), Tanh(), Dropout(0.5, rng=rng), FullyConnected(4, 2, rng=rng)
    )
    found = compare(net, rng.normal(size=(2, 3)))
    assert not any(outcome.reason for outcome in found.outcomes.values())
    assert max(outcome.error for outcome in found.outcomes.values()) < 1e-6


def test_so_is_a_graph_even_where_dropout_stands_in_two_nodes():
    drop = Dropout(0.5, rng=0)
    graph = Graph(
        ("x", "t"),
        "loss",
        {
            "a": (drop, "x"),
            "b": (drop, "a"),
            "y": (Max(), "b", "x"),
            "loss": (MSE(), "y", "t"),
        },
    )
    x, t = np.random.default_rng(1).normal(size=(2, 3, 4))
    found = compare(graph, x, t)
    assert not any(outcome.reason for outcome in found.outcomes.values())
    assert max(outcome.error for outcome in found.outcomes.values()) < 1e-6


def test_words_and_labels_are_passed_through():
    rng = np.random.default_rng(0)
    graph = Graph(
        ("ids", "W", "labels"),
        "loss",
        {
            "e": (Embedding(5, 3, rng=rng), "ids"),
            "s": (layers.Add(), "e", "W"),
            "loss": (SoftmaxCE(), "s", "labels"),
        },
    )
    ids, labels = np.array([1, 4]), np.array([0, 2])
    found = compare(graph, ids, rng.normal(size=(2, 3)), labels)
    assert not any(outcome.reason for outcome in found.outcomes.values())
    assert found["complex step"].gradient[0] is None


def test_a_students_layer_is_its_own_formula():
    class Cube:
        def forward(self, x):
            return x**3

    cube = Cube()
    assert formula(cube)(Dual(2.0, 1.0)).slope == 12.0
    net = Sequential(ReLU(), GELU())
    assert formula(net)(Dual(np.array([[2.0]]), np.array([[1.0]]))).slope == pytest.approx(
        1.0852318
    )
