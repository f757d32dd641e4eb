"""The worked examples, formulas and algorithms of the five lectures, with the lectures' numbers.

What a lecture rounds is compared as it rounds it. `notebooks/README.md` lists where each stands.
"""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from layers import (
    Add,
    AddConstant,
    BinaryCE,
    Copy,
    Exp,
    FullyConnected,
    Log,
    Max,
    Multiply,
    MultiplyConstant,
    Reciprocal,
    ReLU,
    Sigmoid,
    SigmoidCE,
    Sin,
    SoftmaxCE,
    Tanh,
    assert_gradients,
    softmax,
)
from nets import Graph, Sequential, fit
from nets.differentiation import centred_difference, compare, reverse_mode
from optimizers import SGD

RNG = np.random.default_rng(2019)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def jacobian(layer, x):
    """Row by row, by one backward for each output: dy_i / dx_j of a single example."""
    (y,) = layer.forward(x[None])
    return np.stack([layer.backward(row[None])[0][0] for row in np.eye(len(y))])


def parameter_jacobian(layer, x, name):
    (y,) = layer.forward(x[None])
    return np.stack([layer.backward(row[None])[1][name].ravel() for row in np.eye(len(y))])


def on_the_edges(graph):
    """The numbers that the drawing shows, values and gradients."""
    svg = "{http://www.w3.org/2000/svg}"
    words = [
        (element.get("class"), element.text)
        for element in ET.fromstring(graph.draw().svg).iter(f"{svg}text")
    ]
    return [
        [text for kind, text in words if kind == f"hg-{wanted}" and ":" not in text]
        for wanted in ("value", "gradient")
    ]


# CSE 587, lecture 3.


def test_a_neuron():
    """a = 1 / (1 + exp(-(w.x + b)))."""
    neuron = Sequential(FullyConnected(3, 1, rng=0), Sigmoid())
    neuron.params["0.b"] = [0.5]
    x, w = RNG.normal(size=3), neuron.params["0.W"][:, 0]
    assert neuron.forward(x)[0] == pytest.approx(1 / (1 + np.exp(-(w @ x + 0.5))))


def test_the_two_layer_perceptron_unit_by_unit_and_in_compact_form():
    """h_i = sigma(w_i1 x_1 + w_i2 x_2), o = sigma(v_1 h_1 + v_2 h_2 + v_3 h_3)."""
    net = Sequential(
        FullyConnected(2, 3, bias=False, rng=0),
        Sigmoid(),
        FullyConnected(3, 1, bias=False, rng=1),
        Sigmoid(),
    )
    W, v = net.params["0.W"], net.params["2.W"][:, 0]  # W[j, i] is the lecture's w_i^j
    x1, x2 = x = np.array([0.7, -1.2])
    h = [sigma(W[0, i] * x1 + W[1, i] * x2) for i in range(3)]
    o = sigma(v[0] * h[0] + v[1] * h[1] + v[2] * h[2])
    assert net.forward(x)[0] == pytest.approx(o)
    assert o == pytest.approx(sigma(v @ sigma(W.T @ x)))


def test_negative_log_likelihood():
    """L = -sum over the examples of log P(y | X); the layer gives the mean."""
    scores, labels = RNG.normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    likelihood = softmax(scores)[np.arange(5), labels]
    assert SoftmaxCE().forward(scores, labels) == pytest.approx(-np.log(likelihood).sum() / 5)


def test_gradient_descent():
    """w_0 = 0; w_{t+1} = w_t - eta grad f(w_t), for f(w) = |w - c|**2 / 2."""
    c, eta = np.array([1.0, -2.0]), 0.1
    params, by_hand, sgd = {"w": np.zeros(2)}, np.zeros(2), SGD(eta)
    for _ in range(20):
        sgd.step(params, {"w": params["w"] - c})
        by_hand = by_hand - eta * (by_hand - c)
    np.testing.assert_allclose(params["w"], by_hand, rtol=1e-13)
    np.testing.assert_allclose(params["w"], c * (1 - 0.9**20), rtol=1e-13)


X = 1.7
RULES = {
    "power": ({"y": (Multiply(), "x", "x", "x")}, 3 * X**2),
    "exponential": ({"y": (Exp(), "x")}, np.exp(X)),
    "sum": (
        {
            "f": (MultiplyConstant(2.0), "sin"),
            "g": (MultiplyConstant(-3.0), "exp"),
            "sin": (Sin(), "x"),
            "exp": (Exp(), "x"),
            "y": (Add(), "f", "g"),
        },
        2 * np.cos(X) - 3 * np.exp(X),
    ),
    "product": (
        {"f": (Sin(), "x"), "g": (Exp(), "x"), "y": (Multiply(), "f", "g")},
        np.cos(X) * np.exp(X) + np.sin(X) * np.exp(X),
    ),
    "chain": ({"g": (Log(), "x"), "y": (Sin(), "g")}, np.cos(np.log(X)) / X),
    "z = 3y, y = x**2": (
        {"square": (Multiply(), "x", "x"), "y": (MultiplyConstant(3.0), "square")},
        6 * X,
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_rules_of_calculus(rule):
    nodes, slope = RULES[rule]
    graph = Graph("x", "y", nodes)
    assert reverse_mode(graph, X) == pytest.approx(slope, rel=1e-14)
    assert_gradients(graph, X)


def test_the_jacobian_of_an_elementwise_function_is_diagonal():
    """dh/dz = diag(f'(z))."""
    z = RNG.normal(size=4)
    np.testing.assert_allclose(jacobian(Tanh(), z), np.diag(1 - np.tanh(z) ** 2), rtol=1e-14)


def test_the_other_jacobians():
    """d(Wx + b)/dx = W, d(Wx + b)/db = I, d(u.h)/du = h.T; the lecture's W is W.T here."""
    layer, x = FullyConnected(4, 3, rng=0), RNG.normal(size=4)
    assert np.array_equal(jacobian(layer, x), layer.params["W"].T)
    assert np.array_equal(parameter_jacobian(layer, x, "b"), np.eye(3))
    u, h = FullyConnected(4, 1, bias=False, rng=1), RNG.normal(size=4)
    assert np.array_equal(parameter_jacobian(u, h, "W"), h[None])


def test_jacobians_multiply():
    """dh/dx = dh/dz dz/dx."""
    x = RNG.normal(size=4)
    affine, tanh = FullyConnected(4, 3, rng=0), Tanh()
    (z,) = affine.forward(x[None])
    product = jacobian(tanh, z) @ jacobian(affine, x)
    np.testing.assert_allclose(jacobian(Sequential(affine, tanh), x), product, rtol=1e-14)


def museums():
    """s = u.h, h = f(z), z = Wx + b, for x = [museums in Paris are amazing]."""
    nodes = {
        "z": (FullyConnected(5, 3, rng=0), "x"),
        "h": (Tanh(), "z"),
        "s": (FullyConnected(3, 1, bias=False, rng=1), "h"),
    }
    graph = Graph("x", "s", nodes)
    graph.params["z.b"] = RNG.normal(size=3)
    return graph


def test_the_score_and_its_gradients_by_b_and_w():
    """ds/db = delta = u o f'(z), and ds/dW is the outer product of delta and x."""
    graph, x = museums(), RNG.normal(size=5)
    graph.forward(x[None])
    _, grads = graph.backward([[1.0]])
    u, z = graph.params["s.W"][:, 0], graph.values["z"][0]
    delta = u * (1 - np.tanh(z) ** 2)
    np.testing.assert_allclose(graph.gradients["z"][0], delta, rtol=1e-14)
    np.testing.assert_allclose(grads["z.b"], delta, rtol=1e-14)
    np.testing.assert_allclose(grads["z.W"].T, np.outer(delta, x), rtol=1e-14)
    assert_gradients(graph, x[None])


def test_dz_by_dw_is_a_matrix_of_blocks_and_gradients_have_the_parameters_shape():
    """dz/dW is n x nm with x.T in each block; delta times it, reshaped, is ds/dW."""
    layer, x, delta = FullyConnected(4, 3, rng=0), RNG.normal(size=4), RNG.normal(size=3)
    blocks = np.kron(np.eye(3), x)  # of the lecture's W, n x m, row by row
    found = parameter_jacobian(layer, x, "W").reshape(3, 4, 3).transpose(0, 2, 1).reshape(3, 12)
    assert np.array_equal(found, blocks)
    layer.forward(x[None])
    _, grads = layer.backward(delta[None])
    assert grads["W"].shape == layer.params["W"].shape
    np.testing.assert_allclose(grads["W"].T, (delta @ blocks).reshape(3, 4), rtol=1e-14)


def max_example():
    nodes = {"a": (Add(), "x", "y"), "b": (Max(), "y", "z"), "f": (Multiply(), "a", "b")}
    return Graph(("x", "y", "z"), "f", nodes)


def test_the_sum_times_the_maximum_at_1_2_0():
    """f = (x + y) max(y, z): a = 3, b = 2, f = 6; df/dx = 2, df/dy = 3 + 2 = 5, df/dz = 0."""
    graph = max_example()
    assert graph.forward(1.0, 2.0, 0.0) == 6.0
    assert (graph.values["a"], graph.values["b"]) == (3.0, 2.0)
    assert graph.backward()[0] == (2.0, 5.0, 0.0)
    assert (graph.gradients["a"], graph.gradients["b"]) == (2.0, 3.0)
    assert graph.shares["a"][1] + graph.shares["b"][0] == 2.0 + 3.0 == graph.gradients["y"]
    values, gradients = on_the_edges(graph)
    assert values == ["1", "2", "2", "0", "3", "2", "6"]
    assert gradients == ["Σ 5", "2", "2", "3", "0", "2", "3", "1"]


def test_plus_distributes_max_routes_and_times_switches():
    for gate, (dx, dy) in ((Add(), (7.0, 7.0)), (Max(), (0.0, 7.0)), (Multiply(), (28.0, 21.0))):
        gate.forward(3.0, 4.0)
        assert gate.backward(7.0)[0] == (dx, dy)


def test_several_outgoing_edges_sum_their_gradients():
    """df/dy = df/da da/dy + df/db db/dy, at any point away from the kink."""
    for x, y, z in RNG.normal(size=(5, 3)):
        graph = max_example()
        graph.forward(x, y, z)
        (_, dy, _), _ = graph.backward()
        assert dy == pytest.approx(max(y, z) + (x + y) * (y > z))


def test_the_numeric_gradient_of_the_lecture():
    """f'(x) is about (f(x + h) - f(x - h)) / (2h)."""
    h, x = 1e-4, 0.3
    expected = (np.sin(x + h) - np.sin(x - h)) / (2 * h)
    assert centred_difference(np.sin, x, h=h) == pytest.approx(expected, rel=1e-14)


DATA = RNG.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])


def classifier():
    return Sequential(FullyConnected(3, 2, rng=0))


@pytest.mark.parametrize("batch_size", ["all", 2, 1], ids=["batch", "mini-batch", "stochastic"])
def test_the_three_loops_of_gradient_descent(batch_size):
    """params = params - learning_rate * params_grad: over all data, over batches, over examples."""
    x, y = DATA
    trained, by_hand, loss = classifier(), classifier(), SoftmaxCE()
    fit(
        trained,
        SoftmaxCE(),
        SGD(0.1),
        x,
        y,
        epochs=3,
        batch_size=batch_size,
        shuffle=False,
        progress=False,
    )
    size = len(x) if batch_size == "all" else batch_size
    for _ in range(3):
        for start in range(0, len(x), size):
            batch = slice(start, start + size)
            loss.forward(by_hand.forward(x[batch]), y[batch])
            _, params_grad = by_hand.backward(loss.backward()[0])
            for name, array in by_hand.params.items():
                array -= 0.1 * params_grad[name]
    for name, array in trained.params.items():
        np.testing.assert_allclose(array, by_hand.params[name], rtol=1e-12, atol=1e-15)


# CSCI 544, lecture 8.


def test_binary_logistic_regression():
    """y = sigma(w.x + b); dL/dw_j = (sigma(w.x + b) - y) x_j."""
    net, x, y = FullyConnected(3, 1, rng=0), RNG.normal(size=3), 1.0
    z = (x @ net.params["W"] + net.params["b"])[0]
    loss = SigmoidCE()
    value = loss.forward(net.forward(x[None]), np.array([[y]]))
    assert value == pytest.approx(-(y * np.log(sigma(z)) + (1 - y) * np.log(sigma(-z))))
    _, grads = net.backward(loss.backward()[0])
    np.testing.assert_allclose(grads["W"][:, 0], (sigma(z) - y) * x, rtol=1e-13)


def test_multinomial_logistic_regression():
    """L = -(w_c.x + b) + log sum over j of exp(w_j.x + b)."""
    net, x, c = FullyConnected(4, 3, rng=0), RNG.normal(size=4), 2
    scores = x @ net.params["W"] + net.params["b"]
    value = SoftmaxCE().forward(net.forward(x[None]), np.array([c]))
    assert value == pytest.approx(-scores[c] + np.log(np.exp(scores).sum()))


def test_cross_entropy_of_a_one_hot_vector_is_the_log_of_one_probability():
    """H(p, q) = -sum over i of p_i log q_i, of which one term is left."""
    scores = RNG.normal(size=(1, 5))
    p, q = np.eye(5)[3], softmax(scores)[0]
    assert SoftmaxCE().forward(scores, [3]) == pytest.approx(-(p * np.log(q)).sum())
    assert -(p * np.log(q)).sum() == -np.log(q[3])


def test_the_bias_is_a_weight_of_an_input_that_is_always_1():
    """x_0 = 1 takes the place of b."""
    with_b, without = FullyConnected(3, 2, rng=0), FullyConnected(4, 2, bias=False)
    with_b.params["b"] = [0.5, -0.5]
    without.params["W"] = np.vstack([with_b.params["b"], with_b.params["W"]])
    x = RNG.normal(size=(5, 3))
    padded = np.hstack([np.ones((5, 1)), x])
    np.testing.assert_allclose(without.forward(padded), with_b.forward(x), rtol=1e-13)
    dout = RNG.normal(size=(5, 2))
    _, bias_and_weights = without.backward(dout)
    _, grads = with_b.backward(dout)
    np.testing.assert_allclose(bias_and_weights["W"][0], grads["b"], rtol=1e-13)
    np.testing.assert_allclose(bias_and_weights["W"][1:], grads["W"], rtol=1e-13)


def test_the_two_layer_net_with_softmax_output():
    """h = g(Wx + b), y = softmax(Uh)."""
    net = Sequential(FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 3, bias=False, rng=1))
    x = RNG.normal(size=4)
    W, b, U = net.params.values()
    expected = np.exp(U.T @ np.tanh(W.T @ x + b))
    np.testing.assert_allclose(softmax(net.predict(x)), expected / expected.sum(), rtol=1e-13)


def test_d_is_2b_e_is_a_plus_d_l_is_c_times_e():
    """At (3, 1, -2): d = 2, e = 5, L = -10; dL/da = -2, dL/db = -4, dL/dc = 5."""
    nodes = {"d": (MultiplyConstant(2.0), "b"), "e": (Add(), "a", "d"), "L": (Multiply(), "c", "e")}
    graph = Graph(("a", "b", "c"), "L", nodes)
    assert graph.forward(3.0, 1.0, -2.0) == -10.0
    assert (graph.values["d"], graph.values["e"]) == (2.0, 5.0)
    assert graph.backward()[0] == (-2.0, -4.0, 5.0)
    assert (graph.gradients["d"], graph.gradients["e"]) == (-2.0, -2.0)
    values, gradients = on_the_edges(graph)
    assert values == ["1", "3", "2", "−2", "5", "−10"]  # noqa: RUF001, as it is printed
    assert gradients == ["−4", "−2", "−2", "5", "−2", "1"]  # noqa: RUF001


def test_two_paths():
    """dO/dc = dO/dL dL/dc + dO/dR dR/dc."""
    nodes = {"L": (Exp(), "c"), "R": (Sin(), "c"), "O": (Multiply(), "L", "R")}
    graph, c = Graph("c", "O", nodes), 0.8
    graph.forward(c)
    dc, _ = graph.backward()
    left, right = graph.shares["L"][0], graph.shares["R"][0]
    assert left == pytest.approx(graph.gradients["L"] * np.exp(c))
    assert right == pytest.approx(graph.gradients["R"] * np.cos(c))
    assert dc == left + right


def test_a_copy_gate_sums_like_two_paths():
    copy = Copy(2)
    assert copy.forward(2.0) == (2.0, 2.0)
    assert copy.backward((3.0, 4.0))[0] == 7.0


def two_features():
    """z1 = W1 x + b1, a1 = ReLU(z1), z2 = W2 a1 + b2, a2 = sigma(z2), L(a2, y)."""
    nodes = {
        "z1": (FullyConnected(2, 2, rng=1), "x"),
        "a1": (ReLU(), "z1"),
        "z2": (FullyConnected(2, 1, rng=2), "a1"),
        "a2": (Sigmoid(), "z2"),
        "L": (BinaryCE(), "a2", "y"),
    }
    graph = Graph(("x", "y"), "L", nodes)
    graph.params["z1.b"], graph.params["z2.b"] = [0.1, 0.2], [-0.3]
    return graph


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_the_two_layer_net_with_two_inputs(y):
    """dL/da = -(y/a + (y - 1)/(1 - a)), da/dz = a(1 - a), dL/dz = a - y, and so on down."""
    graph, x = two_features(), np.array([[1.0, 2.0]])
    assert graph.forward(x, [[y]]) == pytest.approx(
        -(y * np.log(graph.values["a2"]) + (1 - y) * np.log(1 - graph.values["a2"]))[0, 0]
    )
    (dx, _), grads = graph.backward()
    a, a1, z1 = graph.values["a2"], graph.values["a1"], graph.values["z1"]
    W1, W2 = graph.params["z1.W"], graph.params["z2.W"]
    np.testing.assert_allclose(graph.gradients["a2"], -(y / a + (y - 1) / (1 - a)), rtol=1e-13)
    np.testing.assert_allclose(graph.gradients["z2"], a - y, rtol=1e-13)
    np.testing.assert_allclose(grads["z2.W"], a1.T @ (a - y), rtol=1e-13)
    np.testing.assert_allclose(grads["z2.b"], (a - y)[0], rtol=1e-13)
    dz1 = (a - y) @ W2.T * (z1 > 0)
    np.testing.assert_allclose(graph.gradients["z1"], dz1, rtol=1e-13)
    np.testing.assert_allclose(grads["z1.W"], x.T @ dz1, rtol=1e-13)
    np.testing.assert_allclose(grads["z1.b"], dz1[0], rtol=1e-13)
    np.testing.assert_allclose(dx, dz1 @ W1.T, rtol=1e-13)


def test_sigmoid_and_cross_entropy_in_one_layer_are_the_two_composed():
    """dL/dz = dL/da da/dz = a - y."""
    z, y = RNG.normal(size=(4, 1)), np.array([[0.0], [1.0], [1.0], [0.0]])
    nodes = {"a": (Sigmoid(), "z"), "L": (BinaryCE(), "a", "y")}
    two, one = Graph(("z", "y"), "L", nodes), SigmoidCE()
    assert two.forward(z, y) == pytest.approx(one.forward(z, y), rel=1e-14)
    (dz, _), _ = two.backward()
    np.testing.assert_allclose(dz, (sigma(z) - y) / 4, rtol=1e-13)
    np.testing.assert_allclose(one.backward()[0], dz, rtol=1e-13)


def test_the_derivatives_of_sigmoid_tanh_and_relu():
    """sigma' = sigma(z) sigma(-z); ReLU' is 0 below 0 and 1 above, and here 0 at 0, there 1."""
    z, ones = np.array([-2.0, -0.5, 0.0, 0.5, 2.0]), np.ones(5)
    for layer, slope in (
        (Sigmoid(), sigma(z) * sigma(-z)),
        (Tanh(), 1 - np.tanh(z) ** 2),
        (ReLU(), [0, 0, 0, 1, 1]),
    ):
        layer.forward(z)
        np.testing.assert_allclose(layer.backward(ones)[0], slope, rtol=1e-14)


def test_training_a_two_layer_network():
    """For every (x, y): forward for the estimate, backward, and an update of every weight."""
    net, loss, rate = (
        Sequential(FullyConnected(3, 4, rng=0), Tanh(), FullyConnected(4, 2)),
        None,
        0.5,
    )
    loss = SoftmaxCE()
    x, y = DATA
    first = loss.forward(net.predict(x), y)
    for _ in range(100):
        for i in range(len(x)):
            loss.forward(net.forward(x[i : i + 1]), y[i : i + 1])
            _, grads = net.backward(loss.backward()[0])
            for name, weight in net.params.items():
                weight -= rate * grads[name]
    assert loss.forward(net.predict(x), y) < 0.05 * first


# 10-601, lecture 13.


def test_the_gradient_of_a_minibatch_is_the_average_of_its_examples():
    """g = 1/N sum of grad J_i; with one example, that of the example."""
    net, loss, (x, y) = classifier(), SoftmaxCE(), DATA

    def gradient(rows):
        loss.forward(net.forward(x[rows]), y[rows])
        return net.backward(loss.backward()[0])[1]["0.W"]

    for rows in (slice(None), [1, 4, 2]):
        chosen = np.arange(len(x))[rows]
        average = np.mean([gradient([i]) for i in chosen], axis=0)
        np.testing.assert_allclose(gradient(rows), average, rtol=1e-12, atol=1e-16)


def quiz():
    """y = exp(xz) + xz / log x + sin(log x) / (xz), step by step."""
    nodes = {
        "a": (Multiply(), "x", "z"),
        "b": (Log(), "x"),
        "c": (Sin(), "b"),
        "d": (Exp(), "a"),
        "1/b": (Reciprocal(), "b"),
        "e": (Multiply(), "a", "1/b"),
        "1/a": (Reciprocal(), "a"),
        "f": (Multiply(), "c", "1/a"),
        "y": (Add(), "d", "e", "f"),
    }
    return Graph(("x", "z"), "y", nodes)


def test_differentiation_quiz_1():
    """At x = 2, z = 3, to the nearest integer: dy/dx = 1208, dy/dz = 810."""
    graph = quiz()
    y = graph.forward(2.0, 3.0)
    assert y == pytest.approx(np.exp(6) + 6 / np.log(2) + np.sin(np.log(2)) / 6)
    (dx, dz), _ = graph.backward()
    assert (round(dx), round(dz)) == (1208, 810)
    assert graph.gradients["a"] == pytest.approx(sum(graph.shares[n][0] for n in ("d", "e", "1/a")))


def test_differentiation_quiz_1_in_every_way():
    def y(x, z):
        return np.exp(x * z) + x * z / np.log(x) + np.sin(np.log(x)) / (x * z)

    found = compare(y, 2.0, 3.0, layer=quiz())
    for way, outcome in found.outcomes.items():
        assert [round(g) for g in outcome.gradient] == [1208, 810], way


def test_differentiation_quiz_2():
    """y = sigma(beta.sigma(alpha2.T sigma(alpha1.T x))), by hand down to dy/dalpha1."""
    alpha1, alpha2, beta = (
        FullyConnected(4, 3, bias=False, rng=0),
        FullyConnected(3, 2, bias=False, rng=1),
        FullyConnected(2, 1, bias=False, rng=2),
    )
    net = Sequential(alpha1, Sigmoid(), alpha2, Sigmoid(), beta, Sigmoid())
    x = RNG.normal(size=4)
    A1, A2, B = (layer.params["W"] for layer in (alpha1, alpha2, beta))
    z1 = sigma(A1.T @ x)
    z2 = sigma(A2.T @ z1)
    y = sigma(B[:, 0] @ z2)
    assert net.forward(x[None])[0, 0] == pytest.approx(y)
    _, grads = net.backward([[1.0]])
    d_beta = y * (1 - y) * z2
    d2 = y * (1 - y) * B[:, 0] * z2 * (1 - z2)
    d1 = A2 @ d2 * z1 * (1 - z1)
    np.testing.assert_allclose(grads["4.W"][:, 0], d_beta, rtol=1e-13)
    np.testing.assert_allclose(grads["2.W"], np.outer(z1, d2), rtol=1e-13)
    np.testing.assert_allclose(grads["0.W"], np.outer(x, d1), rtol=1e-13)


def test_the_chain_rule_sums_over_all_paths():
    """dy_i/dx_k = sum over j of dy_i/du_j du_j/dx_k."""
    h, g, x = (
        Sequential(FullyConnected(3, 4, rng=0), Tanh()),
        FullyConnected(4, 2, rng=1),
        RNG.normal(size=3),
    )
    (u,) = h.forward(x[None])
    dy_du, du_dx = jacobian(g, u), jacobian(h, x)
    total = [[sum(dy_du[i, j] * du_dx[j, k] for j in range(4)) for k in range(3)] for i in range(2)]
    np.testing.assert_allclose(jacobian(Sequential(h, g), x), total, rtol=1e-13)


def test_the_algorithm_of_backpropagation():
    """Zeros, dy/dy = 1, and in reverse order each node increments what it takes."""
    graph = quiz()
    graph.forward(2.0, 3.0)
    graph.backward()
    slopes = {
        Multiply: lambda u, v: (v, u),
        Log: lambda u: (1 / u,),
        Sin: lambda u: (np.cos(u),),
        Exp: lambda u: (np.exp(u),),
        Reciprocal: lambda u: (-1 / u**2,),
        Add: lambda *u: (1.0,) * len(u),
    }
    partial = dict.fromkeys(graph.values, 0.0) | {"y": 1.0}
    for name, (layer, *sources) in reversed(graph.nodes.items()):
        local = slopes[type(layer)](*(graph.values[source] for source in sources))
        for source, slope in zip(sources, local, strict=True):
            partial[source] += partial[name] * slope
    assert graph.gradients == pytest.approx(partial, rel=1e-13)


# The lecture of Li, Karpathy and Johnson.


def test_a_multilayer_perceptron_iterates_between_a_linear_map_and_a_nonlinear_function():
    """y_i = W_i x_i, x_{i+1} = sigma(y_i); o_k = g(w_k0 + sum of h_j w_kj)."""
    net = Sequential(FullyConnected(3, 4, rng=0), Tanh(), FullyConnected(4, 2, rng=1), Sigmoid())
    net.params["0.b"], net.params["2.b"] = RNG.normal(size=4), RNG.normal(size=2)
    x = RNG.normal(size=3)
    V, v0, W, w0 = net.params.values()
    h = [np.tanh(v0[j] + sum(x[i] * V[i, j] for i in range(3))) for j in range(4)]
    o = [sigma(w0[k] + sum(h[j] * W[j, k] for j in range(4))) for k in range(2)]
    np.testing.assert_allclose(net.forward(x), o, rtol=1e-13)


def test_the_forward_pass_in_python():
    """W1 is 4 x 3 and W2 4 x 4; the biases are 4 x 1, 4 x 1 and 1 x 1, and W3 is 1 x 4."""
    f = lambda x: 1.0 / (1.0 + np.exp(-x))  # noqa: E731, the lecture's code
    net = Sequential(
        FullyConnected(3, 4, rng=0),
        Sigmoid(),
        FullyConnected(4, 4, rng=1),
        Sigmoid(),
        FullyConnected(4, 1, rng=2),
    )
    for name in ("0.b", "2.b", "4.b"):
        net.params[name] = RNG.normal(size=net.params[name].shape)
    W1, W2, W3 = (net.params[f"{i}.W"].T for i in (0, 2, 4))
    b1, b2, b3 = (net.params[f"{i}.b"][:, None] for i in (0, 2, 4))
    assert [W.shape for W in (W1, W2, W3)] == [(4, 3), (4, 4), (1, 4)]
    x = RNG.normal(size=(3, 1))
    h1 = f(np.dot(W1, x) + b1)
    h2 = f(np.dot(W2, h1) + b2)
    out = np.dot(W3, h2) + b3
    np.testing.assert_allclose(net.predict(x.T), out, rtol=1e-13)


def test_cat_car_and_frog():
    """Scores 3.2, 5.1, -1.7: exp gives 24.5, 164.0, 0.18, normalised 0.13, 0.87, 0.00.

    The lecture's loss, 0.89, is the logarithm of 0.13 to base 10; the natural one is 2.04.
    """
    scores = np.array([[3.2, 5.1, -1.7]])
    assert np.exp(scores).round(1).tolist() == [[24.5, 164.0, 0.2]]
    assert np.exp(-1.7).round(2) == 0.18
    assert softmax(scores).round(2).tolist() == [[0.13, 0.87, 0.0]]
    loss = SoftmaxCE()
    value = loss.forward(scores, [0])
    assert round(value, 2) == 2.04
    assert round(value / np.log(10), 2) == 0.89
    assert loss.backward()[0].round(2).tolist() == [[-0.87, 0.87, 0.0]]


def test_a_loss_quantifies_the_unhappiness_with_three_images():
    """Of a cat, a car and a frog, scored by one linear function: the frog fares worst."""
    scores = np.array(
        [
            [-3.45, -8.87, 0.09, 2.9, 4.48, 8.02, 3.78, 1.06, -0.36, -0.72],
            [-0.51, 6.04, 5.31, -4.22, -4.19, 3.58, 4.49, -4.37, -2.09, -2.93],
            [3.42, 4.64, 2.65, 5.1, 2.64, 5.55, -4.34, -1.5, -4.79, 6.14],
        ]
    )
    cat, car, frog = 3, 1, 6
    losses = [SoftmaxCE().forward(scores[[i]], [c]) for i, c in enumerate((cat, car, frog))]
    assert losses[1] < 1 < losses[0] < losses[2]
    assert SoftmaxCE.accuracy(scores, [cat, car, frog]) == pytest.approx(1 / 3)


def test_vanilla_gradient_descent_and_with_minibatches():
    """weights += - step_size * weights_grad."""
    rng, (x, y), step_size = np.random.default_rng(0), DATA, 0.3
    net, loss, sgd = classifier(), SoftmaxCE(), SGD(step_size)
    for size in (len(x), 3):
        for _ in range(5):
            batch = rng.choice(len(x), size, replace=False)
            loss.forward(net.forward(x[batch]), y[batch])
            _, weights_grad = net.backward(loss.backward()[0])
            expected = net.params["0.W"] + -step_size * weights_grad["0.W"]
            sgd.step(net.params, weights_grad)
            np.testing.assert_allclose(net.params["0.W"], expected, rtol=1e-14)


def test_x_plus_y_times_z_at_minus_2_5_minus_4():
    """q = 3, f = -12; df/dz = q = 3, df/dq = z = -4, df/dx = df/dy = -4."""
    graph = Graph(("x", "y", "z"), "f", {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")})
    assert graph.forward(-2.0, 5.0, -4.0) == -12.0
    assert graph.values["q"] == 3.0
    assert graph.backward()[0] == (-4.0, -4.0, 3.0)
    assert graph.gradients["q"] == -4.0
    values, gradients = on_the_edges(graph)
    assert values == ["−2", "5", "3", "−4", "−12"]  # noqa: RUF001, as it is printed
    assert gradients == ["−4", "−4", "−4", "3", "1"]  # noqa: RUF001


NEURON = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}
AFFINE = {
    "w0x0": (Multiply(), "w0", "x0"),
    "w1x1": (Multiply(), "w1", "x1"),
    "sum": (Add(), "w0x0", "w1x1"),
    "z": (Add(), "sum", "w2"),
}


def neuron():
    nodes = {
        **AFFINE,
        "*-1": (MultiplyConstant(-1.0), "z"),
        "exp": (Exp(), "*-1"),
        "+1": (AddConstant(1.0), "exp"),
        "f": (Reciprocal(), "+1"),
    }
    graph = Graph(tuple(NEURON), "f", nodes)
    graph.forward(*NEURON.values())
    graph.backward()
    return graph


def test_the_sigmoid_neuron_gate_by_gate():
    """f = 1 / (1 + exp(-(w0 x0 + w1 x1 + w2))) at w = (2, -3, -3), x = (-1, -2)."""
    graph = neuron()
    shown = {name: round(value, 2) for name, value in graph.values.items()}
    assert shown == {
        **NEURON,
        **{"w0x0": -2, "w1x1": 6, "sum": 4, "z": 1, "*-1": -1, "exp": 0.37, "+1": 1.37, "f": 0.73},
    }
    slopes = {name: round(gradient, 2) for name, gradient in graph.gradients.items()}
    assert slopes == {
        **{"w0": -0.2, "x0": 0.39, "w1": -0.39, "x1": -0.59, "w2": 0.2},
        **{"w0x0": 0.2, "w1x1": 0.2, "sum": 0.2, "z": 0.2},
        **{"*-1": -0.2, "exp": -0.53, "+1": -0.53, "f": 1.0},
    }


def test_the_sigmoid_gate_is_all_these_gates_in_one():
    """(0.73)(1 - 0.73) = 0.2."""
    graph = Graph(tuple(NEURON), "f", {**AFFINE, "f": (Sigmoid(), "z")})
    graph.forward(*NEURON.values())
    dx, _ = graph.backward()
    assert round(float(graph.values["f"]), 2) == 0.73
    assert round(float(graph.gradients["z"]), 2) == round(0.73 * (1 - 0.73), 2) == 0.2
    assert [round(float(g), 2) for g in dx] == [-0.2, 0.39, -0.39, -0.59, 0.2]


def test_the_gates_of_the_sigmoid_and_their_slopes():
    """e**x: e**x; a x: a; 1/x: -1/x**2; c + x: 1."""
    x = 1.37
    slopes = (
        (Exp(), np.exp(x)),
        (MultiplyConstant(-1.0), -1.0),
        (Reciprocal(), -1 / x**2),
        (AddConstant(1.0), 1.0),
    )
    for gate, slope in slopes:
        assert reverse_mode(gate, x) == pytest.approx(slope, rel=1e-14)


def test_the_lectures_multiply_gate_is_a_layer():
    class MultiplyGate:
        def __init__(self):
            self.params = {}

        def forward(self, x, y):
            z = x * y
            self.x = x  # must keep these around!
            self.y = y
            return z

        def backward(self, dz):
            dx = self.y * dz  # [dz/dx * dL/dz]
            dy = self.x * dz  # [dz/dy * dL/dz]
            return (dx, dy), {}

    assert_gradients(MultiplyGate(), 3.0, -4.0)
    graph = Graph(("x", "y", "z"), "f", {"q": (Add(), "x", "y"), "f": (MultiplyGate(), "q", "z")})
    assert graph.forward(-2.0, 5.0, -4.0) == -12.0
    assert graph.backward()[0] == (-4.0, -4.0, 3.0)


def test_the_computational_graph_object():
    """forward visits the gates in topological order, backward in reverse."""

    class ComputationalGraph:
        def __init__(self, graph):
            self.graph = graph

        def forward(self, inputs):
            values = dict(inputs)
            for name, (gate, *sources) in self.graph.nodes.items():
                values[name] = gate.forward(*(values[source] for source in sources))
            return values[name]  # the final gate in the graph outputs the loss

        def backward(self):
            gradients = {self.graph.output: 1.0}
            for name, (gate, *sources) in reversed(self.graph.nodes.items()):
                for source, dx in zip(sources, gate.backward(gradients[name])[0], strict=True):
                    gradients[source] = gradients.get(source, 0.0) + dx
            return gradients

    graph = max_example()
    by_hand = ComputationalGraph(max_example())
    assert graph.forward(1.0, 2.0, 0.0) == by_hand.forward({"x": 1.0, "y": 2.0, "z": 0.0})
    graph.backward()
    assert graph.gradients == by_hand.backward()


# EECS 442, discussion 5.


def test_a_network_with_one_hidden_layer():
    """f(x) = W2 h(W1 x + b1) + b2."""
    net = Sequential(FullyConnected(3, 4, rng=0), ReLU(), FullyConnected(4, 2, rng=1))
    net.params["0.b"] = RNG.normal(size=4)
    W1, b1, W2, b2 = net.params.values()
    x = RNG.normal(size=3)
    np.testing.assert_allclose(net.forward(x), W2.T @ np.maximum(0, W1.T @ x + b1) + b2, rtol=1e-13)


def test_the_weights_between_3_and_4_neurons():
    """The weight dimension is (3, 4)."""
    assert FullyConnected(3, 4).params["W"].shape == (3, 4)


def test_the_forward_and_the_backward_pass_of_a_sum():
    """f(x, y) = x + y, df/dx = df/dy = 1."""
    graph = Graph(("x", "y"), "L", {"L": (Add(), "x", "y")})
    assert graph.forward(3.0, 4.0) == 7.0
    assert graph.backward()[0] == (1.0, 1.0)


def test_downstream_is_local_times_upstream():
    """df/dy = dq/dy df/dq with dq/dy = 1."""
    graph = Graph(("x", "y", "z"), "f", {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")})
    graph.forward(-2.0, 5.0, -4.0)
    graph.backward()
    upstream, local = graph.gradients["q"], 1.0
    assert graph.shares["q"] == (local * upstream, local * upstream) == (-4.0, -4.0)


def test_the_four_common_gates():
    """add distributes, mul swaps and multiplies, copy adds, max routes."""
    gates = {Add(): (2.0, 2.0), Multiply(): (8.0, 6.0), Max(): (0.0, 2.0)}
    for gate, expected in gates.items():
        gate.forward(3.0, 4.0)
        assert gate.backward(2.0)[0] == expected
    gate = Copy(2)
    gate.forward(7.0)
    assert gate.backward((4.0, 2.0))[0] == 6.0


@pytest.mark.parametrize("beta", [0.0, 0.9, 0.99])
def test_sgd_with_momentum(beta):
    """v <- dW + beta v; W <- W - learning_rate v."""
    W, v = {"W": np.array([1.0, -2.0])}, np.zeros(2)
    by_hand, sgd = W["W"].copy(), SGD(0.1, momentum=beta)
    for _ in range(10):
        dW = np.array([1.0, 4.0]) * W["W"]
        sgd.step(W, {"W": dW})
        v = dW + beta * v
        by_hand = by_hand - 0.1 * v
        np.testing.assert_allclose(W["W"], by_hand, rtol=1e-12)


# The pictures in notebooks/README.md.


def evaluated_max_example():
    graph = max_example()
    graph.forward(1.0, 2.0, 0.0)
    graph.backward()
    return graph


@pytest.mark.parametrize(
    ("name", "make"), [("sigmoid-neuron", neuron), ("sum-times-maximum", evaluated_max_example)]
)
def test_the_pictures_are_what_draw_gives(name, make):
    """If drawing has changed on purpose: make().draw().save(path)."""
    path = Path(__file__).parents[1] / "notebooks" / "pictures" / f"{name}.svg"
    assert path.read_text(encoding="utf-8") == make().draw().svg
