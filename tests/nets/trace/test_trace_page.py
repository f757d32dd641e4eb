"""The table of a trace."""

import pytest

from nets.trace.trace_page import HEADER, bars, row, table_of
from tests.nets.trace.nets import small, traced


def test_a_row_has_a_cell_for_each_column():
    trace = traced(small())
    for step in trace:
        assert len(row(step)) == len(HEADER)
    cells = dict(zip(HEADER, row(trace[1]), strict=True))
    assert cells["layer"] == "1 ReLU()"
    assert cells["output"] == "(2, 3)"
    assert cells["|dy/dx|"] == "0.5"
    assert cells["‖grads‖"] == "\N{EN DASH}"
    assert cells["dead"] == "33 %"
    assert cells["sat."] == ""
    assert row(trace[-1])[1] == "number"


def test_bars_are_logarithmic_and_span_three_decades_or_more():
    assert bars([1.0, 1.0]) == [1, 1]
    assert bars([1.0, 1e-6, 1e-3]) == pytest.approx([1, 0.1, 0.55])
    assert bars([0.0, 0.0]) == [0, 0]
    assert bars([float("inf"), 1.0]) == [0, 1]


def test_the_blamed_step_is_marked_and_has_another_colour():
    trace = traced(small())
    page = table_of([*trace[:2], 5, *trace[2:]], trace[1])
    assert page.count("#D55E00") == 1
    assert page.count("#2389CB") == 3
    assert "<b>1 ReLU() ◀</b>" in page
    assert "… 5 more" in page
    assert "◀" not in table_of(trace[:], None)
