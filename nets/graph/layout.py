"""The layout of a layered drawing: columns of boxes, with few crossings and short edges.

Each box goes into the column after the last box that leads to it. An edge that spans several
columns gets a bend in each. Boxes and bends are sorted within their columns by the average place
of their neighbours, and then set as near to their neighbours' heights as the others allow
(Sugiyama, Tagawa and Toda, 1981).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, combinations, pairwise
from typing import NamedTuple

SWEEPS, SETTLE = 4, 100  # how often columns are sorted, and heights brought closer
STRAIGHT = 8  # how much more two bends of one edge attract each other than other neighbours do
SLIGHT = 1e-3  # turns a distance within a box into less than one place in a column


class Edge(NamedTuple):
    """An edge, and how far below the middle of its target it arrives."""

    source: str
    target: str
    below: float = 0.0


class Bend(NamedTuple):
    """Where an edge passes through a column."""

    edge: int
    column: int


class Layout(NamedTuple):
    """The column of each box, how far down its middle is, and each edge's bends.

    The top of the highest box is `gap` below 0.
    """

    column: dict[str, int]
    height: dict[str, float]
    bends: list[list[float]]


Place = str | Bend
Links = list[tuple[Place, Place, float]]  # between neighbouring columns, with Edge.below


def layout(
    boxes: Mapping[str, float], edges: Sequence[Edge], late: Collection[str], gap: float
) -> Layout:
    """Columns and heights for boxes.

    Parameters
    ----------
    boxes : dict of str to float
        How high each box is, in an order in which all edges lead forward.
    edges : sequence of Edge
        What connects them.
    late : collection of str
        Boxes without an edge to them, to place in the column before the first that they lead
        to; other such boxes are in the first column.
    gap : float
        The space between boxes in a column, and around an edge that passes.

    Examples
    --------
    >>> layout({"x": 10, "a": 10}, [Edge("x", "a")], late=(), gap=5).column
    {'x': 0, 'a': 1}
    """
    column = _columns(boxes, edges, late)
    ways: list[list[Place]] = [
        [edge.source, *(Bend(n, passed) for passed in range(first + 1, last)), edge.target]
        for n, edge in enumerate(edges)
        for first, last in [(column[edge.source], column[edge.target])]
    ]
    links = [
        (start, end, edge.below if end == edge.target else 0.0)
        for edge, way in zip(edges, ways, strict=True)
        for start, end in pairwise(way)
    ]
    columns: list[list[Place]] = [[] for _ in range(max(column.values()) + 1)]
    for place in dict.fromkeys(chain(boxes, *ways)):
        columns[place.column if isinstance(place, Bend) else column[place]].append(place)
    heights = _heights(_ordered(columns, links), links, boxes, gap)
    bends = [[heights[bend] for bend in way[1:-1]] for way in ways]
    return Layout(column, {name: heights[name] for name in boxes}, bends)


def _columns(
    boxes: Mapping[str, float], edges: Sequence[Edge], late: Collection[str]
) -> dict[str, int]:
    column: dict[str, int] = {}
    for name in boxes:
        before = [column[edge.source] for edge in edges if edge.target == name]
        column[name] = 1 + max(before, default=-1)
    for name in late:
        column[name] = min(column[edge.target] for edge in edges if edge.source == name) - 1
    return column


def _ordered(columns: list[list[Place]], links: Links) -> list[list[Place]]:
    """The best of several orders, each column sorted by the average place of its neighbours."""
    found = [columns]
    for sweep in range(SWEEPS):
        if sweep % 4 == 2:  # places of the same average change sides
            columns = [column[::-1] for column in columns]
        columns = _sorted(columns, links, forward=sweep % 2 == 0)
        found.append(columns)
    return min(found, key=lambda columns: _crossings(columns, links))


def _sorted(columns: list[list[Place]], links: Links, forward: bool) -> list[list[Place]]:
    """Each column by the average place of the neighbours in the column before, or after."""
    place: dict[Place, float] = {}
    done = []
    for column in columns if forward else reversed(columns):
        for index, here in enumerate(column):
            near = [
                place[start] if forward else place[end] + SLIGHT * below
                for start, end, below in links
                if here == (end if forward else start)
            ]
            place[here] = sum(near) / len(near) if near else index
        done.append(sorted(column, key=place.__getitem__))
        place |= {here: index for index, here in enumerate(done[-1])}
    return done if forward else done[::-1]


def _crossings(columns: list[list[Place]], links: Links) -> int:
    at = {
        place: (n, index) for n, column in enumerate(columns) for index, place in enumerate(column)
    }
    lines = [(*at[start], at[end][1] + SLIGHT * below) for start, end, below in links]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
        for one, other in combinations(lines, 2)
    )


def _heights(
    columns: list[list[Place]], links: Links, boxes: Mapping[str, float], gap: float
) -> dict[Place, float]:
    """Heights near those of the neighbours, in the given order and without overlap."""
    sizes = {p: boxes[p] if isinstance(p, str) else 0.0 for column in columns for p in column}
    near: dict[Place, list[tuple[Place, float]]] = {place: [] for place in sizes}
    for start, end, below in links:
        weight = STRAIGHT if isinstance(start, Bend) and isinstance(end, Bend) else 1
        near[start] += [(end, below)] * weight
        near[end] += [(start, -below)] * weight
    height = dict.fromkeys(sizes, 0.0)
    for sweep in range(SETTLE):
        for column in columns if sweep % 2 else columns[::-1]:
            wishes = [
                sum(height[other] + below for other, below in near[place])
                / max(len(near[place]), 1)
                for place in column
            ]
            apart = [(sizes[a] + sizes[b]) / 2 + gap for a, b in pairwise(column)]
            height.update(zip(column, spread(wishes, apart), strict=True))
    top = min(height[place] - size / 2 for place, size in sizes.items()) - gap
    return {place: middle - top for place, middle in height.items()}


def spread(wishes: Sequence[float], apart: Sequence[float]) -> list[float]:
    """Numbers near the wishes, in this order and at least so far apart.

    Those of least squares: where wishes are too close, all that touch share their mean.

    Examples
    --------
    >>> spread([0.0, 0.0, 9.0], [2.0, 2.0])
    [-1.0, 1.0, 9.0]
    """
    offset = [0.0]
    for distance in apart:
        offset.append(offset[-1] + distance)
    groups: list[tuple[float, int]] = []  # the mean of wish less offset, and of how many
    for wish, far in zip(wishes, offset, strict=True):
        mean, count = wish - far, 1
        while groups and groups[-1][0] > mean:
            other, n = groups.pop()
            mean, count = (mean * count + other * n) / (count + n), count + n
        groups.append((mean, count))
    means = [mean for mean, count in groups for _ in range(count)]
    return [mean + far for mean, far in zip(means, offset, strict=True)]
