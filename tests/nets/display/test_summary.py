"""The table of a net, as text and in a notebook."""

import html.parser
import re

import numpy as np
import pytest

from layers import Dropout, Embedding, Flatten, FullyConnected, Mean, ReLU, SoftmaxCE, Tanh
from nets import Graph, Sequential
from nets.display.summary import Summary


class Student:
    """A layer without a base class."""

    def __init__(self, shown="Student()", function=lambda x: x, params=()):
        self.params = dict(params)
        self.shown, self.function, self.seen = shown, function, []

    def forward(self, x):
        self.seen.append(x)
        return self.function(x)

    def backward(self, dout):
        return dout, {}

    def __repr__(self):
        return self.shown


def outputs(net, *args):
    return [output for _, output, _ in net.summary(*args).rows]


def test_the_table_is_aligned():
    net = Sequential(
        FullyConnected(300, 40), ReLU(), Dropout(0.5), Sequential(Tanh()), FullyConnected(40, 2)
    )
    assert repr(net.summary()).splitlines() == [
        "layer                     output    parameters",
        "0 FullyConnected(300, 40) (N, 40)       12,040",
        "1 ReLU()                  (N, 40)            0",
        "2 Dropout(0.5)            (N, 40)            0",
        "3 Sequential(...)         (N, 40)            0",
        "4 FullyConnected(40, 2)   (N, 2)            82",
        "12,122 parameters, 97.0 kB in float64",
    ]


def test_it_is_a_summary_and_prints_as_its_repr():
    summary = Sequential(ReLU()).summary()
    assert type(summary) is Summary
    assert str(summary) == repr(summary)


@pytest.mark.parametrize(
    ("net", "total"),
    [
        (Sequential(), "no parameters"),
        (Sequential(ReLU()), "no parameters"),
        (Sequential(FullyConnected(5, 5, bias=False)), "25 parameters, 0.2 kB in float64"),
        (
            Sequential(FullyConnected(500, 500, dtype="f4")),
            "250,500 parameters, 1.0 MB in float32",
        ),
        (
            Sequential(FullyConnected(10, 10), FullyConnected(10, 10, dtype=np.float32)),
            "220 parameters, 1.3 kB in float32 and float64",
        ),
    ],
)
def test_the_last_line_counts_parameters_memory_and_dtypes(net, total):
    summary = net.summary()
    assert summary.total == total == repr(summary).splitlines()[-1]


def test_without_an_input_shape_the_first_layer_that_knows_it_tells():
    net = Sequential(Flatten(), ReLU(), FullyConnected(12, 3), ReLU())
    assert outputs(net) == ["?", "?", "(N, 3)", "(N, 3)"]


def test_with_an_input_shape_all_is_known():
    net = Sequential(Flatten(), ReLU(), FullyConnected(12, 3), ReLU())
    assert outputs(net, (3, 4)) == ["(N, 12)", "(N, 12)", "(N, 3)", "(N, 3)"]
    assert outputs(Sequential(FullyConnected(4, 2), Tanh()), (7, 4)) == ["(N, 7, 2)", "(N, 7, 2)"]
    assert outputs(Sequential(ReLU()), ()) == ["(N,)"]


def test_an_input_shape_that_does_not_fit_is_refused():
    net = Sequential(Flatten(), FullyConnected(4, 2), ReLU(), FullyConnected(2, 3))
    sentence = (
        "summary: input_shape (5,) does not fit: layer 1 (FullyConnected 4 -> 2): expected x of "
        "shape (..., 4), got (0, 5)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        net.summary((5,))
    with pytest.raises(ValueError, match=r"layer 0 \(Sequential of 4 layers\): layer 1 "):
        Sequential(net).summary((5,))


def test_layers_that_do_not_fit_each_other_are_shown_without_an_input_shape():
    net = Sequential(FullyConnected(4, 2), FullyConnected(3, 2), ReLU(), FullyConnected(2, 3))
    assert outputs(net) == ["(N, 2)", "?", "?", "(N, 3)"]
    assert "FullyConnected" in net._repr_html_()


class Loud(Student):
    """Has an effect wherever it is run or copied."""

    def __deepcopy__(self, memo):
        raise AssertionError("copied")

    def forward(self, x):
        raise AssertionError("ran")

    backward = predict = forward


class LoudReLU(ReLU):
    def forward(self, x):
        raise AssertionError("ran")

    predict = forward


class LoudNet(Sequential):
    def forward(self, x):
        raise AssertionError("ran")

    predict = forward


def in_a_graph(layer):
    return Graph("x", "b", {"a": (FullyConnected(4, 2), "x"), "b": (layer, "a")})


@pytest.mark.parametrize("make", [Loud, LoudReLU, lambda: LoudNet(ReLU())])
@pytest.mark.parametrize("wrap", [lambda layer: layer, Sequential, in_a_graph])
@pytest.mark.parametrize("shape", [None, (4,), (7, 4)])
def test_user_defined_layers_are_not_run(make, wrap, shape, capsys):
    net = Sequential(Tanh(), wrap(make()), ReLU(), FullyConnected(2, 1), ReLU())
    assert outputs(net, shape)[1:] == ["?", "?", "(N, 1)", "(N, 1)"]
    assert "<svg" in net._repr_html_()


def test_shapes_after_a_user_defined_layer_are_known_again_inside_a_net():
    net = Sequential(FullyConnected(4, 2), Sequential(Loud(), FullyConnected(2, 3), ReLU()), Tanh())
    assert outputs(net) == ["(N, 2)", "(N, 3)", "(N, 3)"]


def test_a_students_parameters_are_counted():
    params = {"scale": np.ones((2, 3)), "shift": np.ones(1)}
    net = Sequential(FullyConnected(4, 2), Student(params=params))
    summary = net.summary()
    assert summary.rows[1] == ("1 Student()", "?", "7")
    assert summary.parameters == 10 + 7


def test_nothing_that_is_summed_up_changes():
    net = Sequential(FullyConnected(4, 2, rng=0), Student(), Dropout(0.5, rng=0))
    before = {name: array.copy() for name, array in net.params.items()}
    net.summary()
    net.summary((7, 4))
    assert net[1].seen == []
    assert all(np.array_equal(array, before[name]) for name, array in net.params.items())
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        net[0].backward(np.ones((1, 2)))


def test_layers_of_words_take_integers():
    net = Sequential(Embedding(9, 3), Mean(1), FullyConnected(3, 2))
    assert outputs(net, (5,)) == ["(N, 5, 3)", "(N, 3)", "(N, 2)"]


def test_a_repr_of_several_lines_is_cut_to_the_first():
    net = Sequential(Student("Student(\n  1,\n  2)"), Sequential(ReLU(), ReLU()))
    assert [name for name, _, _ in net.summary().rows] == ["0 Student(...)", "1 Sequential(...)"]


class Table(html.parser.HTMLParser):
    """The tags and the texts of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_html_holds_the_same_cells():
    net = Sequential(FullyConnected(4, 2), ReLU())
    table = Table(net.summary()._repr_html_())
    assert table.texts == [
        *("layer", "output", "parameters"),
        *("0 FullyConnected(4, 2)", "(N, 2)", "10"),
        *("1 ReLU()", "(N, 2)", "0"),
        "10 parameters, 0.1 kB in float64",
    ]
    assert [table.tags.count(tag) for tag in ("table", "tr", "th", "td")] == [1, 3, 3, 6]


def test_html_escapes_what_a_student_calls_the_layer():
    shown = "<b>bold</b> & <script>alert('x')</script>"
    page = Sequential(Student(shown)).summary()._repr_html_()
    assert f"0 {shown}" in Table(page).texts
    assert "<b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;script&gt;" in page
    assert Table(page).tags.count("script") == 0


@pytest.mark.parametrize(
    "shape",
    ["64", 64, (2.5,), [[1, 2]], (-1,), (True,), ("3",), {3}, (None,), (2**62, 8), np.ones(2)],
)
def test_an_invalid_shape_is_refused(shape):
    sentence = (
        "summary: expected input_shape to be the shape of one example, a tuple of integers "
        f"such as (64,), got {shape!r}"
    )
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        Sequential(ReLU()).summary(shape)


def loss_graph():
    layer = FullyConnected(4, 4)
    nodes = {
        "a": (layer, "x"),
        "b": (layer, "a"),
        "c": (Sequential(ReLU(), FullyConnected(4, 2)), "b"),
        "loss": (SoftmaxCE(), "c", "labels"),
    }
    return Graph(("x", "labels"), "loss", nodes)


def test_a_graph_lists_its_nodes_and_counts_shared_parameters_once():
    assert repr(loss_graph().summary((4,), ())).splitlines() == [
        "node                   output   parameters",
        "a FullyConnected(4, 4) (N, 4)           20",
        "b FullyConnected(4, 4) (N, 4)   those of a",
        "c Sequential(...)      (N, 2)           10",
        "loss SoftmaxCE()       number            0",
        "30 parameters, 0.2 kB in float64",
    ]
    assert outputs(loss_graph()) == ["(N, 4)", "(N, 4)", "(N, 2)", "?"]


def test_shapes_that_do_not_fit_a_graph_are_refused():
    with pytest.raises(ValueError, match=r"input_shape \(5,\), \(\) does not fit: node a"):
        loss_graph().summary((5,), ())
    with pytest.raises(TypeError, match=r"expected the shapes of 2 inputs \(x, labels\), got 1$"):
        loss_graph().summary((4,))
