"""A graph that is not well formed is refused with a sentence, before anything is built."""

import re

import numpy as np
import pytest

from layers import Add, ReLU
from nets import Graph
from nets.graph.topology import wired

A = {"a": (ReLU(), "x")}


class Student:
    forward = backward = len
    params = None


WRONG = {
    "a cycle": (
        ("x",),
        "c",
        {"a": (Add(), "x", "c"), "b": (ReLU(), "a"), "c": (ReLU(), "b")},
        ValueError,
        "Graph: a -> b -> c -> a is a cycle, and none of these nodes can run first",
    ),
    "a node that takes itself": (
        ("x",),
        "b",
        {"a": (Add(), "x", "a"), "b": (ReLU(), "a")},
        ValueError,
        "Graph: a -> a is a cycle, and none of these nodes can run first",
    ),
    "an unknown name": (
        ("x",),
        "a",
        {"a": (Add(), "x", "y")},
        ValueError,
        "node a (Add): 'y' is neither an input nor a node; there are x, a",
    ),
    "a number for a name": (
        ("x",),
        "a",
        {"a": (Add(), "x", 2.0)},
        ValueError,
        "node a (Add): 2.0 is neither an input nor a node; there are x, a",
    ),
    "an array for a name": (
        ("x",),
        "a",
        {"a": (Add(), "x", np.ones(2))},
        ValueError,
        "node a (Add): array([1., 1.]) is neither an input nor a node; there are x, a",
    ),
    "an unknown output": (
        ("x",),
        "f",
        A,
        ValueError,
        "Graph: expected output to be a node, got 'f'; there are a",
    ),
    "an input as output": (
        ("x",),
        "x",
        A,
        ValueError,
        "Graph: expected output to be a node, got 'x'; there are a",
    ),
    "two outputs": (
        ("x",),
        ["a", "a"],
        A,
        ValueError,
        "Graph: expected output to be a node, got ['a', 'a']; there are a",
    ),
    "a misspelled output": (
        ("x",),
        "loos",
        {"loss": (ReLU(), "x")},
        ValueError,
        "Graph: expected output to be a node, got 'loos'; there are loss; did you mean loss?",
    ),
    "a misspelled source": (
        ("scores",),
        "a",
        {"a": (ReLU(), "score")},
        ValueError,
        "node a (ReLU): 'score' is neither an input nor a node; there are scores, a; did you mean "
        "scores?",
    ),
    "an unused node": (
        ("x",),
        "a",
        {**A, "b": (ReLU(), "x")},
        ValueError,
        "Graph: the node b is not used, because nothing leads from it to the output a; connect it "
        "or leave it out",
    ),
    "a node after the output": (
        ("x",),
        "a",
        {**A, "b": (ReLU(), "a")},
        ValueError,
        "Graph: the node b is not used, because nothing leads from it to the output a; connect it "
        "or leave it out",
    ),
    "an unused input": (
        ("x", "y"),
        "a",
        A,
        ValueError,
        "Graph: the input y is not used, because nothing leads from it to the output a; connect it "
        "or leave it out",
    ),
    "an input twice": (
        ("x", "x"),
        "a",
        A,
        ValueError,
        "Graph: the name x is given twice; rename one of the two",
    ),
    "an input called like a node": (
        ("x", "a"),
        "a",
        A,
        ValueError,
        "Graph: the name a is given twice; rename one of the two",
    ),
    "a name with a dot": (
        ("x",),
        "a.b",
        {"a.b": (ReLU(), "x")},
        TypeError,
        "Graph: expected names to be strings, not empty and without a dot, which separates them in "
        "the keys of params, got 'a.b'",
    ),
    "an empty name": (
        ("",),
        "a",
        {"a": (ReLU(), "")},
        TypeError,
        "Graph: expected names to be strings, not empty and without a dot, which separates them in "
        "the keys of params, got ''",
    ),
    "a number as name": (
        ("x",),
        1,
        {1: (ReLU(), "x")},
        TypeError,
        "Graph: expected names to be strings, not empty and without a dot, which separates them in "
        "the keys of params, got 1",
    ),
    "a layer without its sources": (
        ("x",),
        "a",
        {"a": ReLU()},
        TypeError,
        'node a: expected a layer and the names of what it takes, such as (Add(), "x", "y"), got '
        "ReLU()",
    ),
    "an empty node": (
        ("x",),
        "a",
        {"a": ()},
        TypeError,
        'node a: expected a layer and the names of what it takes, such as (Add(), "x", "y"), got '
        "()",
    ),
    "a function for a layer": (
        ("x",),
        "a",
        {"a": (np.tanh, "x")},
        TypeError,
        "node a: expected an object with params, forward and backward, got ufunc",
    ),
    "a class": (
        ("x",),
        "a",
        {"a": (ReLU, "x")},
        TypeError,
        "node a: expected an object with params, forward and backward, got the class ReLU; make "
        "one: ReLU(...)",
    ),
    "params that are not a dict": (
        ("x",),
        "a",
        {"a": (Student(), "x")},
        TypeError,
        "node a (Student): expected params to be a dict, got NoneType",
    ),
    "no nodes": (
        ("x",),
        "x",
        {},
        TypeError,
        'Graph: expected nodes to be a dict with at least one entry, such as {"a": (Add(), "x", '
        '"y")}, got {}',
    ),
    "a list of nodes": (
        ("x",),
        "a",
        [("a", ReLU(), "x")],
        TypeError,
        'Graph: expected nodes to be a dict with at least one entry, such as {"a": (Add(), "x", '
        "\"y\")}, got [('a', ReLU(), 'x')]",
    ),
    "inputs without an order": (
        {"x"},
        "a",
        A,
        TypeError,
        "Graph: expected inputs to be a tuple of names, got {'x'}",
    ),
    "no inputs": (
        None,
        "a",
        A,
        TypeError,
        "Graph: expected inputs to be a tuple of names, got None",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_malformed_graph_is_refused(kind):
    inputs, output, nodes, error, sentence = WRONG[kind]
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        Graph(inputs=inputs, output=output, nodes=nodes)


def test_lists_are_accepted_and_not_changed():
    relu, nodes = ReLU(), {}
    nodes["b"] = [relu, "a"]
    nodes["a"] = [Add(), "x", "y"]
    inputs, output, found = wired(["x", "y"], "b", nodes)
    assert (inputs, output) == (("x", "y"), "b")
    assert list(found) == ["a", "b"]
    assert found["b"] == (relu, "a")
    assert list(nodes) == ["b", "a"]
    assert nodes["b"] == [relu, "a"]
