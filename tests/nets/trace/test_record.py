"""What is kept of a pass, and what is refused."""

import numpy as np
import pytest

import layers
from layers import Add, Dropout, FullyConnected, ReLU, SoftmaxCE, Tanh
from nets import Graph, Sequential
from tests.nets.trace.nets import LABELS, StudentsReLU, X, small, traced


def test_everything_is_what_the_passes_compute():
    net, loss = small(), SoftmaxCE()
    trace = net.trace(X, LABELS, loss)
    assert trace.loss == loss.forward(net.forward(X), LABELS)
    dscores, _ = loss.backward()
    dx, grads = net.backward(dscores)
    np.testing.assert_array_equal(trace[0].x, X)
    np.testing.assert_array_equal(trace[1].x, trace[0].y)
    np.testing.assert_array_equal(trace[2].y, net.forward(X))
    np.testing.assert_array_equal(trace[-1].x, trace[2].y)
    np.testing.assert_array_equal(trace[-1].dx, dscores)
    np.testing.assert_array_equal(trace[2].dout, dscores)
    np.testing.assert_array_equal(trace[1].dout, trace[2].dx)
    np.testing.assert_allclose(trace[1].dx, trace[1].dout * trace[1].local)
    np.testing.assert_array_equal(trace[0].dx, dx)
    assert trace.grads.keys() == grads.keys()
    for name, gradient in grads.items():
        np.testing.assert_array_equal(trace.grads[name], gradient)


def test_the_net_and_the_loss_stay_as_they_are():
    net, loss = Sequential(FullyConnected(2, 2, rng=0), Dropout(0.5, rng=0)), SoftmaxCE()
    twin = Sequential(FullyConnected(2, 2, rng=0), Dropout(0.5, rng=0))
    net.trace(X, LABELS, loss)
    np.testing.assert_array_equal(net.forward(X), twin.forward(X))
    with pytest.raises(RuntimeError, match="before forward"):
        loss.backward()


def test_nets_inside_are_opened_and_named():
    inner = Sequential(Tanh(), Sequential(FullyConnected(3, 2, rng=1)))
    net = Sequential(FullyConnected(2, 3, rng=0), inner)
    trace = traced(net)
    assert [step.name for step in trace] == ["0", "1.0", "1.1.0", "loss"]
    assert trace.grads.keys() == net.params.keys()


def test_a_students_layer_may_write_into_what_it_is_given():
    ours, theirs = small(), small()
    theirs = Sequential(theirs[0], StudentsReLU(), theirs[2])
    right, found = traced(ours), traced(theirs)
    for step, expected in zip(found, right, strict=True):
        for name in ("x", "y", "dout", "dx"):
            np.testing.assert_array_equal(getattr(step, name), getattr(expected, name))
    np.testing.assert_array_equal(X, [[1.0, 2.0], [-1.0, 0.5]])


def test_a_layer_that_cannot_be_asked_again_has_no_local_derivative():
    class Once(StudentsReLU):
        def backward(self, dout):
            return dout * self.__dict__.pop("on"), {}

    trace = traced(Sequential(FullyConnected(2, 2, rng=0), Once()))
    assert trace[1].local is None
    assert trace[1].dx is not None


def test_integers_have_no_gradient():
    net = Sequential(layers.Embedding(5, 3, rng=0), layers.Flatten(), FullyConnected(6, 2, rng=0))
    trace = traced(net, np.array([[1, 4], [0, 2]]))
    assert trace[0].dx is None
    assert set(trace.grads) == {"0.W", "2.W", "2.b"}


def test_an_empty_net_passes_the_gradient_of_the_loss_on():
    (step,) = traced(Sequential())
    assert step.name == "loss"


def gates():
    return Graph(
        inputs=("x", "y", "z"),
        output="f",
        nodes={
            "a": (layers.Add(), "x", "y"),
            "b": (layers.Max(), "y", "z"),
            "f": (layers.Multiply(), "a", "b"),
        },
    )


def test_a_graph_of_numbers_shows_its_nodes():
    trace = gates().trace((1.0, 2.0, 0.0))
    assert trace.loss == 6
    assert [step.name for step in trace] == ["a", "b", "f"]
    assert trace["f"].x == (3, 2)
    assert trace["f"].local == (2, 3)
    assert trace["b"].dout == 3
    assert trace["b"].dx == (3, 0)
    assert "a" in repr(trace)


def test_a_graph_may_end_in_an_array_of_one_entry():
    graph = Graph(("x",), "z", {"z": (FullyConnected(2, 1, rng=0), "x")})
    trace = graph.trace(X[:1])
    assert trace.loss == graph.predict(X[:1])[0, 0]
    np.testing.assert_array_equal(trace["z"].dx, graph.params["z.W"].T)


def test_a_graph_may_have_its_loss_outside():
    graph = Graph(("x",), "h", {"z": (FullyConnected(2, 2, rng=0), "x"), "h": (Tanh(), "z")})
    chain = Sequential(FullyConnected(2, 2, rng=0), Tanh())
    found, right = traced(graph), traced(chain)
    assert found.loss == right.loss
    np.testing.assert_array_equal(found["z"].dx, right[0].dx)
    np.testing.assert_array_equal(found["h"].local, right[1].local)


def test_a_layer_in_two_nodes_shows_each_run():
    layer = Tanh()
    graph = Graph(("x",), "b", {"a": (layer, "x"), "b": (layer, "a")})
    trace = graph.trace(0.5)
    assert trace["a"].local == pytest.approx(1 - np.tanh(0.5) ** 2)
    assert trace["b"].local == pytest.approx(1 - np.tanh(np.tanh(0.5)) ** 2)


def test_a_node_that_leads_to_no_gradient_has_none():
    graph = Graph(("x", "t"), "loss", {"t2": (Tanh(), "t"), "loss": (layers.MSE(), "x", "t2")})
    trace = graph.trace((X, X))
    assert trace["t2"].dout is None
    assert trace["t2"].local is None
    assert "none" in repr(trace["t2"])


@pytest.mark.parametrize(
    ("given", "missing"),
    [((), "x and no labels and no loss"), ((X,), "labels and no loss"), ((X, LABELS), "loss")],
)
def test_a_trace_without_a_run_says_what_it_takes(given, missing):
    with pytest.raises(TypeError) as error:
        small().trace(*given)
    assert str(error.value) == (
        f"Sequential of 3 layers.trace: expected x, labels and loss, got no {missing}; a trace "
        "runs the net itself, forward and backward, as in net.trace(x, labels, SoftmaxCE())"
    )


def test_a_graph_needs_x_and_both_of_the_others_or_none():
    with pytest.raises(TypeError, match="got no x and no labels and no loss; a trace runs"):
        gates().trace()
    with pytest.raises(TypeError, match="got no loss; a trace runs"):
        gates().trace((1.0, 2.0, 0.0), LABELS)


def test_a_graph_without_a_loss_ends_in_a_number():
    graph = Graph(("x",), "h", {"h": (ReLU(), "x")})
    with pytest.raises(
        ValueError, match=r"^Graph of 1 node.trace: expected labels and a loss, bec"
    ):
        graph.trace(X)


def test_none_instead_of_a_loss_is_refused():
    with pytest.raises(TypeError, match=r"trace: loss: expected an object .* make one: SoftmaxCE"):
        small().trace(X, LABELS, SoftmaxCE)


def test_errors_say_where():
    with pytest.raises(ValueError, match=r"^layer 1.0 \(FullyConnected 5 -> 2\): expected x"):
        traced(Sequential(FullyConnected(2, 3), Sequential(FullyConnected(5, 2))))

    class Broken(StudentsReLU):
        def backward(self, dout):
            return dout

    with pytest.raises(TypeError, match=r"^layer 1 \(Broken\): expected backward to return \(dx"):
        traced(Sequential(FullyConnected(2, 3, rng=0), Broken(), FullyConnected(3, 2, rng=0)))


@pytest.mark.parametrize("loss", [ReLU(), FullyConnected(2, 2)])
def test_a_layer_without_labels_is_not_a_loss(loss):
    with pytest.raises(TypeError, match=r"trace: expected a loss, with a forward that takes"):
        small().trace(X, LABELS, loss)


def test_a_layer_with_an_array_as_output_is_not_a_loss():
    with pytest.raises(
        TypeError, match=r"trace: expected a loss, with a forward that gives a number"
    ):
        small().trace(X, X, Add())
