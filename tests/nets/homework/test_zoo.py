"""Each submission of the zoo gets what it must get."""

import csv
import json
import math
import re
import shutil
from pathlib import Path

import pytest

from nets.homework import grade, read
from nets.homework.isolation.sandbox import Sandbox, SubmissionError
from tests.nets.homework import zoo
from tests.nets.homework.conftest import LIMITS

UNGRADABLE = {"nothing": 0.0, "link": 0.0}
ISOLATED = {**{name: zoo.POINTS[name] for name in zoo.ISOLATED}, **UNGRADABLE}


def result(graded, name):
    return json.loads((graded / "results" / f"{name}.json").read_text())


def told(tests):
    return "\n".join(test["output"] for test in tests)


def require_plain(found):
    """Every score is a number within its limits, and every lost point is explained."""
    assert len(found["tests"]) == 10
    assert math.fsum(t["score"] for t in found["tests"]) == pytest.approx(found["score"], abs=1e-3)
    for test in found["tests"]:
        assert type(test["score"]) in (int, float)
        assert 0 <= test["score"] <= test["max_score"]
        assert test["visibility"] in ("visible", "after_published")
        assert (test["output"] == "") == (test["score"] == test["max_score"])
        assert (test["status"] == "passed") == (test["score"] == test["max_score"])


@pytest.mark.parametrize("name", [*zoo.RIGHT, *zoo.WRONG])
def test_points_of_harmless_submissions(graded_here, name):
    found = graded_here({**zoo.RIGHT, **zoo.WRONG}[name])
    assert found["score"] == pytest.approx(zoo.POINTS[name], abs=1e-3)
    require_plain(found)
    if name in ("divided by N", "sign", "dW transposed"):
        assert "belongs to the last forward" not in told(found["tests"])
        assert "summed over calls" not in told(found["tests"])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "sentence"), zoo.AT_IMPORT.items())
def test_what_fails_at_import_is_reported(built, tmp_path, name, sentence):
    path = tmp_path / "dense.py"
    path.write_text(zoo.HOSTILE[name].replace("BUNDLE", str(built[1])))
    sandbox = Sandbox(path, LIMITS, read(built[1]).forbidden)
    with pytest.raises(SubmissionError, match=f"cannot be imported.*{re.escape(sentence)}"):
        sandbox.begin()
    sandbox.close()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "points"), ISOLATED.items())
def test_points_of_those_that_run_in_processes_of_their_own(graded, name, points):
    found = result(graded, name)
    assert found["score"] == pytest.approx(points, abs=1e-3)
    require_plain(found)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "points"), zoo.LOOP_POINTS.items())
def test_endless_loops(graded_loops, name, points):
    found = result(graded_loops, name)
    assert found["score"] == points
    assert "your code ran for longer than 1.5 s in one test" in told(found["tests"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("import error", "your file cannot be imported: ModuleNotFoundError: No module named"),
        ("os exit in relu", "your code ended its process (exit code 0)"),
        ("hog in relu", "your code asked for more memory than it may have"),
        ("segfault in relu", "your code crashed the interpreter (SIGSEGV)"),
        ("kills the grader", "graded code may not do this: os.kill"),
        ("accumulates", "a second backward returns another gradient than the first. What is in"),
        ("dout in place", "an argument is changed in place. "),
        ("nested without end", "a value nested more than 50 deep"),
        ("a number of many digits", "Exceeds the limit (4300 digits)"),
        ("an error that lies", "Exception: ???"),
        ("key missing", "the gradient of b is wrong: backward returned none that fits"),
        ("raises", "name 'undefined' is not defined (line "),
        ("slope 1 at 0", "where x is exactly 0, let the slope be 0"),
    ],
)
def test_what_a_student_reads(graded, name, sentence):
    assert sentence in told(result(graded, name)["tests"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dout in place", "import error", "os exit in relu"])
def test_students_see_what_the_public_part_of_the_grader_says(built, graded, tmp_path, name):
    folder = Path(shutil.copytree(built[0], tmp_path / name))
    (folder / "dense.py").write_text(zoo.ISOLATED[name])
    found = grade(folder / "dense.py", read(folder), tests=[folder / "test_public.py"])
    tests = found.as_dict()["tests"]
    public = result(graded, name)["tests"][: len(tests)]
    for key in ("name", "score", "output"):
        assert [test[key] for test in tests] == [test[key] for test in public]


@pytest.mark.slow
def test_a_folder_of_submissions_has_a_table_a_summary_and_reports(graded):
    with (graded / "grades.csv").open() as file:
        table = list(csv.DictReader(file))
    rows = {row["student"]: float(row["score"]) for row in table}
    statuses = [row["status"] for row in table]
    assert rows == pytest.approx(ISOLATED, abs=1e-3)
    for name in UNGRADABLE:
        assert "There is no file dense.py" in result(graded, name)["output"]
    assert set(statuses) == {"graded", "not handed in"}
    text = (graded / "summary.md").read_text()
    assert f"{len(ISOLATED)} submissions; mean" in text
    assert "| The gradients of FullyConnected | 3 |" in text
    assert "| mistake | submissions |" in text
    report = (graded / "reports" / "slope 1 at 0.md").read_text()
    assert "19 of 20 points" in report
    assert "  - where x is exactly 0, let the slope be 0" in report
