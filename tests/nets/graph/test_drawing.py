"""The picture of a graph shows each value above its edge and each gradient below it."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import numpy as np
import pytest

from layers import (
    Add,
    AddConstant,
    Exp,
    FullyConnected,
    Log,
    Max,
    Multiply,
    MultiplyConstant,
    Reciprocal,
    SoftmaxCE,
    Tanh,
)
from layers.core.notebook import MINUS
from nets import Graph, Sequential
from nets.display.svg import FONT, width_of
from nets.graph.drawing import TIMES, Drawing, shown

SVG = "{http://www.w3.org/2000/svg}"
X = np.random.default_rng(0).normal(size=(6, 3))


def lecture():
    nodes = {"a": (Add(), "x", "y"), "b": (Max(), "y", "z"), "f": (Multiply(), "a", "b")}
    return Graph(("x", "y", "z"), "f", nodes)


def run(graph, *xs):
    graph.forward(*xs)
    graph.backward()
    return graph


def chain():
    nodes = {
        "neg": (MultiplyConstant(-1.0), "x"),
        "exp": (Exp(), "neg"),
        "plus": (AddConstant(1.0), "exp"),
        "f": (Reciprocal(), "plus"),
    }
    return Graph("x", "f", nodes)


def net():
    layer = FullyConnected(3, 3, rng=0)
    nodes = {
        "h1": (layer, "x"),
        "t1": (Tanh(), "h1"),
        "h2": (layer, "t1"),
        "s": (Add(), "h1", "h2"),
        "loss": (SoftmaxCE(), "s", "labels"),
    }
    return Graph(("x", "labels"), "loss", nodes)


def layers_in_a_row():
    inner = Sequential(Tanh(), FullyConnected(3, 3, rng=0))
    return Sequential(FullyConnected(5, 3, rng=0), inner)


GRAPHS = {
    "sequential": layers_in_a_row,
    "no layers": Sequential,
    "lecture": lambda: run(lecture(), 1.0, 2.0, 0.0),
    "chain": lambda: run(chain(), 1.0),
    "net": lambda: run(net(), X, np.array([0, 1, 2, 0, 1, 2])),
    "forward only": lambda: graph_after_forward(),
    "never run": lecture,
    "one node": lambda: Graph("x", "y", {"y": (Log(), "x")}),
    "x x": lambda: run(Graph("x", "y", {"y": (Multiply(), "x", "x")}), 3.0),
    "three": lambda: run(Graph(("x", "y"), "f", {"f": (Add(), "x", "y", "x")}), 1.0, 2.0),
}


def graph_after_forward():
    graph = lecture()
    graph.forward(1.0, 2.0, 0.0)
    return graph


def texts(drawing, kind=None):
    """The words of a drawing with their places."""
    root = ET.fromstring(drawing.svg)
    return [
        (float(e.get("x")), float(e.get("y")), e.text, e.get("text-anchor"))
        for e in root.iter(f"{SVG}text")
        if kind is None or e.get("class") == f"hg-{kind}"
    ]


def words(drawing, kind):
    return [word for _, _, word, _ in texts(drawing, kind)]


def ends(drawing):
    """Where the arrows end."""
    tips = re.findall(r'd="M([\d.]+) ([\d.]+)l-9', drawing.svg)
    return [(float(x), float(y)) for x, y in tips]


def test_values_are_above_their_edges_and_gradients_below():
    drawing = run(lecture(), 1.0, 2.0, 0.0).draw()
    *values, _ = texts(drawing, "value")
    gradients = [t for t in texts(drawing, "gradient") if "Σ" not in t[2] and ":" not in t[2]]
    assert [t[2] for t in values] == ["1", "2", "2", "0", "3", "2", "6"]
    assert [t[2] for t in gradients] == ["2", "2", "3", "0", "2", "3", "1"]
    for (x, y), value, gradient in zip(ends(drawing), values, gradients, strict=True):
        assert value[1] < y < gradient[1]
        assert gradient[1] - value[1] < 25
        assert value[0] == gradient[0] < x


def test_what_is_used_several_times_shows_the_sum():
    assert "Σ 5" in words(run(lecture(), 1.0, 2.0, 0.0).draw(), "gradient")
    assert "Σ 6" in words(
        run(Graph("x", "y", {"y": (Multiply(), "x", "x")}), 3.0).draw(), "gradient"
    )
    assert not any("Σ" in word for word in words(run(chain(), 1.0).draw(), "gradient"))


def test_names_are_above_boxes_with_the_symbols_of_the_lectures():
    drawing = lecture().draw()
    assert words(drawing, "name") == ["x", "y", "z", "a", "b", "f"]
    assert words(drawing, "symbol") == ["+", "max", TIMES]
    assert words(chain().draw(), "symbol") == [f"{TIMES} {MINUS}1", "exp", "+ 1", "1/x"]


def test_a_sequential_shows_the_shapes_and_opens_nets_inside():
    drawing = layers_in_a_row().draw()
    assert words(drawing, "name") == ["x", "0", "1.0", "1.1"]
    assert words(drawing, "value") == ["(N, 5)", "(N, 3)", "(N, 3)", "(N, 3)", "above: shape"]
    assert words(Sequential(Tanh()).draw(), "value")[0] == "?"
    with pytest.raises(ValueError, match=r"input_shape \(4,\) does not fit: layer 0 \(FullyConnec"):
        layers_in_a_row().draw((4,))


def test_before_the_passes_there_are_no_numbers():
    assert words(lecture().draw(), "value") == words(lecture().draw(), "gradient") == []
    drawing = graph_after_forward().draw()
    assert words(drawing, "value")[-1] == "above: value"
    assert words(drawing, "gradient") == []


def test_arrays_are_shown_by_shape_and_norm_and_layers_by_their_label():
    drawing = GRAPHS["net"]().draw()
    assert "(6, 3) ‖3.73‖" in words(drawing, "value")
    assert "(6,)" in words(drawing, "value")
    assert "none" in words(drawing, "gradient")
    assert "FullyConnected 3 -> 3" in words(drawing, "symbol")
    assert "h2 (layer of h1)" in words(drawing, "name")


@pytest.mark.parametrize("kind", GRAPHS)
def test_no_words_overlap_and_all_are_inside(kind):
    drawing = GRAPHS[kind]().draw()
    root = ET.fromstring(drawing.svg)
    width, height = map(float, root.get("viewBox").split()[2:])
    places = []
    for x, y, word, anchor in texts(drawing):
        wide = width_of(word)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
        places.append((left, left + wide, y - 0.75 * FONT, y + 2))
    for left, right, top, bottom in places:
        assert left >= 0
        assert right <= width + 1
        assert top >= 0
        assert bottom <= height
    for a, b in combinations(places, 2):
        beside = a[1] <= b[0] or b[1] <= a[0]
        assert beside or a[3] <= b[2] or b[3] <= a[2]


@pytest.mark.parametrize("kind", GRAPHS)
def test_arrows_end_at_the_boxes(kind):
    graph = GRAPHS[kind]()
    drawing = graph.draw()
    root = ET.fromstring(drawing.svg)
    boxes = [
        [float(e.get(key)) for key in ("x", "y", "width", "height", "rx")]
        for e in root.iter(f"{SVG}rect")
        if e.get("class") == "hg-box"
    ]
    _, _, nodes = graph.wiring()
    assert len(boxes) >= len(nodes)
    *inside, out = ends(drawing)
    assert len(inside) >= sum(len(node) - 1 for node in nodes.values())
    assert all(any(touches(x, y, *box) for box in boxes) for x, y in inside)
    assert not any(touches(*out, *box) for box in boxes)


def touches(x, y, left, top, width, height, corner):
    """Whether a point lies on the left side of a box, round corners included."""
    into = max(top + corner - y, y - (top + height - corner), 0.0)
    side = left + corner - np.sqrt(max(corner**2 - into**2, 0.0))
    return top <= y <= top + height and abs(x - side) < 0.2


def test_the_pointer_tells_more():
    root = ET.fromstring(lecture().draw().svg)
    assert [e.text for e in root.iter(f"{SVG}title")] == [
        "a = Add(x, y); b = Max(y, z); f = Multiply(a, b)",
        "a: Add()",
        "b: Max()",
        "f: Multiply()",
    ]


def test_hostile_names_do_no_harm():
    name = "<script>&\"'"
    graph = run(Graph(name, "</svg>", {"</svg>": (Exp(), name)}), 0.0)
    drawing = graph.draw()
    assert words(drawing, "name") == [name, "</svg>"]
    assert "<script" not in drawing.svg


def test_the_same_graph_gives_the_same_picture():
    assert GRAPHS["net"]().draw().svg == GRAPHS["net"]().draw().svg


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (2.0, "2"),
        (-0.196611, f"{MINUS}0.197"),
        (1208.38, "1,208"),
        (123456.7, "123,457"),
        (1.5e6, "1.5e+06"),
        (1e-9, f"1e{MINUS}09"),
        (np.float32(0.5), "0.5"),
        (np.array([[3.0]]), "3"),
        (np.nan, "nan"),
        (-np.inf, f"{MINUS}inf"),
        ([3.0, 4.0], "(2,) ‖5‖"),
        (np.zeros((0, 3)), "(0, 3) ‖0‖"),
        (np.array([1, 2]), "(2,)"),
        (True, "1"),
        (None, "none"),
    ],
)
def test_numbers_are_short(value, text):
    assert shown(value) == text


def test_a_drawing_shows_itself_and_is_saved(tmp_path):
    drawing = lecture().draw()
    assert isinstance(drawing, Drawing)
    assert drawing._repr_svg_() == drawing.svg
    drawing.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_bytes() == drawing.svg.encode()
    assert [file.name for file in tmp_path.iterdir()] == ["graph.svg"]
    assert repr(drawing) == (
        f"<Drawing: {len(drawing.svg)} characters of SVG, for a notebook or save(path)>"
    )


@pytest.mark.parametrize("name", ["graph.png", "graph"])
def test_another_kind_of_file_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match=rf"{name}': expected a name that ends in \.svg, such as"):
        lecture().draw().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
