"""The table of a net, as text and in a notebook."""

import html.parser
import re
import warnings

import numpy as np
import pytest

from layers import Dropout, Flatten, FullyConnected, ReLU, Tanh
from nets import Sequential
from nets.summary import Summary


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


def refuses_empty(x):
    if not len(x):
        raise ZeroDivisionError("no mean of nothing")
    return x


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


def test_an_input_shape_that_does_not_fit_is_unknown_until_a_layer_tells_again():
    net = Sequential(FullyConnected(4, 2), ReLU(), FullyConnected(2, 3))
    assert outputs(net, (5,)) == ["?", "?", "(N, 3)"]


@pytest.mark.parametrize("function", [refuses_empty, lambda x: None, lambda x: x.tolist()])
def test_a_students_layer_that_takes_no_empty_batch_is_unknown(function):
    net = Sequential(FullyConnected(4, 2), Student(function=function), ReLU(), FullyConnected(2, 1))
    assert outputs(net) == ["(N, 2)", "?", "?", "(N, 1)"]


def test_a_students_parameters_are_counted_and_its_output_is_seen():
    params = {"scale": np.ones((2, 3)), "shift": np.ones(1)}
    net = Sequential(FullyConnected(4, 2), Student(function=lambda x: x[:, :1], params=params))
    summary = net.summary()
    assert summary.rows[1] == ("1 Student()", "(N, 1)", "7")
    assert summary.parameters == 10 + 7


def test_nothing_that_is_summed_up_costs_memory_or_changes():
    net = Sequential(FullyConnected(4, 2, rng=0), student := Student(), Dropout(0.5, rng=0))
    before = {name: array.copy() for name, array in net.params.items()}
    shapes = []
    student.predict = lambda x: shapes.append(x.shape) or x
    net.summary()
    net.summary((7, 4))
    assert shapes == [(0, 2), (0, 7, 2)]
    assert all(np.array_equal(array, before[name]) for name, array in net.params.items())
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        net[0].backward(np.ones((1, 2)))


def test_a_students_mean_over_the_empty_batch_does_not_warn():
    net = Sequential(FullyConnected(4, 2), Student(function=lambda x: x - x.mean(axis=0)))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert outputs(net) == ["(N, 2)", "(N, 2)"]
    assert [str(warning.message) for warning in told] == []


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


@pytest.mark.parametrize("shape", ["64", 64, (2.5,), [[1, 2]], (-1,)])
def test_what_is_no_shape_is_refused(shape):
    sentence = (
        "summary: expected input_shape to be the shape of one example, a tuple of whole numbers "
        f"such as (64,), got {shape!r}"
    )
    with pytest.raises(TypeError, match=f"^{re.escape(sentence)}$"):
        Sequential(ReLU()).summary(shape)
