import re

import numpy as np
import pytest

from layers import FullyConnected, ReLU, Tanh
from nets import Graph, Sequential
from nets.net import Net, check_layer, parts


def test_a_net_of_ones_own_needs_named_layers():
    class Pair(Net):
        def __init__(self, *layers):
            self.layers = layers

        def named_layers(self):
            return list(zip(("left", "right"), self.layers, strict=True))

    pair = Pair(FullyConnected(2, 3), ReLU())
    assert list(pair.params) == ["left.W", "left.b"]
    pair.params["left.b"] = np.ones(3)
    assert pair.layers[0].params["b"].all()


def test_a_net_without_named_layers_is_told():
    with pytest.raises(NotImplementedError, match=r"^Net does not define named_layers\(\)$"):
        _ = Net().params


def test_parts_are_found_at_any_depth_with_the_way_to_them():
    relu, tanh = ReLU(), Tanh()
    inner = Graph(
        "x",
        "b",
        {
            "a": (relu, "x"),
            "b": (Sequential(tanh), "a"),
        },
    )
    net = Sequential(inner)
    found = dict(parts(net, "net"))
    assert list(found) == ["net", "net.0", "net.0.a", "net.0.b", "net.0.b.0"]
    assert found["net.0.a"] is relu
    assert found["net.0.b.0"] is tanh


def test_the_place_and_the_hint_stand_in_the_sentence():
    sentence = "node a: expected an object with params, forward and backward, got int; no"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        check_layer("node a", 3, "; no")
