"""The way around the layers: in the numbers, in pictures, in traces and in files."""

import re
import subprocess
import sys

import numpy as np
import pytest

from layers import Add, FullyConnected, ReLU, SoftmaxCE, Tanh
from nets import Graph, Residual, Sequential

RNG = np.random.default_rng(2)
X, LABELS = RNG.normal(size=(5, 4)), np.array([0, 1, 2, 3, 0])


def block():
    return Residual(FullyConnected(4, 6, rng=0), Tanh(), FullyConnected(6, 4, rng=1))


def test_it_computes_as_the_same_layers_with_an_add_gate_in_a_graph():
    net = block()
    graph = Graph("x", "y", {"f": (Sequential(*net.layers), "x"), "y": (Add(), "x", "f")})
    np.testing.assert_array_equal(net.forward(X), graph.forward(X))
    dout = RNG.normal(size=X.shape)
    (dx, grads), (theirs, others) = net.backward(dout), graph.backward(dout)
    np.testing.assert_allclose(dx, theirs, rtol=1e-15)
    for key, gradient in grads.items():
        np.testing.assert_array_equal(gradient, others[f"f.{key}"])


@pytest.mark.parametrize("layer", [FullyConnected(4, 3), FullyConnected(4, 1), Sequential()])
def test_an_output_of_another_shape_is_never_broadcast(layer):
    net = Residual(layer)
    if not layer.params:
        np.testing.assert_array_equal(net.forward(X), 2 * X)
        return
    sentence = (
        f"Residual of 1 layer: expected layers with an output of shape (5, 4), that of x, to which "
        f"it is added, got (5, {layer.out_features}); put layers that change the shape before"
    )
    for verb in (net.forward, net.predict):
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
            verb(X)
    with pytest.raises(ValueError, match=r"^summary: input_shape \(4,\) does not fit: node sum"):
        Graph("x", "sum", {"sum": (net, "x")}).summary((4,))


def test_a_part_of_it_has_no_way_around_and_is_refused():
    net = block()
    assert net[1] is net.layers[1]
    with pytest.raises(TypeError, match=r"^Residual of 3 layers: expected a position, got a slice"):
        net[:2]


def test_summary_and_picture_show_the_sum():
    assert [row[0] for row in block().summary().rows][-2:] == [
        "2 FullyConnected(6, 4)",
        "sum Add()",
    ]
    drawing = Sequential(FullyConnected(4, 4), block()).draw()
    assert "1.sum = Add(0, 1.2)" in drawing.svg
    assert "Residual" in Sequential(block())._repr_html_()


def test_a_trace_goes_both_ways():
    net = Sequential(FullyConnected(4, 4, rng=3), block(), ReLU())
    net.forward(X)
    trace = net.trace(X, LABELS, SoftmaxCE())
    assert [step.name for step in trace] == ["0", "1.0", "1.1", "1.2", "1.sum", "2", "loss"]
    assert trace["1.sum"].x[0] is not trace["1.sum"].x[1]
    np.testing.assert_array_equal(trace["1.sum"].y, trace["0"].y + trace["1.2"].y)
    np.testing.assert_array_equal(trace["0"].dout, trace["1.0"].dx + trace["1.sum"].dout)
    loss = SoftmaxCE()
    loss.forward(net.forward(X), LABELS)
    _, grads = net.backward(loss.backward()[0])
    assert list(trace.grads) == list(grads)
    for name, gradient in grads.items():
        np.testing.assert_allclose(trace.grads[name], gradient, rtol=1e-12)


@pytest.mark.parametrize(
    "net",
    [
        Sequential(ReLU(), block()),
        block(),
        Sequential(Graph("x", "y", {"y": (block(), "x")})),
        Residual(Residual(Tanh())),
    ],
    ids=["inside", "alone", "in a graph", "nested"],
)
def test_a_process_that_knows_sequential_alone_loads_it(net, tmp_path):
    net.save(tmp_path / "net")
    code = "import sys; from nets import Sequential; print(Sequential.load(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "net"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == repr(net)
    again = type(net).load(tmp_path / "net")
    np.testing.assert_array_equal(again.predict(X), net.predict(X))
    other = Residual if type(net) is Sequential else Graph
    with pytest.raises(ValueError, match=f"expected a {other.__name__}, got a file with a"):
        other.load(tmp_path / "net")
