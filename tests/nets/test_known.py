import re

import pytest

from layers import ReLU, Tanh
from nets import Graph, Sequential
from nets.known import check_layer, only_computes, parts


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


def test_the_sentence_has_the_place_and_the_hint():
    sentence = "node a: expected an object with params, forward and backward, got int; no"
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        check_layer("node a", 3, "; no")


def test_only_classes_of_this_library_are_known():
    class Student(Sequential):
        pass

    assert only_computes(Sequential(Graph("x", "a", {"a": (ReLU(), "x")})))
    assert not only_computes(Sequential(Student(ReLU())))
