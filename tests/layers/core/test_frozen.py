"""What is frozen is saved and cast, and neither trained nor differentiated."""

import re

import numpy as np
import pytest

from layers import Dropout, Embedding, Frozen, FullyConnected, Multiply, ReLU, SoftmaxCE
from nets import Graph, Sequential
from optimizers import SGD

X, LABELS = np.random.default_rng(0).normal(size=(6, 4)), np.arange(6) % 2


def base():
    return Sequential(FullyConnected(4, 8, rng=0), ReLU())


NETS = {
    "a net": lambda: Sequential(Frozen(base()), FullyConnected(8, 2, rng=1)),
    "one parameter": lambda: Sequential(Frozen(FullyConnected(4, 2, rng=0), ["W"])),
    "in a graph": lambda: Graph(
        "x",
        "y",
        {"h": (Frozen(base()), "x"), "y": (FullyConnected(8, 2, rng=1), "h")},
    ),
    "twice frozen": lambda: Sequential(
        Frozen(Frozen(base(), "0.W")), Frozen(FullyConnected(8, 2, rng=0), "b")
    ),
}
over_nets = pytest.mark.parametrize("make", NETS.values(), ids=NETS.keys())


@over_nets
def test_training_moves_what_is_not_frozen(make):
    net, loss, optimizer = make(), SoftmaxCE(), SGD(0.5)
    before = {name: array.copy() for name, array in {**net.params, **net.buffers}.items()}
    assert net.buffers
    first = loss.forward(net.forward(X), LABELS)
    for _ in range(5):
        loss.forward(net.forward(X), LABELS)
        dx, grads = net.backward(loss.backward()[0], input_gradient=False)
        assert dx is None
        optimizer.step(net.params, grads)
    assert loss.forward(net.predict(X), LABELS) < first
    assert all((net.buffers[name] == before[name]).all() for name in net.buffers)
    assert all((net.params[name] != before[name]).any() for name in net.params)


@over_nets
def test_files_hold_the_layer_inside(make, tmp_path):
    net = make()
    net.save(tmp_path / "net")
    loaded = type(net).load(tmp_path / "net")
    assert repr(loaded) == repr(net)
    assert list(loaded.params) == list(net.params)
    np.testing.assert_array_equal(loaded.predict(X), net.predict(X))


def test_files_fit_frozen_and_trained_nets_alike(tmp_path):
    trained, frozen = base(), Sequential(Frozen(FullyConnected(4, 8, rng=5)), ReLU())
    trained.save(tmp_path / "net")
    frozen.load_params(tmp_path / "net")
    np.testing.assert_array_equal(frozen.predict(X), trained.predict(X))


def test_the_layer_is_held_and_not_copied():
    layer = FullyConnected(4, 2)
    frozen = Frozen(layer)
    assert frozen.layer is layer
    assert frozen.buffers["W"] is layer.params["W"]
    frozen.buffers["W"] = np.ones((4, 2))
    assert layer.params["W"].all()


def test_without_dx_a_frozen_layer_need_not_run():
    class Counts(FullyConnected):
        ran = 0

        def backward(self, *args, **options):
            self.ran += 1
            return super().backward(*args, **options)

    layer = Counts(4, 3)
    net = Sequential(Frozen(layer), FullyConnected(3, 2))
    dout = net.forward(X)
    net.backward(dout, input_gradient=False)
    assert layer.ran == 0
    assert net.backward(dout)[0].shape == X.shape
    assert layer.ran == 1
    partly = Frozen(layer, "W")
    partly.forward(X)
    dx, grads = partly.backward(np.ones((6, 3)), input_gradient=False)
    assert (dx, list(grads)) == (None, ["b"])


def test_several_inputs_and_integers_pass_through():
    gate, words = Frozen(Multiply()), Frozen(Embedding(5, 2))
    assert gate.forward(2.0, 3.0) == gate.predict(2.0, 3.0) == 6.0
    assert gate.backward(1.0) == ((3.0, 2.0), {})
    words.forward([1, 2])
    assert words.backward(np.ones((2, 2))) == (None, {})


def test_predict_leaves_dropout_out_as_the_layer_does():
    net = Frozen(Sequential(Dropout(0.5, rng=0)))
    assert (net.predict(X) == X).all()
    assert (net.forward(X) != X).any()


def test_a_custom_class_is_frozen_too():
    class Scale:
        def __init__(self):
            self.params = {"a": np.array(2.0)}

        def forward(self, x):
            self.x = x
            return x * self.params["a"]

        def backward(self, dout):
            return dout * self.params["a"], {"a": np.sum(dout * self.x)}

    frozen = Frozen(Scale())
    assert frozen.forward(3.0) == frozen.predict(3.0) == 6.0
    assert frozen.backward(1.0) == (2.0, {})
    assert frozen.astype("f4").buffers["a"].dtype == np.float32


def test_the_summary_counts_what_is_trained():
    text = str(NETS["a net"]().summary())
    assert "(N, 8)" in text
    assert "(N, 2)" in text


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3,), TypeError, "expected a layer or a net, got 3"),
        ((ReLU,), TypeError, "expected a layer or a net, got ReLU"),
        (
            (FullyConnected(2, 3), "w"),
            ValueError,
            "expected names of parameters of FullyConnected 2 -> 3, which has 'W', 'b', got 'w'",
        ),
        (
            (ReLU(), ["W"]),
            ValueError,
            "expected names of parameters of ReLU, which has no parameters, got 'W'",
        ),
        (
            (FullyConnected(2, 3), 5),
            TypeError,
            "expected names to be a string or a list of strings, got 5",
        ),
    ],
)
def test_what_cannot_be_frozen_is_refused(arguments, error, message):
    with pytest.raises(error, match=f"^{re.escape('Frozen: ' + message)}$"):
        Frozen(*arguments)


def test_a_name_that_is_frozen_cannot_be_assigned_as_a_parameter():
    with pytest.raises(KeyError, match="there is no parameter 'W' here"):
        Frozen(FullyConnected(2, 3)).params["W"] = np.ones((2, 3))
