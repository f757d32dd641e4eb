import numpy as np

from layers import FullyConnected, ReLU
from nets import Graph, Sequential
from nets.display.output_shapes import empty, is_chain, output, shape_text, taken


def test_a_chain_inside_tells_what_it_gives_if_one_of_its_layers_knows():
    assert output(Sequential(ReLU(), FullyConnected(3, 2), ReLU()), None).shape == (0, 2)
    assert output(Sequential(ReLU()), None) is None


def test_what_is_taken_is_reported_or_known():
    assert taken(FullyConnected(3, 2), None).shape == (0, 3)
    assert taken(ReLU(), None) is None
    batch = np.empty((0, 7))
    assert taken(FullyConnected(3, 2), batch) is batch


def test_only_a_sequential_is_a_chain():
    graph = Graph(("x",), "h", {"h": (ReLU(), "x")})
    assert [is_chain(net) for net in (Sequential(), graph, ReLU())] == [True, False, False]


def test_shapes_are_of_batches():
    assert shape_text(empty(())) == "(N,)"
    assert shape_text(empty((3, 4))) == "(N, 3, 4)"
    assert empty(None) is None
