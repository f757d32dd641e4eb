import numpy as np

from layers import Dropout, Embedding, FullyConnected, ReLU
from nets import Graph, Sequential
from nets.graph.shared_layers import first_names, repeats, summed, twin


def test_a_node_repeats_an_earlier_one_if_they_have_an_object_in_common():
    shared = ReLU()
    nodes = {
        "a": (shared, "x"),
        "b": (ReLU(), "x"),
        "c": (Sequential(ReLU(), Sequential(shared)), "b"),
        "d": (Graph("u", "v", {"v": (shared, "u")}), "c"),
    }
    assert repeats(nodes) == {"c", "d"}


def test_a_twin_has_the_very_same_parameters_and_generators_but_its_own_memory():
    net = Sequential(FullyConnected(3, 3, rng=0), Dropout(0.5, rng=1))
    other = twin(net)
    assert other[0] is not net[0]
    assert other[0].params["W"] is net[0].params["W"]
    assert other[1]._rng is net[1]._rng
    x, y = np.ones((2, 3)), np.full((2, 3), 2.0)
    net.forward(x)
    other.forward(y)
    assert net.backward(x)[1]["0.W"].tolist() != other.backward(x)[1]["0.W"].tolist()


def test_a_twin_has_the_very_same_frozen_vectors():
    net = Sequential(Embedding(5, 2, trainable=False))
    assert twin(net)[0].buffers["W"] is net[0].buffers["W"]


def test_the_first_name_stands_for_all():
    W, b = np.ones(2), np.ones(2)
    first = first_names({"a.W": W, "a.b": b, "c.W": W})
    assert first == {"a.W": "a.W", "a.b": "a.b", "c.W": "a.W"}
    grads = {"a.W": 1.0, "a.b": 2.0, "c.W": 10.0, "odd": 5.0}
    assert summed(grads, first) == {"a.W": 11.0, "a.b": 2.0, "odd": 5.0}


def test_a_sum_over_uses_is_a_new_array():
    W, g = np.ones(2), np.ones(2)
    found = summed({"a.W": g, "b.W": g}, first_names({"a.W": W, "b.W": W}))
    assert found["a.W"].tolist() == [2.0, 2.0]
    assert g.tolist() == [1.0, 1.0]
