import json
from dataclasses import replace

import numpy as np
import pytest

from layers.gradcheck import Finding, GradientReport, TensorReport
from layers.gradcheck.report.report import GradientEntry

RIGHT = TensorReport("x", (5, 4), 20, 0, 0, GradientEntry("x[0, 1]", 1.0, 1.0 + 1e-10, 1e-10), 0)
KINKS = TensorReport("x1", (3,), 3, 0, 2, GradientEntry("x1[0]", 1.0, 1.0, 0.0), 0)
LARGE = TensorReport("W", (200, 100), 1000, 7, 0, GradientEntry("one direction", 1.0, 1.0, 0.0), 0)
EMPTY = TensorReport("x", (0, 4), 0, 0, 0, None, 0)
WRONG = TensorReport("b", (3,), 3, 7, 1, GradientEntry("b[2]", 2 / 3, -123456.78901234, 1.5), 4)
FINDING = Finding("accumulates", "b", "a second backward gives another gradient of b")


def test_a_tensor_is_correct_if_no_comparison_is_wrong():
    assert all([RIGHT, KINKS, LARGE, EMPTY])
    assert not WRONG


@pytest.mark.parametrize(
    ("tensor", "row"),
    [
        (RIGHT, ("x", "(5, 4)", "20 entries", "1.0e-10", "correct")),
        (KINKS, ("x1", "(3,)", "3 entries, 2 at kinks", "0.0e+00", "correct")),
        (LARGE, ("W", "(200, 100)", "1000 entries, 7 directions", "0.0e+00", "correct")),
        (EMPTY, ("x", "(0, 4)", "0 entries", "", "correct")),
        (WRONG, ("b", "(3,)", "3 entries, 7 directions, 1 at kinks", "1.5e+00", "WRONG")),
    ],
)
def test_a_row_of_the_table(tensor, row):
    assert tensor.row() == row


def test_an_explanation_tells_where_and_both_values():
    assert WRONG.explanation() == (
        "b is wrong in 4 of 9 comparisons; the worst is at b[2]: backward returned 0.6666666667, "
        "the numeric gradient is -123456.789"
    )


@pytest.mark.parametrize(
    ("tensors", "findings", "verdict"),
    [
        ([], [], "correct"),
        ([RIGHT, LARGE], [], "correct"),
        ([RIGHT, WRONG], [], "WRONG"),
        ([RIGHT], [FINDING], "LAW BROKEN"),
        ([WRONG], [FINDING], "WRONG"),
        ([RIGHT], [Finding("wrong-sign", "b", "db has the wrong sign")], "WRONG"),
    ],
)
def test_the_verdict(tensors, findings, verdict):
    report = GradientReport("Layer", 1e-6, tensors, findings)
    assert bool(report) is (verdict == "correct")
    assert str(report).splitlines()[0] == f"gradient check of Layer: {verdict}"
    if report:
        report.raise_if_failed()
    else:
        with pytest.raises(AssertionError) as raised:
            report.raise_if_failed()
        assert raised.value.args == (str(report),)


def test_the_text():
    report = GradientReport("FullyConnected 4 -> 3", 1e-6, [RIGHT, LARGE, WRONG], [FINDING])
    assert str(report) == repr(report)
    assert str(report).splitlines() == [
        "gradient check of FullyConnected 4 -> 3: WRONG",
        "tensor  shape       compared                             worst error  verdict",
        "x       (5, 4)      20 entries                           1.0e-10      correct",
        "W       (200, 100)  1000 entries, 7 directions           0.0e+00      correct",
        "b       (3,)        3 entries, 7 directions, 1 at kinks  1.5e+00      WRONG",
        WRONG.explanation(),
        "accumulates: a second backward gives another gradient of b",
        "    hint: What is in the gradient before you begin to add?",
    ]


def test_the_text_without_tensors_has_no_table():
    report = GradientReport("Layer", 1e-6, [], [FINDING])
    assert str(report).splitlines() == [
        "gradient check of Layer: LAW BROKEN",
        "accumulates: a second backward gives another gradient of b",
        "    hint: What is in the gradient before you begin to add?",
    ]


def test_an_empty_report_holds_lists_of_its_own():
    one, other = GradientReport("a", 1e-6), GradientReport("b", 1e-6)
    one.findings.append(FINDING)
    assert other.findings == []
    assert not one
    assert other


def test_a_finding_in_a_net_names_its_victims_and_how_sure_it_is():
    finding = Finding("wrong-sign", "1.x", "layer 1: dx is off", 0.5, "layer 1", ("x", "0.W"))
    assert finding.lines() == [
        "wrong-sign (confidence 0.50): layer 1: dx is off",
        "    wrong only because of this: x, 0.W",
        f"    hint: {finding.hint}",
    ]


def test_notes_do_not_count_for_the_verdict():
    note = Finding("float32-lost", "", "the output is float64")
    report = GradientReport("Layer", 1e-6, [RIGHT], notes=[note])
    assert report
    assert str(report).endswith("\nadvice: float32-lost: the output is float64")


def test_a_victim_is_wrong_and_called_so():
    victim = replace(WRONG, victim=True)
    assert not victim
    assert (WRONG.verdict, victim.verdict, RIGHT.verdict) == ("WRONG", "victim", "correct")
    assert victim.row()[-1] == "victim"


def test_a_report_for_machines():
    endless = replace(WRONG, worst=GradientEntry("b[2]", np.inf, np.nan, np.inf))
    note = Finding("float32-lost", "", "the output is float64")
    report = GradientReport("Layer", 1e-6, [RIGHT, EMPTY, endless], [FINDING], [note])
    found = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    keys = ["name", "form", "right", "tolerance", "tensors", "findings", "notes"]
    assert list(found) == keys
    assert (found["name"], found["right"], found["tolerance"]) == ("Layer", False, 1e-6)
    assert found["tensors"][0] == {
        "name": "x",
        "shape": [5, 4],
        "checked": 20,
        "directions": 0,
        "kinks": 0,
        "wrong": 0,
        "verdict": "correct",
        "worst": {"place": "x[0, 1]", "analytic": 1.0, "numeric": 1.0 + 1e-10, "error": 1e-10},
        "sampling": None,
    }
    assert found["tensors"][1]["worst"] is None
    assert found["tensors"][2]["worst"] == {
        "place": "b[2]",
        "analytic": "inf",
        "numeric": "nan",
        "error": "inf",
    }
    assert found["findings"] == [
        {
            "mistake": "accumulates",
            "kind": "law",
            "tensor": "b",
            "layer": "",
            "evidence": FINDING.evidence,
            "hint": FINDING.hint,
            "confidence": 1.0,
            "victims": [],
        }
    ]
    assert [note["mistake"] for note in found["notes"]] == ["float32-lost"]
