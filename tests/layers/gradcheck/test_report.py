import pytest

from layers.gradcheck import Finding, GradientReport, TensorReport
from layers.gradcheck.report import Entry

RIGHT = TensorReport("x", (5, 4), 20, 0, 0, Entry("x[0, 1]", 1.0, 1.0 + 1e-10, 1e-10), 0)
KINKS = TensorReport("x1", (3,), 3, 0, 2, Entry("x1[0]", 1.0, 1.0, 0.0), 0)
LARGE = TensorReport("W", (200, 100), 1000, 7, 0, Entry("one direction", 1.0, 1.0, 0.0), 0)
EMPTY = TensorReport("x", (0, 4), 0, 0, 0, None, 0)
WRONG = TensorReport("b", (3,), 3, 7, 1, Entry("b[2]", 2 / 3, -123456.78901234, 1.5), 4)
FINDING = Finding("accumulates", "b", "a second backward gives another gradient of b")


def test_a_tensor_is_right_if_no_comparison_is_wrong():
    assert all([RIGHT, KINKS, LARGE, EMPTY])
    assert not WRONG


@pytest.mark.parametrize(
    ("tensor", "row"),
    [
        (RIGHT, ("x", "(5, 4)", "20 entries", "1.0e-10", "right")),
        (KINKS, ("x1", "(3,)", "3 entries, 2 at kinks", "0.0e+00", "right")),
        (LARGE, ("W", "(200, 100)", "1000 entries, 7 directions", "0.0e+00", "right")),
        (EMPTY, ("x", "(0, 4)", "0 entries", "", "right")),
        (WRONG, ("b", "(3,)", "3 entries, 7 directions, 1 at kinks", "1.5e+00", "WRONG")),
    ],
)
def test_a_row_of_the_table(tensor, row):
    assert tensor.row() == row


def test_an_explanation_tells_where_and_both_values():
    assert WRONG.explanation() == (
        "b is wrong in 4 of 9 comparisons; the worst is at b[2]: backward says 0.6666666667, "
        "numerically it is -123456.789"
    )


@pytest.mark.parametrize(
    ("tensors", "findings", "verdict"),
    [
        ([], [], True),
        ([RIGHT, LARGE], [], True),
        ([RIGHT, WRONG], [], False),
        ([RIGHT], [FINDING], False),
        ([WRONG], [FINDING], False),
    ],
)
def test_the_verdict(tensors, findings, verdict):
    report = GradientReport("Layer", 1e-6, tensors, findings)
    assert bool(report) is verdict
    assert str(report).splitlines()[0] == (
        f"gradient check of Layer: {'right' if verdict else 'WRONG'}"
    )
    if verdict:
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
        "x       (5, 4)      20 entries                           1.0e-10      right",
        "W       (200, 100)  1000 entries, 7 directions           0.0e+00      right",
        "b       (3,)        3 entries, 7 directions, 1 at kinks  1.5e+00      WRONG",
        WRONG.explanation(),
        "accumulates: a second backward gives another gradient of b",
    ]


def test_the_text_without_tensors_has_no_table():
    report = GradientReport("Layer", 1e-6, [], [FINDING])
    assert str(report).splitlines() == [
        "gradient check of Layer: WRONG",
        "accumulates: a second backward gives another gradient of b",
    ]


def test_an_empty_report_holds_lists_of_its_own():
    one, other = GradientReport("a", 1e-6), GradientReport("b", 1e-6)
    one.findings.append(FINDING)
    assert other.findings == []
    assert not one
    assert other
