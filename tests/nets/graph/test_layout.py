"""Boxes stand in columns, do not overlap, and edges cross no more than they must."""

import math
from itertools import combinations, pairwise, permutations, product

import numpy as np
import pytest

from nets.graph.layout import Bend, Edge, layout, spread


def drawn(edges, late=(), height=10.0, gap=5.0):
    names = list(dict.fromkeys([edge[0] for edge in edges] + [edge[1] for edge in edges]))
    boxes = dict.fromkeys(names, height)
    return layout(boxes, [Edge(*edge) for edge in edges], late, gap)


def test_a_box_is_in_the_column_after_the_last_that_leads_to_it():
    found = drawn([("x", "a"), ("a", "b"), ("x", "c"), ("b", "c")])
    assert found.column == {"x": 0, "a": 1, "b": 2, "c": 3}
    assert [len(bends) for bends in found.bends] == [0, 0, 2, 0]


def test_a_late_box_is_just_before_the_first_that_it_leads_to():
    edges = [("x", "a"), ("a", "b"), ("k", "c"), ("b", "c"), ("c", "d"), ("k", "d")]
    assert drawn(edges).column["k"] == 0
    assert drawn(edges, late=["k"]).column["k"] == 2


def test_a_straight_chain_is_level():
    found = drawn([("x", "a"), ("a", "b"), ("b", "c")])
    assert len(set(found.height.values())) == 1


def test_a_box_is_placed_so_that_its_edges_arrive_level():
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


def random_graph(seed, least, most):
    """Names, and edges that arrive at places of their own: a tree, or up to two to a box."""
    rng = np.random.default_rng(seed)
    names = [f"n{i}" for i in range(int(rng.integers(least, most + 1)))]
    edges = []
    for i in range(1, len(names)):
        sources = rng.choice(i, min(i, int(rng.integers(1, 3))), replace=False)
        below = 19.0 * (len(sources) - 1)
        edges += [Edge(names[j], names[i], 2 * below * k - below) for k, j in enumerate(sources)]
    return names, edges


def crossings(routes, height):
    """How many pairs of edges cross, between any two columns, where places have these heights."""
    levels = [
        (first, height[a], height[b] + (1e-3 * edge.below if b == edge.target else 0.0))
        for edge, first, route in routes
        for first, (a, b) in enumerate(pairwise(route), first)
    ]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
        for one, other in combinations(levels, 2)
    )


def test_crossings_are_nearly_as_few_as_can_be():
    """Counted in the layout, and in all orders of the same columns."""
    fewest, found = 0, 0
    for seed in range(100):
        names, edges = random_graph(seed, 3, 7)
        drawing = layout(dict.fromkeys(names, 10.0), edges, (), 5.0)
        height, columns, routes = dict(drawing.height), {}, []
        for number, (edge, bends) in enumerate(zip(edges, drawing.bends, strict=True)):
            passed = [(number, place) for place in range(len(bends))]
            height |= dict(zip(passed, bends, strict=True))
            first = drawing.column[edge.source]
            routes.append((edge, first, [edge.source, *passed, edge.target]))
            for column, place in enumerate(passed, first + 1):
                columns.setdefault(column, []).append(place)
        for name in names:
            columns.setdefault(drawing.column[name], []).append(name)
        if math.prod(math.factorial(len(column)) for column in columns.values()) > 200:
            continue
        orders = product(*map(permutations, columns.values()))
        ranks = (
            {p: float(n) for column in order for n, p in enumerate(column)} for order in orders
        )
        fewest += min(crossings(routes, rank) for rank in ranks)
        found += crossings(routes, height)
    assert 0 < fewest <= found <= 1.4 * fewest


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


def test_wishes_that_are_far_enough_apart_are_met_exactly():
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
