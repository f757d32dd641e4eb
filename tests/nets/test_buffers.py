"""Arrays that are not trained are kept, copied, cast and saved as parameters are."""

import copy
import pickle

import numpy as np
import pytest

from layers import Embedding, FullyConnected, Layer, Mean, ReLU
from nets import Graph, Residual, Sequential

X = np.array([[1.0, 2.0], [3.0, 6.0]])


class Centre(Layer):
    """Subtracts the mean that it has seen in training."""

    def __init__(self):
        self.buffers = {"mean": np.zeros(2)}

    def forward(self, x):
        self.buffers["mean"] = x.mean(axis=0)  # another array: the dict is read anew each time
        return x - self.buffers["mean"]

    def backward(self, dout):
        return dout - dout.mean(axis=0), {}

    def predict(self, x):
        return x - self.buffers["mean"]


class CentreInPlace(Centre):
    def forward(self, x):
        self.buffers["mean"][...] = x.mean(axis=0)
        return x - self.buffers["mean"]


class CentreOfAPlainClass:
    params = {}  # noqa: RUF012, as a student writes it
    __init__, forward, backward, predict = (
        Centre.__init__,
        CentreInPlace.forward,
        Centre.backward,
        Centre.predict,
    )


NETS = {
    "chain": (lambda layer: Sequential(FullyConnected(2, 2, rng=0), layer), "1.mean"),
    "nested": (lambda layer: Sequential(ReLU(), Sequential(layer)), "1.0.mean"),
    "block": (lambda layer: Sequential(Residual(layer, ReLU())), "0.0.mean"),
    "graph": (lambda layer: Graph("x", "b", {"a": (ReLU(), "x"), "b": (layer, "a")}), "b.mean"),
    "graph in a chain": (
        lambda layer: Sequential(Graph("x", "a", {"a": (layer, "x")}), ReLU()),
        "0.a.mean",
    ),
}


@pytest.fixture(params=NETS.values(), ids=NETS)
def wrap(request):
    return request.param


@pytest.fixture(params=[Centre, CentreInPlace, CentreOfAPlainClass])
def kind(request):
    return request.param


def test_they_are_live(wrap, kind):
    net, key = wrap[0](layer := kind()), wrap[1]
    assert list(net.buffers) == [key]
    net.forward(X)
    assert net.buffers[key].any()
    assert net.buffers[key] is layer.buffers["mean"]
    net.buffers[key][...] = 7
    assert layer.buffers["mean"].tolist() == [7, 7]
    net.buffers[key] = [8, 9]
    assert layer.buffers["mean"].tolist() == [8, 9]
    net.buffers = {key: [1, 2]}
    assert layer.buffers["mean"].tolist() == [1, 2]
    with pytest.raises(KeyError, match="expected the parameters"):
        net.buffers = {}
    with pytest.raises(ValueError, match="expected an array of shape"):
        net.buffers[key] = [1, 2, 3]


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net)), lambda net: net.astype("float64")],
    ids=["deepcopy", "pickle", "astype"],
)
def test_a_copy_has_its_own(wrap, kind, duplicate):
    net, key = wrap[0](kind()), wrap[1]
    net.forward(X)
    kept = net.buffers[key].copy()
    twin = duplicate(net)
    assert np.array_equal(twin.buffers[key], kept)
    twin.forward(X + 5)
    assert np.array_equal(net.buffers[key], kept)
    assert not np.array_equal(twin.buffers[key], kept)
    assert np.array_equal(net.predict(X), duplicate(net).predict(X))


def test_they_are_cast(wrap, kind):
    net, key = wrap[0](kind()), wrap[1]
    net.forward(X)
    twin = net.astype(np.float32)
    assert twin.buffers[key].dtype == np.float32
    assert np.array_equal(twin.buffers[key], net.buffers[key].astype(np.float32))


def test_they_are_saved_and_loaded_into_the_same_memory(wrap, kind, tmp_path):
    net, other = wrap[0](kind()), wrap[0](kind())
    net.forward(X)
    net.save(tmp_path / "net")
    memory = other.buffers[wrap[1]]
    other.load_params(tmp_path / "net")
    assert other.buffers[wrap[1]] is memory
    assert np.array_equal(memory, net.buffers[wrap[1]])
    assert np.array_equal(other.predict(X), net.predict(X))


def test_frozen_vectors_come_back_with_the_net(tmp_path):
    nodes = {"e": (Embedding(5, 3, trainable=False, rng=0), "x"), "m": (Mean(1), "e")}
    graph = Graph("x", "m", nodes)
    graph.save(tmp_path / "net")
    again = Graph.load(tmp_path / "net")
    assert list(again.buffers) == ["e.W"]
    assert again.params == {}
    assert np.array_equal(again.buffers["e.W"], graph.buffers["e.W"])
    assert repr(again) == repr(graph)
