"""A net as boxes."""

import numpy as np

from layers import Dropout, FullyConnected, ReLU, Softplus, Tanh
from nets import Graph, Sequential
from nets.display.diagram import MOST, diagram
from tests.nets.display.pages import Page


def texts(net):
    return Page(net._repr_html_()).texts


def test_it_shows_layers_shapes_and_counts():
    found = texts(
        Sequential(FullyConnected(784, 128), ReLU(), Dropout(0.2), FullyConnected(128, 10))
    )
    assert found == [
        *("Sequential of 4 layers", ", 101,770 parameters, 814.2 kB in float64"),
        *("(N, 784)", "·", "0", " ", "FullyConnected", "(784, 128)", "100,480 parameters"),
        *("(N, 128)", "·", "1", " ", "ReLU", "(N, 128)", "·", "2", " ", "Dropout", "(0.2)"),
        *("(N, 128)", "·", "3", " ", "FullyConnected", "(128, 10)", "1,290 parameters"),
        *("(N, 10)", "·"),
    ]


def test_activations_show_their_curves_and_others_do_not():
    # Two paths for a curve and its axes, and one for each arrow.
    assert diagram(Sequential(ReLU(), Tanh())).count("<path") == 2 * 2 + 3
    assert diagram(Sequential(Dropout(0.5), FullyConnected(2, 2))).count("<path") == 3


def test_a_curve_stays_inside_its_box():
    page = diagram(Sequential(Softplus()))
    points = page.split('d="M')[3].split('"')[0].split("L")
    heights = [float(point.split()[1]) for point in points]
    assert min(heights) >= 2
    assert max(heights) <= 24


def test_nets_inside_are_opened_two_deep():
    net = Sequential(ReLU())
    for _ in range(5):
        net = Sequential(net)
    found = texts(net)
    assert [text for text in found if "Sequential" in text][1:] == (
        ["0 Sequential", "0.0 Sequential", "Sequential"]
    )


def test_a_graph_inside_is_one_box():
    graph = Graph(("x",), "h", {"h": (FullyConnected(2, 3), "x")})
    found = texts(Sequential(FullyConnected(2, 2), graph))
    assert "Graph" in found
    assert "9 parameters" in found
    assert found[-2] == "(N, 3)"


def test_an_enormous_net_is_shown_short():
    layers = [FullyConnected(2, 2) for _ in range(1000)]
    page = Sequential(*layers)._repr_html_()
    assert page.count(">FullyConnected<") == MOST
    assert f"… {1000 - MOST} more layers …" in page
    assert len(page) < 40_000


def test_an_empty_net_can_be_shown():
    assert texts(Sequential()) == ["Sequential of 0 layers", ", no parameters"]


def test_names_are_escaped_and_cut():
    class Nasty(ReLU):
        def __repr__(self):
            return f"<script>{'x' * 1000}('<img>')"

    page = Sequential(Nasty())._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    assert "xxx..." in page
    assert len(page) < 3000


def test_nothing_is_run():
    net = Sequential(FullyConnected(2, 2, rng=0), Dropout(0.5, rng=0))
    twin = Sequential(FullyConnected(2, 2, rng=0), Dropout(0.5, rng=0))
    net._repr_html_()
    x = np.ones((4, 2))
    np.testing.assert_array_equal(net.forward(x), twin.forward(x))


def test_words_have_the_colour_of_the_page():
    assert ";color" not in diagram(Sequential(FullyConnected(2, 2), ReLU()))
