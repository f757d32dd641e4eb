"""A graph runs named nodes in order, sums gradients where values branch, and is a layer itself."""

import re

import numpy as np
import pytest

from layers import (
    MSE,
    Add,
    Dropout,
    Embedding,
    Exp,
    FullyConnected,
    Layer,
    Max,
    Mean,
    Multiply,
    MultiplyConstant,
    ReLU,
    Sigmoid,
    SoftmaxCE,
    Tanh,
    assert_gradients,
    gradcheck,
)
from nets import Graph, Sequential
from optimizers import Adam
from tests.nets.student import Scale

RNG = np.random.default_rng(3)
X = RNG.normal(size=(6, 4))
DOUT = RNG.normal(size=(6, 4))
LABELS = np.array([0, 1, 2, 3, 1, 0])


def exactly(sentence):
    return f"^{re.escape(sentence)}$"


def frozen(arrays):
    return {name: (array.dtype.str, array.tobytes()) for name, array in arrays.items()}


def lecture():
    """f = (x + y) max(y, z) of CSE 587, lecture 3."""
    return Graph(
        inputs=("x", "y", "z"),
        output="f",
        nodes={
            "a": (Add(), "x", "y"),
            "b": (Max(), "y", "z"),
            "f": (Multiply(), "a", "b"),
        },
    )


def residual(**options):
    """x + W2 tanh(W1 x), where x branches."""
    return Graph(
        inputs=("x",),
        output="y",
        nodes={
            "z": (FullyConnected(4, 5, rng=0, **options), "x"),
            "h": (Tanh(), "z"),
            "u": (FullyConnected(5, 4, rng=1, **options), "h"),
            "y": (Add(), "x", "u"),
        },
    )


def recurrent(steps=3, layer=None):
    """One layer at every step."""
    layer = FullyConnected(4, 4, rng=0) if layer is None else layer
    nodes = {}
    for t in range(steps):
        nodes[f"z{t}"] = (layer, f"h{t - 1}" if t else "x")
        nodes[f"h{t}"] = (Tanh(), f"z{t}")
    return Graph("x", f"h{steps - 1}", nodes)


def towers():
    """Two inputs through one net, whose outputs are compared."""
    net = Sequential(FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 4, rng=1))
    nodes = {"a": (net, "x"), "b": (net, "y"), "f": (Multiply(), "a", "b")}
    return Graph(("x", "y"), "f", nodes)


def with_loss():
    nodes = {"scores": (residual(), "x"), "loss": (SoftmaxCE(), "scores", "labels")}
    return Graph(("x", "labels"), "loss", nodes)


class Spy:
    """Adds up what it is given, and notes the calls."""

    def __init__(self, calls, name, dx=None, error=None):
        self.params, self.calls, self.name, self.dx = {}, calls, name, dx
        self.error = error

    def forward(self, *xs):
        self.calls.append(f"forward {self.name}")
        if self.error is not None:
            raise self.error
        self.count = len(xs)
        return sum(xs)

    predict = forward

    def backward(self, dout):
        self.calls.append(f"backward {self.name}")
        return ((dout,) * self.count if self.dx is None else self.dx), {}


# The passes.


def test_the_lectures_example_shows_value_and_gradient_on_every_edge():
    graph = lecture()
    assert graph.forward(1.0, 2.0, 0.0) == 6.0
    assert graph.values == {"x": 1.0, "y": 2.0, "z": 0.0, "a": 3.0, "b": 2.0, "f": 6.0}
    (dx, dy, dz), grads = graph.backward(1.0)
    assert (dx, dy, dz) == (2.0, 5.0, 0.0)
    assert grads == {}
    assert graph.gradients == {"x": 2.0, "y": 5.0, "z": 0.0, "a": 2.0, "b": 3.0, "f": 1.0}
    assert list(graph.gradients) == list(graph.values)
    assert graph.shares == {"a": (2.0, 2.0), "b": (3.0, 0.0), "f": (2.0, 3.0)}


def test_nodes_run_in_topological_order_and_back_in_reverse():
    calls = []
    names = {"d": ("b", "c"), "b": ("a",), "c": ("a", "x"), "a": ("x",)}
    graph = Graph("x", "d", {name: (Spy(calls, name), *takes) for name, takes in names.items()})
    assert list(graph) == list(graph.nodes) == ["a", "b", "c", "d"]
    assert graph.forward(1.0) == 3.0
    dx, _ = graph.backward()
    assert dx == 3.0
    order = ["a", "b", "c", "d"]
    assert calls == [f"forward {n}" for n in order] + [f"backward {n}" for n in order[::-1]]


def test_nodes_that_are_declared_in_order_keep_it():
    names = {"b": ("x",), "a": ("b",), "d": ("x",), "c": ("a", "d")}
    graph = Graph("x", "c", {name: (Spy([], name), *takes) for name, takes in names.items()})
    assert list(graph.nodes) == ["b", "a", "d", "c"]


def test_a_chain_that_is_declared_backwards_is_put_in_order():
    count = 300
    nodes = {f"n{i}": (Spy([], "n"), f"n{i - 1}" if i else "x") for i in reversed(range(count))}
    graph = Graph("x", f"n{count - 1}", nodes)
    assert list(graph.nodes) == [f"n{i}" for i in range(count)]


def test_a_chain_is_what_sequential_gives():
    layers = FullyConnected(4, 5, rng=0), Tanh(), FullyConnected(5, 4, rng=1)
    net = Sequential(*layers)
    graph = Graph("x", "c", {"a": (layers[0], "x"), "b": (layers[1], "a"), "c": (layers[2], "b")})
    assert np.array_equal(graph.forward(X), net.predict(X))
    dx, grads = graph.backward(DOUT)
    assert np.array_equal(graph.predict(X), net.forward(X))
    expected_dx, expected = net.backward(DOUT)
    assert np.array_equal(dx, expected_dx)
    assert list(grads) == list(graph.params) == ["a.W", "a.b", "c.W", "c.b"]
    assert [g.tobytes() for g in grads.values()] == [g.tobytes() for g in expected.values()]


def test_a_value_may_be_taken_twice_by_one_node():
    graph = Graph("x", "y", {"y": (Multiply(), "x", "x")})
    assert graph.forward(3.0) == 9.0
    assert graph.backward()[0] == 6.0
    assert graph.shares == {"y": (3.0, 3.0)}


def test_one_input_gets_a_gradient_and_several_get_a_tuple():
    one = Graph(("x",), "y", {"y": (Exp(), "x")})
    one.forward(0.0)
    assert one.backward()[0] == 1.0
    assert Graph("x", "y", {"y": (Exp(), "x")}).inputs == ("x",)
    several = lecture()
    several.forward(1.0, 2.0, 0.0)
    assert isinstance(several.backward()[0], tuple)


def test_without_inputs_a_graph_is_a_function_of_its_parameters():
    class Parameter(Layer):
        def __init__(self):
            self.params = {"p": np.array([3.0, 4.0])}

        def forward(self):
            return self.params["p"]

        def backward(self, dout):
            return (), {"p": dout}

    graph = Graph((), "f", {"p": (Parameter(),), "f": (Multiply(), "p", "p")})
    assert graph.forward().tolist() == [9.0, 16.0]
    dx, grads = graph.backward(np.ones(2))
    assert dx == ()
    assert grads["p.p"].tolist() == [6.0, 8.0]
    assert_gradients(graph)


def test_nodes_that_depend_on_no_input_have_gradients_to_show():
    class Two(Layer):
        def forward(self):
            return 2.0

        def backward(self, dout):
            return (), {}

    nodes = {"two": (Two(),), "e": (Exp(), "two"), "f": (Multiply(), "e", "x")}
    graph = Graph("x", "f", nodes)
    graph.forward(3.0)
    assert graph.backward()[0] == pytest.approx(np.exp(2))
    assert graph.gradients["e"] == 3.0
    assert graph.gradients["two"] == pytest.approx(3 * np.exp(2))
    assert graph.shares["two"] == ()
    assert graph.backward(input_gradient=False) == (None, {})


def test_predict_keeps_nothing_and_leaves_out_dropout():
    nodes = {"d": (Dropout(0.5, rng=0), "x"), "y": (Add(), "x", "d")}
    graph = Graph("x", "y", nodes)
    assert np.array_equal(graph.predict(X), 2 * X)
    with pytest.raises(RuntimeError, match="before forward"):
        graph.backward(DOUT)
    graph.forward(X)
    dx, _ = graph.backward(DOUT)
    graph.predict(2 * X)
    assert np.array_equal(graph.backward(DOUT)[0], dx)
    assert np.array_equal(graph.values["x"], X)


# Losses, targets and integers.


def test_a_loss_may_be_a_node_and_labels_get_no_gradient():
    graph = with_loss()
    value = graph.forward(X, LABELS)
    loss, net = SoftmaxCE(), residual()
    assert value == loss.forward(net.forward(X), LABELS)
    (dx, dlabels), grads = graph.backward()
    expected, of_net = net.backward(loss.backward()[0])
    assert dlabels is None
    assert np.array_equal(dx, expected)
    assert graph.gradients["labels"] is None
    assert frozen(grads) == frozen({f"scores.{name}": g for name, g in of_net.items()})
    assert_gradients(graph, X, LABELS)


def test_a_value_of_which_one_use_has_no_gradient_has_none():
    """An autoencoder: the loss does not say how it changes with its target."""
    nodes = {"h": (FullyConnected(4, 4, rng=0), "x"), "loss": (MSE(), "h", "x")}
    graph = Graph("x", "loss", nodes)
    graph.forward(X)
    dx, grads = graph.backward()
    assert dx is None
    expected = 2 * X.T @ (graph.values["h"] - X) / X.size
    np.testing.assert_allclose(grads["h.W"], expected, rtol=1e-12)


def test_parameters_that_lead_to_a_target_are_refused_instead_of_left_out():
    nodes = {
        "h": (FullyConnected(4, 4, rng=0), "x"),
        "t": (Tanh(), "h"),
        "loss": (MSE(), "x", "t"),
    }
    graph = Graph("x", "loss", nodes)
    graph.forward(X)
    sentence = (
        "node h (FullyConnected 4 -> 4): its parameters have no gradient, because a node that "
        "takes its output returns none for it, as a loss does for its targets; make such a value "
        "an input of the graph"
    )
    with pytest.raises(ValueError, match=exactly(sentence)):
        graph.backward()
    with pytest.raises(RuntimeError, match="there are no gradients yet"):
        _ = graph.gradients


def test_targets_may_be_computed_without_parameters():
    nodes = {"t": (Tanh(), "raw"), "loss": (MSE(), "x", "t")}
    graph = Graph(("x", "raw"), "loss", nodes)
    graph.forward(X, DOUT)
    (dx, draw), _ = graph.backward()
    np.testing.assert_allclose(dx, 2 * (X - np.tanh(DOUT)) / X.size, rtol=1e-12)
    assert draw is None
    assert graph.shares["t"] == (None,)


def test_words_get_no_gradient_and_their_vectors_do():
    nodes = {
        "v": (Embedding(7, 4, rng=0), "i"),
        "w": (Embedding(7, 4, trainable=False, rng=1), "i"),
        "p": (Multiply(), "v", "w"),
        "q": (Mean(), "p"),
        "loss": (SoftmaxCE(), "q", "labels"),
    }
    graph = Graph(("i", "labels"), "loss", nodes)
    ids = np.arange(12).reshape(6, 2) % 7
    graph.forward(ids, LABELS)
    dx, grads = graph.backward()
    assert dx == (None, None)
    assert list(grads) == ["v.W"]
    assert list(graph.buffers) == ["w.W"]
    assert_gradients(graph, ids, LABELS)


# Shared parameters.


def test_a_shared_layer_has_its_parameters_once_and_the_sum_of_its_gradients():
    graph, layer = recurrent(), FullyConnected(4, 4, rng=0)
    assert list(graph.params) == ["z0.W", "z0.b"]
    assert graph.params["z0.W"] is graph["z0"].params["W"] is graph["z2"].params["W"]
    W, b = layer.params["W"], layer.params["b"]
    hs = [X]
    for _ in range(3):
        hs.append(np.tanh(hs[-1] @ W + b))
    assert np.array_equal(graph.forward(X), hs[-1])
    upstream, dW, db = DOUT, 0, 0
    for h, y in zip(hs[-2::-1], hs[:0:-1], strict=True):
        dz = upstream * (1 - y**2)
        dW, db, upstream = dW + h.T @ dz, db + dz.sum(axis=0), dz @ W.T
    dx, grads = graph.backward(DOUT)
    assert list(grads) == ["z0.W", "z0.b"]
    np.testing.assert_allclose(dx, upstream, rtol=1e-12)
    np.testing.assert_allclose(grads["z0.W"], dW, rtol=1e-12)
    np.testing.assert_allclose(grads["z0.b"], db, rtol=1e-12)


SHARED = {
    "a layer": recurrent,
    "a student's": lambda: recurrent(layer=Scale(0.7)),
    "a net": towers,
    "a graph": lambda: recurrent(layer=residual()),
    "without parameters": lambda: recurrent(layer=Sigmoid()),
}


@pytest.mark.parametrize("kind", SHARED)
def test_gradients_of_shared_layers_are_those_of_numbers(kind):
    graph = SHARED[kind]()
    assert_gradients(graph, *(X * (i + 1) for i in range(len(graph.inputs))))


def test_a_layer_inside_a_net_may_be_shared_with_a_node():
    layer = FullyConnected(4, 4, rng=0)
    nodes = {
        "a": (Sequential(layer, Tanh()), "x"),
        "b": (layer, "a"),
        "c": (Graph("u", "v", {"v": (layer, "u")}), "b"),
    }
    graph = Graph("x", "c", nodes)
    assert list(graph.params) == ["a.0.W", "a.0.b"]
    assert_gradients(graph, X)


def test_two_layers_may_share_an_array():
    first, second = FullyConnected(4, 4, bias=False, rng=0), FullyConnected(4, 4, rng=1)
    second._params = type(second.params)({"W": first.params["W"], "b": second.params["b"]})
    graph = Graph("x", "b", {"a": (first, "x"), "b": (second, "a")})
    assert list(graph.params) == ["a.W", "b.b"]
    assert_gradients(graph, X)


def test_a_step_on_shared_parameters_is_one_step():
    graph = recurrent()
    start = graph.params["z0.W"].copy()
    graph.forward(X)
    _, grads = graph.backward(DOUT)
    Adam(0.1).step(graph.params, grads)
    np.testing.assert_allclose(graph["z1"].params["W"], start - 0.1 * np.sign(grads["z0.W"]))
    by_hand = X
    for _ in range(3):
        by_hand = np.tanh(by_hand @ graph.params["z0.W"] + graph.params["z0.b"])
    assert np.array_equal(graph.forward(X), by_hand)


def test_a_student_who_rebinds_a_parameter_is_followed():
    layer = Scale(2.0)
    graph = Graph("x", "b", {"a": (layer, "x"), "b": (layer, "a")})
    graph.forward(X)
    layer.params["w"] = layer.w = np.array([3.0])
    np.testing.assert_allclose(graph.forward(X), 9 * X)


@pytest.mark.parametrize("wrap", [lambda layer: layer, Sequential])
def test_a_shared_random_layer_draws_anew_at_each_node(wrap):
    layer = wrap(Dropout(0.5, rng=0))
    graph = Graph("x", "c", {"a": (layer, "x"), "b": (layer, "x"), "c": (Add(), "a", "b")})
    ones = np.ones((20, 20))
    masks = []
    for _ in range(2):
        graph.forward(ones)
        masks += [graph.values["a"], graph.values["b"]]
        dx, _ = graph.backward(ones)
        assert np.array_equal(dx, masks[-1] + masks[-2])
    assert all(not np.array_equal(a, b) for i, a in enumerate(masks) for b in masks[:i])
    assert_gradients(graph, X)


def test_a_layer_of_a_graph_may_not_also_be_in_a_sequential():
    layer = ReLU()
    graph = Graph("x", "b", {"a": (Tanh(), "x"), "b": (layer, "a")})
    with pytest.raises(ValueError, match=r"layer 1\.b is the same object as layer 0 \(ReLU\)"):
        Sequential(layer, graph)
    net = Sequential(recurrent(), ReLU())  # shared inside one graph, which sees to it
    assert list(net.params) == ["0.z0.W", "0.z0.b"]
    assert_gradients(net, X)


# A graph as a layer.


def test_nests_in_sequential_and_the_other_way_round():
    inner = Graph(
        "x",
        "y",
        {"h": (Sequential(FullyConnected(4, 4, rng=0), Tanh()), "x"), "y": (Add(), "h", "x")},
    )
    net = Sequential(FullyConnected(4, 4, rng=1), inner, Sequential(inner_graph()))
    assert list(net.params) == ["0.W", "0.b", "1.h.0.W", "1.h.0.b", "2.0.a.W", "2.0.a.b"]
    assert_gradients(net, X)


def inner_graph():
    return Graph("x", "a", {"a": (FullyConnected(4, 3, rng=2), "x")})


GRAPHS = {
    "lecture": (lecture, (1.5, 2.0, -0.5)),
    "lecture, arrays": (lecture, (X, X + 1.0, X[::-1])),
    "residual": (residual, (X,)),
    "loss": (with_loss, (X, LABELS)),
    "float32": (lambda: residual().astype("f4"), (X,)),
    "square": (lambda: Graph("x", "y", {"y": (Multiply(), "x", "x")}), (X,)),
    "dropout": (
        lambda: Graph(
            "x", "y", {"d": (Dropout(0.3, rng=0), "x"), "s": (Scale(), "d"), "y": (Add(), "d", "s")}
        ),
        (X,),
    ),
}


@pytest.mark.parametrize("kind", GRAPHS)
def test_gradients_are_those_of_numbers(kind):
    make, inputs = GRAPHS[kind]
    assert_gradients(make(), *inputs)


def test_a_gradient_that_is_overwritten_instead_of_summed_would_be_found():
    """What gradcheck says of a graph that forgets a branch."""

    class Forgets(Graph):
        def backward(self, dout=1.0, input_gradient=True):
            _, grads = super().backward(dout, input_gradient)
            return self.shares["y"][0], grads

    graph = residual()
    assert not gradcheck(Forgets(graph.inputs, graph.output, graph.nodes), X)


@pytest.mark.parametrize("make", [residual, recurrent, with_loss])
def test_without_the_input_gradient_the_others_are_the_same(make):
    graph = make()
    graph.forward(*((X, LABELS) if len(graph.inputs) == 2 else (X,)))
    dout = 1.0 if len(graph.inputs) == 2 else DOUT
    _, grads = graph.backward(dout)
    nothing, same = graph.backward(dout, input_gradient=False)
    assert nothing is None
    assert list(same) == list(grads) == list(graph.params)
    assert frozen(same) == frozen(grads)


def test_without_the_input_gradient_what_leads_to_no_parameters_does_not_run():
    calls, asked = [], []

    class Dense(FullyConnected):
        def backward(self, dout, input_gradient=True):
            asked.append((self.in_features, input_gradient))
            return super().backward(dout, input_gradient)

    nodes = {
        "before": (Spy(calls, "before"), "x"),
        "a": (Dense(4, 5, rng=0), "before"),
        "beside": (Spy(calls, "beside"), "x"),
        "b": (Dense(5, 4, rng=1), "a"),
        "y": (Spy(calls, "y"), "b", "beside"),
    }
    graph = Graph("x", "y", nodes)
    graph.forward(X)
    calls.clear()
    graph.backward(DOUT, input_gradient=False)
    assert calls == ["backward y"]
    assert asked == [(5, True), (4, False)]
    assert graph.gradients["x"] is graph.gradients["before"] is None
    graph.backward(DOUT)
    assert calls[1:] == ["backward y", "backward beside", "backward before"]
    assert asked[2:] == [(5, True), (4, True)]


def test_parameters_are_live():
    graph = residual()
    W = graph.params["z.W"]
    graph.params["z.W"] = np.zeros((4, 5))
    graph.params = {**graph.params, "u.b": np.ones(4)}
    assert W is graph["z"].params["W"]
    assert not W.any()
    np.testing.assert_allclose(graph.forward(X), X + 1)
    with pytest.raises(KeyError, match="there is no parameter 'W' here"):
        graph.params["W"] = np.zeros(1)


@pytest.mark.parametrize("make", [residual, recurrent, towers])
def test_astype_is_a_copy_in_another_precision_that_shares_as_before(make):
    graph = make()
    single = graph.astype(np.float32)
    xs = [X] * len(graph.inputs)
    assert list(single.params) == list(graph.params)
    assert {array.dtype for array in single.params.values()} == {np.dtype(np.float32)}
    np.testing.assert_allclose(single.forward(*xs), graph.forward(*xs), rtol=1e-4, atol=1e-5)
    assert {g.dtype for g in single.backward(DOUT)[1].values()} == {np.dtype(np.float32)}
    for array in single.params.values():
        array[...] = 0
    assert all(array.any() for name, array in graph.params.items() if name.endswith("W"))


def test_a_students_parameters_in_the_class_are_copied_too():
    class Mine:
        params = {"w": np.array([2.0])}  # noqa: RUF012, what students write

        def forward(self, x):
            return x * self.params["w"]

        def backward(self, dout):
            return dout * self.params["w"], {"w": np.ones(1)}

    graph = Graph("x", "y", {"y": (Sequential(Mine()), "x")})
    single = graph.astype("f4")
    single.params["y.0.w"][...] = 5
    assert graph.params["y.0.w"].tolist() == [2.0]
    assert single.predict(np.ones(1, "f4")).tolist() == [5.0]


def test_repr_evals_back_and_says_what_is_shared():
    graph = Graph("x", "b", {"a": (Sequential(ReLU(), Tanh()), "x"), "b": (Add(), "a", "x")})
    assert repr(graph) == (
        "Graph(\n"
        "    inputs=('x',),\n"
        "    output='b',\n"
        "    nodes={\n"
        "        'a': (Sequential(\n"
        "            ReLU(),\n"
        "            Tanh(),\n"
        "        ), 'x'),\n"
        "        'b': (Add(), 'a', 'x'),\n"
        "    },\n"
        ")"
    )
    assert repr(eval(repr(graph))) == repr(graph)
    assert "        'z1': (FullyConnected(4, 4), 'h0'),  # the layer of z0\n" in repr(recurrent())
    assert eval(repr(recurrent())).forward(X).shape == X.shape


def test_a_node_is_found_by_its_name():
    graph = residual()
    assert graph["z"] is graph.nodes["z"][0]
    assert len(graph) == 4
    assert list(graph) == ["z", "h", "u", "y"]
    assert graph.layers == {name: layer for name, (layer, *_) in graph.nodes.items()}
    assert list(recurrent().layers) == ["z0", "h0", "h1", "h2"]
    sentence = "Graph of 4 nodes: there is no node 'q'; there are z, h, u, y"
    with pytest.raises(KeyError, match=re.escape(sentence)):
        graph["q"]
    assert inner_graph().label == "Graph of 1 node"


# What may be read when.


def test_values_and_gradients_before_their_pass_are_a_sentence():
    graph = lecture()
    values = "Graph of 3 nodes: there are no values yet; call forward(x, y, z) first"
    gradients = "Graph of 3 nodes: there are no gradients yet; call backward() first"
    for read in ("values", "gradients", "shares"):
        with pytest.raises(RuntimeError, match=exactly(values)):
            getattr(graph, read)
    graph.forward(1.0, 2.0, 0.0)
    for read in ("gradients", "shares"):
        with pytest.raises(RuntimeError, match=exactly(gradients)):
            getattr(graph, read)
    graph.backward()
    assert graph.gradients["f"] == 1.0
    graph.forward(1.0, 2.0, 0.0)
    with pytest.raises(RuntimeError, match=exactly(gradients)):
        _ = graph.gradients


def test_a_call_with_too_many_inputs_runs_nothing():
    graph = residual()
    graph.forward(X)
    dx, _ = graph.backward(DOUT)
    with pytest.raises(TypeError, match="expected 1 input"):
        graph.forward(X, X)
    assert np.array_equal(graph.gradients["x"], dx)
    assert np.array_equal(graph.backward(DOUT)[0], dx)


# Errors say where.


@pytest.mark.parametrize(
    ("dx", "sentence"),
    [
        (
            (X, X, X),
            "expected backward to return at most 2 gradients, one for each value that forward "
            "took, got 3",
        ),
        (
            (X, X[0]),
            "expected backward to return a gradient of shape (6, 4), the shape of what forward "
            "took, got (4,)",
        ),
        (
            [X, X],
            "expected backward to return a gradient of shape (6, 4), the shape of what forward "
            "took, got (2, 6, 4)",
        ),
    ],
    ids=["too many", "another shape", "a list"],
)
def test_gradients_that_do_not_fit_the_edges_are_refused(dx, sentence):
    graph = Graph(("x", "y"), "f", {"f": (Spy([], "f", dx), "x", "y")})
    graph.forward(X, X)
    with pytest.raises(ValueError, match=exactly(f"node f (Spy): {sentence}")):
        graph.backward(X)


@pytest.mark.parametrize("given", [(), (1.0,), (1.0, 2.0, 3.0, 4.0)])
def test_another_number_of_inputs_is_refused(given):
    graph = lecture()
    sentence = f"Graph of 3 nodes: expected 3 inputs (x, y, z), got {len(given)}"
    for run in (graph.forward, graph.predict):
        with pytest.raises(TypeError, match=exactly(sentence)):
            run(*given)


def test_a_number_of_inputs_that_a_layer_does_not_take_is_located():
    graph = Graph(("x", "y"), "f", {"f": (MultiplyConstant(2.0), "x", "y")})
    with pytest.raises(TypeError, match=r"^node f \(MultiplyConstant.*positional argument"):
        graph.forward(1.0, 2.0)
