"""A graph comes back from its file to the bit, with what its nodes share."""

import json
import re

import numpy as np
import pytest

from layers import Dropout, Embedding, FullyConnected, Multiply, ReLU, SoftmaxCE, Tanh
from nets import Graph, Sequential
from nets.interop import read_tensors, write_tensors
from nets.interop.net_file import FORMAT

X = np.random.default_rng(0).normal(size=(6, 4))
LABELS = np.array([0, 1, 2, 3, 1, 0])


def branches():
    nodes = {
        "h": (FullyConnected(4, 4, rng=0), "x"),
        "t": (Tanh(), "h"),
        "loss": (SoftmaxCE(), "t", "labels"),
    }
    return Graph(("x", "labels"), "loss", nodes)


def shared():
    layer = FullyConnected(4, 4, rng=0, dtype="f4")
    return Graph("x", "c", {"a": (layer, "x"), "b": (Tanh(), "a"), "c": (layer, "b")})


def nested():
    net = Sequential(FullyConnected(4, 4, rng=1), shared(), Dropout(0.25))
    return Graph("x", "b", {"a": (net, "x"), "b": (shared(), "a")})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "graph.safetensors"


def bits(net):
    return {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in net.params.items()}


@pytest.mark.parametrize("make", [branches, shared, nested])
def test_a_graph_comes_back_to_the_bit(make, path):
    graph = make()
    for array in graph.params.values():
        array += 0.5
    graph.save(path)
    again = Graph.load(path)
    assert type(again) is Graph
    assert repr(again) == repr(graph)
    assert bits(again) == bits(graph)
    inputs = (X, LABELS)[: len(graph.inputs)]
    assert np.array_equal(again.predict(*inputs), graph.predict(*inputs))
    assert again.inputs == graph.inputs


def test_what_is_shared_comes_back_shared(path):
    shared().save(path)
    again = Graph.load(path)
    assert again["a"] is again["c"]
    assert list(again.params) == ["a.W", "a.b"]
    described = json.loads(read_tensors(path)[1]["graph"])
    assert described["nodes"]["c"] == ["a", "b"]


def test_a_graph_inside_a_sequential_comes_back(path):
    net = Sequential(shared(), ReLU())
    net.save(path)
    again = Sequential.load(path)
    assert repr(again) == repr(net)
    assert bits(again) == bits(net)


def test_parameters_are_taken_over_into_a_graph_that_was_built(path):
    graph, other = shared(), shared()
    graph.params["a.W"][...] = 3
    graph.save(path)
    other.load_params(path)
    assert bits(other) == bits(graph)


@pytest.mark.parametrize(
    ("net", "kind", "wanted", "other"),
    [
        (shared(), Sequential, "Sequential", "Graph"),
        (Sequential(ReLU()), Graph, "Graph", "Sequential"),
    ],
    ids=["graph", "sequential"],
)
def test_a_file_of_the_other_kind_is_reported(net, kind, wanted, other, path):
    net.save(path)
    sentence = f"{path}: expected a {wanted}, got a file with a {other}; call {other}.load(path)"
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        kind.load(path)


RELU = {"layer": "ReLU", "arguments": {}}
LIES = {
    "a cycle": ({"inputs": ["x"], "output": "a", "nodes": {"a": [RELU, "x", "a"]}}, "is a cycle"),
    "a later node": (
        {"inputs": ["x"], "output": "b", "nodes": {"a": ["b", "x"], "b": [RELU, "a"]}},
        "node a: there is no node b before it",
    ),
    "no nodes": ({"inputs": ["x"], "output": "a"}, "the net lacks nodes"),
    "a list": ([], "the description of the net: expected a dict, got list"),
    "a number for a node": (
        {"inputs": ["x"], "output": "a", "nodes": {"a": 3}},
        "node a: expected a list, got int",
    ),
    "an empty node": (
        {"inputs": ["x"], "output": "a", "nodes": {"a": []}},
        "description of layer a",
    ),
    "nodes in a list": (
        {"inputs": ["x"], "output": "a", "nodes": [RELU]},
        "nodes of the net: expected",
    ),
    "a foreign layer": (
        {"inputs": ["x"], "output": "a", "nodes": {"a": [{**RELU, "layer": "Mine"}, "x"]}},
        "layer a is a Mine, which is not part of handgrad",
    ),
    "a huge layer": (
        {
            "inputs": ["x"],
            "output": "a",
            "nodes": {
                "a": [
                    {
                        "layer": "FullyConnected",
                        "arguments": {"in_features": 10**12, "out_features": 10**12},
                    },
                    "x",
                ]
            },
        },
        "layer a: expected a tensor W of shape",
    ),
    "tensors of nobody": ({"inputs": ["x"], "output": "a", "nodes": {"a": [RELU, "x"]}}, "got 'W'"),
}


@pytest.mark.parametrize("kind", LIES)
def test_a_description_that_lies_is_refused(kind, path):
    described, sentence = LIES[kind]
    write_tensors(path, {"W": np.ones(1)}, {"format": FORMAT, "graph": json.dumps(described)})
    with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
        Graph.load(path)
    assert "the net cannot be rebuilt" in str(caught.value)
    assert sentence in str(caught.value)


def test_parameters_shared_deeper_down_are_saved_and_the_sentence_says_how_to_load_them(path):
    """The file describes layers that stand in several nodes, and nothing finer."""

    def make():
        layer = FullyConnected(4, 4, rng=0)
        return Graph("x", "b", {"a": (Sequential(layer), "x"), "b": (layer, "a")})

    graph = make()
    graph.save(path)
    with pytest.raises(ValueError, match=r"the net cannot be rebuilt: .*b: expected a tensor W"):
        Graph.load(path)
    make().load_params(path)


@pytest.mark.parametrize("trainable", [True, False])
def test_word_vectors_come_back_whether_they_are_trained_or_not(trainable, path):
    """Two words through one table of vectors."""

    def words(seed):
        vectors = Embedding(9, 3, trainable=trainable, rng=seed)
        nodes = {"a": (vectors, "i"), "b": (vectors, "j"), "y": (Multiply(), "a", "b")}
        return Graph(("i", "j"), "y", nodes)

    graph = words(0)
    assert list(graph.params) == (["a.W"] if trainable else [])
    assert list(graph.buffers) == ([] if trainable else ["a.W"])
    graph.save(path)
    i, j = np.array([[1, 2]]), np.array([[2, 8]])
    other = words(1)
    other.load_params(path)
    for again in (Graph.load(path), other):
        assert np.array_equal(again.predict(i, j), graph.predict(i, j))
