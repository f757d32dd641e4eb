"""A graph in a notebook."""

from layers import Add, Multiply, ReLU
from nets import Graph
from nets.graph.graph_page import MOST
from tests.nets.display.pages import Page


def chain(length):
    nodes = {f"n{i}": (ReLU(), f"n{i - 1}" if i else "x") for i in range(length)}
    return Graph(("x",), f"n{length - 1}", nodes)


def test_a_small_graph_is_its_picture_with_the_numbers_of_the_passes():
    nodes = {"a": (Add(), "x", "y"), "f": (Multiply(), "a", "y")}
    graph = Graph(("x", "y"), "f", nodes)
    graph.forward(2.0, 3.0)
    page = graph._repr_html_()
    assert "<b>Graph of 2 nodes</b>, no parameters" in page
    assert graph.draw().svg in page
    assert "15" in Page(page).texts


def test_a_large_graph_is_a_short_table():
    page = chain(1000)._repr_html_()
    assert "<svg" not in page
    assert page.count("<tr>") == MOST + 2
    assert f"… {1000 - MOST} more" in page
    assert "<svg" in chain(MOST)._repr_html_()
    assert "more" not in chain(MOST + 1)._repr_html_().split("</tr>")[1]


def test_names_are_escaped():
    nodes = {"<script>": (ReLU(), "x")}
    assert "<script" not in Graph(("x",), "<script>", nodes)._repr_html_()
    for i in range(MOST):
        nodes[f"<b>{i}"] = (ReLU(), list(nodes)[-1])
    page = Graph(("x",), f"<b>{MOST - 1}", nodes)._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
