"""A trace as a sequence, a table and a page."""

import numpy as np
import pytest

from layers import FullyConnected, ReLU
from nets import Sequential, Trace, plots
from nets.trace import trace_page as pages
from nets.trace.trace_page import MOST
from tests.nets.trace.nets import StudentsReLU, small, traced


def long(layers):
    inner = [FullyConnected(2, 2, rng=i) for i in range(layers)]
    return traced(Sequential(*inner))


def test_it_is_a_sequence_from_the_first_layer_to_the_loss():
    trace = traced(small())
    assert isinstance(trace, Trace)
    assert len(trace) == 4
    assert [step.name for step in trace] == ["0", "1", "2", "loss"]
    assert [step.name for step in reversed(trace)] == ["loss", "2", "1", "0"]
    assert trace[-1] is trace["loss"] is trace.steps[3]
    assert trace["1"] is trace[1]
    assert trace[:2] == trace.steps[:2]


def test_an_unknown_step_is_refused():
    trace = traced(small())
    with pytest.raises(IndexError, match="trace: there is no step 4, only 0, 1, 2, loss"):
        trace[4]
    with pytest.raises(KeyError, match=r"there is no step '1\.0', only 0, 1, 2, loss"):
        trace["1.0"]
    with pytest.raises(IndexError, match=r"only 0, 1, .*, \.\.\.$"):
        long(100)[200]


def test_text_is_a_table_with_the_verdict_below():
    trace = traced(small())
    lines = repr(trace).split("\n")
    assert lines[0] == f"Sequential of 3 layers, loss {trace.loss:.6g}"
    assert lines[1].split()[:4] == ["layer", "output", "|x|", "|y|"]
    assert lines[3].split()[:4] == ["1", "ReLU()", "(2,", "3)"]
    assert lines[3].split()[-2:] == ["33", "%"]
    assert lines[-1] == trace.verdict.sentence
    assert len(lines) == 7


def test_a_long_net_is_shown_short():
    trace = long(1000)
    text, page = repr(trace), trace._repr_html_()
    assert pages.short(trace.steps, None)[12] == 1001 - MOST
    assert len(pages.short(trace.steps, None)) == MOST + 1
    rows = MOST + 3 + 2  # the blamed layer, its neighbours, and two gaps
    assert trace.verdict.step.name == "931"
    assert "... 918 more" in text
    assert "… 918 more" in page
    assert len(text.split("\n")) == rows + 3
    assert page.count("<tr>") == rows + 1
    assert "<details" not in page


def test_of_a_long_net_the_blamed_layer_is_shown_too():
    trace = long(100)
    blamed = trace.steps[50]
    found = pages.short(trace.steps, blamed)
    assert [step if isinstance(step, int) else step.name for step in found[11:19]] == (
        ["11", 37, "49", "50", "51", 37, "89", "90"]
    )
    assert pages.short(trace.steps[:5], trace.steps[4]) == trace.steps[:5]
    assert pages.short(trace.steps, trace.steps[0])[:3] == trace.steps[:3]


def test_a_dead_layer_in_the_middle_of_a_long_net_is_seen():
    inner = [FullyConnected(2, 2, rng=0) for _ in range(50)]
    inner[25].params["b"] = [-100.0, -100.0]
    trace = traced(Sequential(*(layer for full in inner for layer in (full, ReLU()))))
    assert trace.verdict.step is trace["51"]
    assert trace.verdict.sentence == (
        "The gradient ends in 99 (ReLU): no unit of it is on in this batch, as all outputs from "
        "51 (ReLU) on are 0, and what comes before learns nothing."
    )
    assert "\n51 ReLU()" in repr(trace)
    assert "<b>51 ReLU() ◀</b>" in trace._repr_html_()


def test_html_has_the_numbers_of_a_small_net_from_last_to_first():
    page = traced(small())._repr_html_()
    assert page.count("<details>") == 4
    assert page.index("<summary>loss") < page.index("<summary>2 ") < page.index("<summary>0 ")
    assert "<script" not in page


def test_html_has_no_numbers_of_a_large_net():
    net = Sequential(FullyConnected(2, 500, rng=0), ReLU(), FullyConnected(500, 2, rng=0))
    assert "<details" not in traced(net)._repr_html_()


def test_names_with_html_are_escaped():
    class Nasty(StudentsReLU):
        def __repr__(self):
            return "<script>alert(1)</script>"

    page = traced(Sequential(FullyConnected(2, 2, rng=0), Nasty()))._repr_html_()
    assert "<script" not in page
    assert "1 &lt;script&gt;" in page


def test_plot_is_the_picture_of_the_norms():
    trace = traced(small())
    line = trace.plot().axes[0].lines[0]
    np.testing.assert_allclose(line.get_ydata(), [step.upstream for step in trace[:3]])
    expected = plots.gradient_norms(trace).axes[0].lines[0]
    np.testing.assert_array_equal(line.get_ydata(), expected.get_ydata())


def test_the_loss_may_be_user_defined():
    class Sum:
        def __init__(self):
            self.params = {}

        def forward(self, y, t):
            self.shape = y.shape
            return float(y.sum())

        def backward(self, dout=1.0):
            return np.full(self.shape, dout), {}

    trace = small().trace(np.ones((1, 2)), 0, Sum())
    assert trace[-1].title == "loss Sum"
    np.testing.assert_array_equal(trace[2].dout, [[1, 1]])
