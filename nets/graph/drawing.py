"""A graph as a picture: values above the edges and gradients below them, as in the lectures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from layers.core.checks import label
from layers.core.notebook import norm, typeset
from nets.display.svg import Point, arrow, box, image, text, width_of
from nets.graph.layout import Edge, layout
from nets.interop.atomic import Path, atomic_write, path_text

TIMES = "\N{MULTIPLICATION SIGN}"
SYMBOLS = {
    **{"Add": "+", "Multiply": TIMES, "Max": "max", "Concat": "concat"},
    **{"Exp": "exp", "Log": "log", "Sin": "sin", "Reciprocal": "1/x"},
    **{"Sigmoid": "\N{GREEK SMALL LETTER SIGMA}", "Tanh": "tanh"},
}
PORT = 38.0  # between two edges that arrive at one box: room for a value and a gradient
LEAST = 44.0  # the least that a box measures
NAME = 18.0  # the room for a name above a box, and for a sum below it
GAP, TURN, MARGIN = 14.0, 44.0, 20.0
AIR = 8.0  # between the name of an input and its edges


class Drawing:
    """A picture in SVG, which shows itself in notebooks.

    Attributes
    ----------
    svg : str
        The text of the image.
    """

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def save(self, path: Path) -> None:
        """Write the picture to a file.

        Raises
        ------
        ValueError
            If the name does not end in .svg.
        OSError
            If the file cannot be written.
        """
        if not (text := path_text(path)).lower().endswith(".svg"):
            raise ValueError(f"{text!r}: expected a name that ends in .svg, such as 'graph.svg'")
        with atomic_write(path) as file:
            file.write(self.svg.encode())

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Drawing: {len(self.svg)} characters of SVG, for a notebook or save(path)>"


def draw(
    graph: Any, values: Mapping[str, Any], gradients: Mapping[str, Any], shares: Mapping[str, Any]
) -> Drawing:
    """Draw a `Graph`, with values and gradients by name and shares by node, where there are any."""
    picture = _Picture(graph, values, gradients, shares)
    pieces = [*picture.arrows(), *picture.nodes(), *picture.numbers(), *picture.legend()]
    lines = [
        f"{name} = {label(layer)}({', '.join(sources)})"
        for name, (layer, *sources) in graph.nodes.items()
    ]
    return Drawing(image(picture.width, picture.height, "; ".join(lines), pieces))


def shown(value: Any) -> str:
    """A number to three digits or to a whole; an array by its shape and, unless whole, its norm.

    Examples
    --------
    >>> shown(0.731058), shown(np.full((2, 2), 3.0)), shown(None)
    ('0.731', '(2, 2) ‖6‖', 'none')
    """
    if value is None or isinstance(value, str):
        return value or "none"
    array = np.asarray(value)
    if array.size == 1:
        return typeset(float(array.reshape(())))
    if array.dtype.kind != "f":
        return f"{array.shape}"
    return f"{array.shape} ‖{typeset(norm(array))}‖"


class _Box(NamedTuple):
    symbol: str
    width: float
    height: float

    @property
    def corner(self) -> float:
        return LEAST / 2 if self.width < 1.5 * LEAST else 10.0

    def inset(self, below: float) -> float:
        """How far inside its width an edge ends that arrives so far below its middle."""
        into = abs(below) - (self.height / 2 - self.corner)
        return self.corner - math.sqrt(self.corner**2 - into**2) if into > 0 else 0.0


class _Column(NamedTuple):
    left: float
    right: float
    run: float  # the level ends of edges that arrive here, where their numbers stand


class _Picture:
    """The boxes and edges of a graph, and their places in the image."""

    def __init__(self, graph: Any, values: Any, gradients: Any, shares: Any) -> None:
        self.graph, self.values, self.gradients, self.shares = graph, values, gradients, shares
        self.boxes = {name: self._box(name) for name in (*graph.inputs, *graph.nodes)}
        self.edges, self.labels = [], []
        for name, (_, *sources) in graph.nodes.items():
            for port, source in enumerate(sources):
                self.edges.append(Edge(source, name, PORT * (port - (len(sources) - 1) / 2)))
                self.labels.append(self._label(source, shares[name][port] if shares else ...))
        self.stub = self._label(graph.output, gradients.get(graph.output, ...))
        room = {name: found.height + 2 * NAME for name, found in self.boxes.items()}
        late = [name for name, node in graph.nodes.items() if len(node) == 1 < len(graph.nodes)]
        self.column, middles, self.bends = layout(room, self.edges, late, GAP)
        top = min(middles[name] - room[name] / 2 for name in room) - MARGIN
        self.middle = {name: height - top for name, height in middles.items()}
        self.bends = [[height - top for height in bends] for bends in self.bends]
        self.columns = self._columns()
        self.end = self.columns[-1].right + self._run([self.stub])
        self.width = MARGIN + max([self.end, *(x + width_of(w) for x, _, w in self._legend())])
        self.bottom = max(self.middle[name] + room[name] / 2 for name in room)
        self.height = self.bottom + MARGIN + NAME

    def arrows(self) -> Iterator[str]:
        """The edges, and one that leads out."""
        for (source, target, below), bends in zip(self.edges, self.bends, strict=True):
            here = self.columns[self.column[source] : self.column[target] + 1]
            levels = [self.middle[source], *bends, self.middle[target] + below]
            points: list[Point] = [(self._side(source, 1), levels[0])]
            for column, before, after in zip(here, levels[:-1], levels[1:], strict=False):
                points += [(column.right, before), (column.right + TURN, after)]
            points.append((self._side(target, -1) + self.boxes[target].inset(below), levels[-1]))
            yield arrow(points)
        middle = self.middle[self.graph.output]
        yield arrow([(self._side(self.graph.output, 1), middle), (self.end, middle)])

    def nodes(self) -> Iterator[str]:
        """Inputs as words, nodes as boxes below their names, and sums below both."""
        for name, (symbol, width, height) in self.boxes.items():
            x, y = self._x(name), self.middle[name]
            if name in self.graph.nodes:
                corner = self.boxes[name].corner
                yield box(x, y, width, height, corner, f"{name}: {self.graph.nodes[name][0]!r}")
                yield text(x, y - height / 2 - 6, self._caption(name), "name")
                yield text(x, y + 5, symbol, "symbol")
                yield text(x, y + height / 2 + 14, self._sum(name), "gradient")
            else:
                yield text(x + width / 2, y + 5, symbol, "name", "end")
                yield text(x + width / 2, y + height / 2 + 14, self._sum(name), "gradient", "end")

    def numbers(self) -> Iterator[str]:
        """Values above the ends of edges, gradients below."""
        for (_, target, below), numbers in zip(self.edges, self.labels, strict=True):
            column = self.columns[self.column[target]]
            yield from _pair(column.left - column.run / 2, self.middle[target] + below, numbers)
        x = (self._side(self.graph.output, 1) + self.end) / 2
        yield from _pair(x, self.middle[self.graph.output], self.stub)

    def legend(self) -> Iterator[str]:
        """What the numbers are."""
        for x, kind, said in self._legend():
            yield text(x, self.bottom + NAME, said, kind, "start")

    def _legend(self) -> Iterator[tuple[float, str, str]]:
        are_shapes = all(isinstance(value, str) for value in self.values.values())
        words = [("value", f"above: {'shape' if are_shapes else 'value'}")] if self.values else []
        words += [("gradient", "below: gradient")] if self.gradients else []
        words += [("gradient", "Σ: of all uses")] if any(map(self._sum, self.boxes)) else []
        x = MARGIN
        for kind, said in words:
            yield x, kind, said
            x += width_of(said) + AIR

    def _label(self, source: str, gradient: Any) -> tuple[str, str]:
        value = shown(self.values[source]) if self.values else ""
        return value, "" if gradient is ... else shown(gradient)

    def _box(self, name: str) -> _Box:
        if name not in self.graph.nodes:
            return _Box(name, width_of(name), NAME)
        layer, *sources = self.graph.nodes[name]
        symbol = _symbol(layer)
        width = max(LEAST, width_of(symbol) + 16)
        return _Box(symbol, width, max(LEAST, PORT * len(sources) - 16))

    def _caption(self, name: str) -> str:
        layer = self.graph.nodes[name][0]
        first = next(other for other, node in self.graph.nodes.items() if node[0] is layer)
        return name if first == name else f"{name} (layer of {first})"

    def _sum(self, name: str) -> str:
        """The gradient of a value that is used several times."""
        uses = sum(edge.source == name for edge in self.edges)
        return f"Σ {shown(self.gradients[name])}" if uses > 1 and self.gradients else ""

    def _columns(self) -> list[_Column]:
        columns: list[_Column] = []
        for index in range(1 + max(self.column.values())):
            inside = [name for name in self.boxes if self.column[name] == index]
            arriving = [
                numbers
                for edge, numbers in zip(self.edges, self.labels, strict=True)
                if edge.target in inside
            ]
            run = self._run(arriving)
            left = columns[-1].right + TURN + run if columns else MARGIN
            words = [self._sum(name) for name in inside]
            words += [self._caption(name) for name in inside if name in self.graph.nodes]
            width = max(*(self.boxes[name].width for name in inside), *map(width_of, words)) + AIR
            columns.append(_Column(left, left + width, run))
        return columns

    @staticmethod
    def _run(labels: list[tuple[str, str]]) -> float:
        return max((width_of(words) for pair in labels for words in pair), default=0.0) + 26

    def _x(self, name: str) -> float:
        column = self.columns[self.column[name]]
        if name in self.graph.nodes:
            return (column.left + column.right) / 2
        return column.right - self.boxes[name].width / 2 - AIR

    def _side(self, name: str, side: int) -> float:
        air = 0 if name in self.graph.nodes else AIR
        return self._x(name) + side * (self.boxes[name].width / 2 + air)


def _pair(x: float, y: float, numbers: tuple[str, str]) -> Iterator[str]:
    value, gradient = numbers
    yield text(x, y - 5, value, "value")
    yield text(x, y + 15, gradient, "gradient")


def _symbol(layer: Any) -> str:
    kind = type(layer).__name__
    if kind == "AddConstant":
        return f"+ {typeset(layer.c)}"
    if kind == "MultiplyConstant":
        return f"{TIMES} {typeset(layer.a)}"
    return SYMBOLS.get(kind, label(layer))
