"""Boxes stand in columns, do not overlap, and edges cross no more than they must."""

from itertools import combinations

import numpy as np
import pytest

from nets.graph.layout import Bend, Edge, _crossings, layout, spread


def drawn(edges, late=(), height=10.0, gap=5.0):
    names = list(dict.fromkeys([edge[0] for edge in edges] + [edge[1] for edge in edges]))
    boxes = dict.fromkeys(names, height)
    return layout(boxes, [Edge(*edge) for edge in edges], late, gap)


def test_a_box_stands_in_the_column_after_the_last_that_leads_to_it():
    found = drawn([("x", "a"), ("a", "b"), ("x", "c"), ("b", "c")])
    assert found.column == {"x": 0, "a": 1, "b": 2, "c": 3}
    assert [len(bends) for bends in found.bends] == [0, 0, 2, 0]


def test_a_late_box_stands_right_before_the_first_that_it_leads_to():
    edges = [("x", "a"), ("a", "b"), ("k", "c"), ("b", "c"), ("c", "d"), ("k", "d")]
    assert drawn(edges).column["k"] == 0
    assert drawn(edges, late=["k"]).column["k"] == 2


def test_a_straight_chain_is_level():
    found = drawn([("x", "a"), ("a", "b"), ("b", "c")])
    assert len(set(found.height.values())) == 1


def test_a_box_stands_where_its_edges_arrive_level():
    found = drawn([("x", "a", -19.0), ("y", "a", 19.0)])
    assert found.height["x"] == pytest.approx(found.height["a"] - 19)
    assert found.height["y"] == pytest.approx(found.height["a"] + 19)


def test_edges_that_need_not_cross_do_not():
    """Declared in an order in which all three would cross."""
    boxes = dict.fromkeys(["x", "y", "z", "c", "b", "a"], 10.0)
    edges = [Edge("x", "a"), Edge("y", "b"), Edge("z", "c")]
    found = layout(boxes, edges, (), 5.0)
    sources = sorted("xyz", key=found.height.__getitem__)
    targets = sorted("abc", key=found.height.__getitem__)
    assert ["abc"["xyz".index(name)] for name in sources] == targets


def test_edges_arrive_in_their_order_at_one_box():
    found = drawn([("x", "a", -19.0), ("y", "a", 0.0), ("z", "a", 19.0)])
    assert found.height["x"] < found.height["y"] < found.height["z"]
    turned = drawn([("x", "a", 19.0), ("y", "a", 0.0), ("z", "a", -19.0)])
    assert turned.height["x"] > turned.height["y"] > turned.height["z"]


def test_a_long_edge_is_nearly_straight_where_it_passes():
    chain = [(f"n{i}", f"n{i + 1}") for i in range(6)]
    found = drawn([*chain, ("n0", "n6", 40.0)])
    bends = found.bends[-1]
    assert max(bends) - min(bends) < 0.2 * (found.height["n6"] + 40 - found.height["n0"])


def test_crossings_are_counted():
    columns = [["x", "y"], ["a", "b"]]
    assert _crossings(columns, [("x", "a", 0.0), ("y", "b", 0.0)]) == 0
    assert _crossings(columns, [("x", "b", 0.0), ("y", "a", 0.0)]) == 1
    assert _crossings([["x", "y"], ["a"]], [("x", "a", 19.0), ("y", "a", -19.0)]) == 1


@pytest.mark.parametrize("seed", range(20))
def test_nothing_overlaps_in_random_graphs(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 25))
    names = [f"n{i}" for i in range(count)]
    edges = [
        Edge(names[j], names[i], 30.0 * k)
        for i in range(1, count)
        for k, j in enumerate(rng.choice(i, min(i, int(rng.integers(1, 4))), replace=False))
    ]
    boxes = {name: float(rng.uniform(10, 90)) for name in names}
    gap = 7.0
    found = layout(boxes, edges, (), gap)
    places = {name: (found.column[name], found.height[name], boxes[name]) for name in names}
    for number, (edge, bends) in enumerate(zip(edges, found.bends, strict=True)):
        assert found.column[edge.source] < found.column[edge.target]
        assert len(bends) == found.column[edge.target] - found.column[edge.source] - 1
        for passed, height in enumerate(bends):
            column = found.column[edge.source] + 1 + passed
            places[Bend(number, column)] = (column, height, 0.0)
    for (one, a, high), (other, b, wide) in combinations(places.values(), 2):
        assert one != other or abs(a - b) >= (high + wide) / 2 + gap - 1e-6


def test_wishes_that_are_far_enough_apart_come_true():
    assert spread([1.0, 5.0, 9.0], [4.0, 4.0]) == [1.0, 5.0, 9.0]
    assert spread([3.0], []) == [3.0]


def test_wishes_that_are_too_close_are_met_as_well_as_can_be():
    rng = np.random.default_rng(0)
    for _ in range(50):
        wishes, apart = rng.normal(size=5), rng.uniform(0, 2, 4)
        found = np.array(spread(wishes.tolist(), apart.tolist()))
        assert (np.diff(found) >= apart - 1e-12).all()
        for _ in range(50):  # no other arrangement is nearer to the wishes
            other = found + 0.1 * rng.normal(size=5)
            other = np.array(spread(other.tolist(), apart.tolist()))
            assert ((found - wishes) ** 2).sum() <= ((other - wishes) ** 2).sum() + 1e-12
