"""The plugin as an instructor uses it: pytest in a folder of tests, with points."""

import json

import pytest

SETTINGS = {"title": "Halves", "file": "half.py"}
TESTS = '''
import pytest


@pytest.mark.points(2)
def test_half(submission):
    """half(x) is x / 2."""
    assert submission.half(4) == 2, "half of 4 is 2"


@pytest.mark.points(3, visibility="hidden")
def test_parts(submission, credit):
    for number in (2, 4, 0):
        with credit.part(f"half of {number}"):
            assert submission.half(number) == number / 2, "divide by 2"


@pytest.fixture
def broken():
    raise RuntimeError("the fixture is broken")


@pytest.mark.points(1)
def test_setup(broken):
    """It cannot be set up."""


def test_without_points():
    pass


@pytest.mark.points(1, visibility="after_due_date")
def test_plain(submission):
    """Bare assertions are named by their question."""
    assert submission.half(2) == 5
'''


@pytest.fixture
def graded(pytester):
    """Run the tests on a submission, and return pytest's result and the results' file."""

    def run(text, tests=TESTS, *options):
        pytester.path.joinpath("assignment.json").write_text(json.dumps(SETTINGS))
        pytester.makepyfile(test_public=tests, half=text)
        file = pytester.path / "results.json"
        options = ["-p", "nets.homework.grading.points_plugin", "-p", "no:cacheprovider", *options]
        result = pytester.runpytest_inprocess(*options, f"--results={file}")
        return result, json.loads(file.read_text()) if file.exists() else None

    return run


def test_points_and_partial_credit(graded):
    result, found = graded("def half(x):\n    return 2\n")
    result.assert_outcomes(passed=2, failed=2, errors=1)
    by_name = {test["name"]: test for test in found["tests"]}
    assert found["score"] == 3
    assert [test["score"] for test in found["tests"]] == [2, 1, 0, 0]
    assert [test["visibility"] for test in found["tests"]] == [
        "visible",
        "hidden",
        "visible",
        "after_due_date",
    ]
    assert by_name["half(x) is x / 2"]["status"] == "passed"
    assert by_name["test_parts"]["output"] == "half of 2: divide by 2\nhalf of 0: divide by 2"
    assert by_name["It cannot be set up"]["output"] == "RuntimeError: the fixture is broken"
    told = by_name["Bare assertions are named by their question"]
    assert told["output"] == "This is not so yet: Bare assertions are named by their question"
    assert told["extra_data"]["mistakes"] == ["not so: Bare assertions are named by their question"]


PARTS = """
import pytest


@pytest.mark.points(4)
def test_steps(submission, credit):
    for step in (1, 2, 3):
        with credit.part(f"step {step}", weight=2 if step == 3 else 1):
            assert submission.half(2 * step) == step
        submission.half("end")
"""
RECORDED = {"id": "test_public.py::test_steps", "title": "test_steps", "points": 4.0}
RECORDED |= {"visibility": "visible", "parts": {"part": 4.0}}


@pytest.mark.parametrize(
    ("body", "score"),
    [
        ("return x if x == 'end' else x / 2", 4),
        ("return x if x == 'end' else min(x / 2, 2)", 2),
        ("return x / 2", 1),  # it crashes after the first part
        ("return 1 / 0", 0),
    ],
)
def test_parts_that_a_submission_does_not_come_to_are_lost(graded, monkeypatch, body, score):
    monkeypatch.setitem(SETTINGS, "questions", [RECORDED])
    _, found = graded(f"def half(x):\n    {body}\n", PARTS)
    assert found["score"] == score
    assert (found["tests"][0]["output"] == "") == (score == 4)


def test_another_file_may_be_named(graded, pytester):
    other = pytester.path / "other.py"
    other.write_text("def half(x):\n    return x / 2\n")
    _, found = graded("", TESTS, f"--submission={other}")
    assert [test["score"] for test in found["tests"]] == [2, 3, 0, 0]


def test_a_submission_that_cannot_be_imported(graded):
    _, found = graded("1 / 0")
    assert found["score"] == 0
    assert "your file cannot be imported: ZeroDivisionError" in found["tests"][0]["output"]


def test_one_file_of_results_before_the_first_test(graded):
    watch = """
import json, pathlib
import pytest


@pytest.mark.points(1)
def test_file():
    found = json.loads(pathlib.Path("results.json").read_text())
    assert found["tests"][0]["output"] == "This test has not run."
"""
    _, found = graded("", watch)
    assert found["score"] == 1


@pytest.mark.parametrize(
    ("marker", "got"),
    [
        ("points(0)", "got points(0, visibility='visible')"),
        ("points()", "got points(nan, visibility='visible')"),
        ("points(1, visibility='secret')", "got points(1, visibility='secret')"),
    ],
)
def test_invalid_points_are_refused(graded, marker, got):
    result, _ = graded("", f"import pytest\n@pytest.mark.{marker}\ndef test_a():\n    pass\n")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*expected points(n, visibility=...) with n above 0*{got}*"])
