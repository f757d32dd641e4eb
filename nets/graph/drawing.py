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
from nets.graph.shared_layers import first_nodes
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
    pieces = [*picture.arrows(), *picture.nodes(), *picture.numbers(), *picture.legend]
    lines = [
        f"{name} = {label(layer)}({', '.join(sources)})"
        for name, (layer, *sources) in graph.nodes.items()
    ]
    return Drawing(image(picture.width, picture.height, "; ".join(lines), pieces))


def shown(value: object) -> str:
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
    """A node, or an input, which has no layer and is drawn as a word."""

    layer: Any
    symbol: str
    caption: str
    total: str  # the gradient of a value that is used several times
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
        self.graph, self.values, self.gradients = graph, values, gradients
        self.edges, self.labels = [], []
        for name, (_, *sources) in graph.nodes.items():
            for port, source in enumerate(sources):
                self.edges.append(Edge(source, name, PORT * (port - (len(sources) - 1) / 2)))
                self.labels.append(self._label(source, shares[name][port] if shares else ...))
        self.stub = self._label(graph.output, gradients.get(graph.output, ...))
        self.boxes = {name: self._box(name) for name in (*graph.inputs, *graph.nodes)}
        room = {name: box.height + 2 * NAME for name, box in self.boxes.items()}
        late = [name for name, node in graph.nodes.items() if len(node) == 1 < len(graph.nodes)]
        self.column, self.middle, self.bends = layout(room, self.edges, late, GAP)
        self.columns: list[_Column] = []
        for index in range(1 + max(self.column.values())):
            self.columns.append(self._next_column(index))
        self.end = self.columns[-1].right + _run([self.stub])
        self.bottom = max(self.middle[name] + room[name] / 2 for name in room)
        words, x = [], MARGIN
        for kind, said in self._legend():
            words.append(text(x, self.bottom + NAME, said, kind, "start"))
            x += width_of(said) + AIR
        self.legend = words
        self.width, self.height = MARGIN + max(self.end, x - AIR), self.bottom + MARGIN + NAME

    def arrows(self) -> Iterator[str]:
        """The edges, and one that leads out."""
        for (source, target, below), bends in zip(self.edges, self.bends, strict=True):
            passed = self.columns[self.column[source] : self.column[target] + 1]
            levels = [self.middle[source], *bends, self.middle[target] + below]
            points: list[Point] = [(self._right(source), levels[0])]
            for column, before, after in zip(passed, levels[:-1], levels[1:], strict=False):
                points += [(column.right, before), (column.right + TURN, after)]
            box = self.boxes[target]
            points.append((self._x(target) - box.width / 2 + box.inset(below), levels[-1]))
            yield arrow(points)
        middle = self.middle[self.graph.output]
        yield arrow([(self._right(self.graph.output), middle), (self.end, middle)])

    def nodes(self) -> Iterator[str]:
        """Inputs as words, nodes as boxes below their names, and sums below both."""
        for name, (layer, symbol, caption, total, width, height) in self.boxes.items():
            x, y, kind, anchor = self._x(name), self.middle[name], "name", "end"
            if layer is not None:
                kind, anchor = "symbol", "middle"
                yield box(x, y, width, height, self.boxes[name].corner, f"{name}: {layer!r}")
                yield text(x, y - height / 2 - 6, caption, "name")
            yield text(x, y + 5, symbol, kind, anchor)
            yield text(x, y + height / 2 + 14, total, "gradient", anchor)

    def numbers(self) -> Iterator[str]:
        """Values above the ends of edges, gradients below."""
        for (_, target, below), numbers in zip(self.edges, self.labels, strict=True):
            column = self.columns[self.column[target]]
            yield from _pair(column.left - column.run / 2, self.middle[target] + below, numbers)
        x = (self._right(self.graph.output) + self.end) / 2
        yield from _pair(x, self.middle[self.graph.output], self.stub)

    def _legend(self) -> Iterator[tuple[str, str]]:
        """What the numbers are."""
        if self.values:
            are_shapes = all(isinstance(value, str) for value in self.values.values())
            yield "value", f"above: {'shape' if are_shapes else 'value'}"
        if self.gradients:
            yield "gradient", "below: gradient"
        if any(box.total for box in self.boxes.values()):
            yield "gradient", "Σ: of all uses"

    def _label(self, source: str, gradient: Any) -> tuple[str, str]:
        value = shown(self.values[source]) if self.values else ""
        return value, "" if gradient is ... else shown(gradient)

    def _box(self, name: str) -> _Box:
        uses = sum(edge.source == name for edge in self.edges)
        total = f"Σ {shown(self.gradients[name])}" if uses > 1 and self.gradients else ""
        if name not in self.graph.nodes:
            return _Box(None, name, "", total, width_of(name), NAME)
        layer, *sources = self.graph.nodes[name]
        first = first_nodes(self.graph.nodes)[name]
        caption, symbol = name if first == name else f"{name} (layer of {first})", _symbol(layer)
        width, height = max(LEAST, width_of(symbol) + 16), max(LEAST, PORT * len(sources) - 16)
        return _Box(layer, symbol, caption, total, width, height)

    def _next_column(self, index: int) -> _Column:
        inside = {name: box for name, box in self.boxes.items() if self.column[name] == index}
        edges = zip(self.edges, self.labels, strict=True)
        run = _run([numbers for edge, numbers in edges if edge.target in inside])
        left = self.columns[-1].right + TURN + run if index else MARGIN
        width = max(
            max(box.width, width_of(box.caption), width_of(box.total)) for box in inside.values()
        )
        return _Column(left, left + width + AIR, run)

    def _x(self, name: str) -> float:
        """The middle of a node, and the end of the word of an input."""
        column = self.columns[self.column[name]]
        if self.boxes[name].layer is None:
            return column.right - AIR
        return (column.left + column.right) / 2

    def _right(self, name: str) -> float:
        """Where the edges of a node or an input begin."""
        box = self.boxes[name]
        return self._x(name) + (AIR if box.layer is None else box.width / 2)


def _run(labels: list[tuple[str, str]]) -> float:
    """How long the level end of an edge is, to have room for its numbers."""
    return max((width_of(words) for pair in labels for words in pair), default=0.0) + 26


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
