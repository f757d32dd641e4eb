"""Where did my gradient go?"""

import numpy as np
import pytest

from layers import MSE, Embedding, FullyConnected, ReLU, Sigmoid, Tanh, uniform
from nets import Graph, Sequential
from tests.nets.trace.nets import LABELS, X, small, traced

RNG = np.random.default_rng(0)
BATCH, CLASSES = RNG.standard_normal((16, 8)), RNG.integers(0, 3, 16)


def deep(activation, scale, layers=6):
    inner = [
        layer
        for index in range(layers)
        for layer in (FullyConnected(8, 8, rng=index, weight_init=uniform(scale)), activation())
    ]
    return traced(Sequential(*inner, FullyConnected(8, 3, rng=9)), BATCH, CLASSES)


def test_all_is_well():
    trace = traced(small())
    sentence, step = trace.verdict
    start, end = f"{trace[-1].downstream:.3g}", f"{trace[0].upstream:.3g}"
    assert sentence == (
        f"The gradient arrives: of a norm of {start} after the last layer, {end} reaches "
        "0 (FullyConnected 2 -> 3)."
    )
    assert step is None


def test_sigmoids_let_it_vanish():
    trace = deep(Sigmoid, 0.1)
    sentence, step = trace.verdict
    assert sentence.startswith("The gradient vanishes: its norm is ")
    assert type(step.layer) is Sigmoid or type(step.layer) is FullyConnected
    assert f" in {step.name} (" in sentence
    assert "of its kind" in sentence
    gains = {s.name: s.downstream / s.upstream for s in trace.steps[:-1]}
    assert gains[step.name] == min(gains.values())


def test_saturated_ones_are_named():
    sentence, step = deep(Tanh, 30.0, layers=3).verdict
    assert (
        sentence.endswith(f"which is {100 * step.saturated:.0f} % saturated.") or "expl" in sentence
    )
    net = Sequential(FullyConnected(8, 8, rng=0), Sigmoid(), FullyConnected(8, 3, rng=1))
    net.params["0.b"] = np.full(8, 30.0)
    sentence, step = traced(net, BATCH, CLASSES).verdict
    assert "The gradient vanishes" in sentence
    assert "in 1 (Sigmoid), which is 100 % saturated." in sentence
    assert step.name == "1"


def test_large_weights_let_it_explode():
    sentence, step = deep(ReLU, 20.0).verdict
    assert sentence.startswith("The gradient explodes")
    assert type(step.layer) is FullyConnected


def test_dead_units_stop_it():
    net = small()
    net.params["0.b"] = [-9, -9, -9]
    sentence, step = traced(net).verdict
    assert sentence == (
        "The gradient ends in 1 (ReLU): no unit of it is on in this batch, and what comes before "
        "learns nothing."
    )
    assert step.name == "1"


def test_weights_of_zero_stop_it():
    net = small()
    net.params["2.W"] = np.zeros((3, 2))
    assert traced(net).verdict.sentence.startswith(
        "The gradient ends in 2 (FullyConnected 3 -> 2): its dx is 0 everywhere, and"
    )


def test_many_dead_units_are_worth_a_word():
    net = small()
    net.params["0.b"] = [0, -9, -9]
    sentence, step = traced(net).verdict
    assert sentence.startswith("The gradient arrives")
    assert sentence.endswith("But watch 1 (ReLU), where 67 % of the units are dead.")
    assert step.name == "1"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_not_finite_is_found_where_it_begins():
    net = small()
    net.params["0.W"] = np.full((2, 3), np.inf)
    sentence, step = traced(net, np.abs(X)).verdict
    assert sentence == (
        "The pass breaks forward, in 0 (FullyConnected 2 -> 3): its output holds nan or infinity."
    )
    assert step.name == "0"


def test_a_gradient_that_is_not_finite_is_found_where_it_begins():
    class Wrong(Tanh):
        def backward(self, dout):
            return np.full_like(dout, np.nan), {}

    net = Sequential(FullyConnected(2, 2, rng=0), Wrong(), FullyConnected(2, 2, rng=0))
    sentence, step = traced(net).verdict
    assert sentence.startswith("The pass breaks backward, in 1 (Wrong): its gradient holds nan")
    assert step.name == "1"


def test_a_loss_at_its_least_gives_none():
    trace = Sequential(ReLU()).trace(np.ones((2, 1)), np.ones((2, 1)), MSE())
    assert "There is no gradient: that of the loss is 0" in trace.verdict.sentence


def test_so_does_one_after_parameters():
    net = Sequential(FullyConnected(1, 1, rng=0))
    x = np.ones((2, 1))
    assert "There is no gradient" in net.trace(x, net.predict(x), MSE()).verdict.sentence


def test_a_net_without_parameters_is_judged_by_all_its_layers():
    verdict = Sequential(Tanh(), Tanh()).trace(X, LABELS * np.ones((2, 1)) + X, MSE()).verdict
    assert "reaches 0 (Tanh)" in verdict.sentence


def test_an_empty_net_and_an_embedding_have_verdicts():
    assert traced(Sequential()).verdict.sentence.startswith("The gradient arrives")
    net = Sequential(Embedding(5, 2, rng=0))
    assert "reaches 0" in net.trace(np.array([1, 2]), np.ones((2, 2)), MSE()).verdict.sentence


def test_a_graph_has_one():
    graph = Graph(
        ("x", "t"), "loss", {"y": (FullyConnected(2, 1, rng=0), "x"), "loss": (MSE(), "y", "t")}
    )
    verdict = graph.trace((X, np.ones((2, 1)))).verdict
    assert "reaches y (FullyConnected 2 -> 1)" in verdict.sentence
