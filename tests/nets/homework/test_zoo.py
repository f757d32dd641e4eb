"""Each submission of the zoo gets what it must get."""

import csv
import json
import math
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nets.homework import grade, read
from tests.nets.homework import zoo

pytestmark = pytest.mark.slow  # test_grade.py grades one of them in each run
UNGRADABLE = {"nothing": 0.0, "link": 0.0}


def result(graded, name):
    return json.loads((graded / "results" / f"{name}.json").read_text())


def told(graded, name):
    return "\n".join(test["output"] for test in result(graded, name)["tests"])


@pytest.mark.parametrize(("name", "points"), {**zoo.POINTS, **UNGRADABLE}.items())
def test_points(graded, name, points):
    assert result(graded, name)["score"] == pytest.approx(points, abs=1e-3)


@pytest.mark.parametrize(("name", "points"), zoo.LOOP_POINTS.items())
def test_endless_loops(graded_loops, name, points):
    assert result(graded_loops, name)["score"] == points
    assert "your code ran for longer than 1.5 s in one test" in told(graded_loops, name)


@pytest.mark.parametrize("name", ["divided by N", "sign", "dW transposed"])
def test_a_wrong_gradient_is_not_taken_for_one_of_another_call(graded, name):
    assert "belongs to the last forward" not in told(graded, name)
    assert "summed over calls" not in told(graded, name)


def test_every_submission_has_its_points():
    assert set(zoo.POINTS) == {*zoo.RIGHT, *zoo.WRONG, *zoo.HOSTILE}
    assert set(zoo.LOOP_POINTS) == set(zoo.LOOPS)
    assert len(zoo.POINTS) >= 40


@pytest.mark.parametrize("name", {**zoo.POINTS, **UNGRADABLE})
def test_results_are_plain_and_every_lost_point_is_explained(graded, name):
    found = result(graded, name)
    assert len(found["tests"]) == 10
    assert math.fsum(t["score"] for t in found["tests"]) == pytest.approx(found["score"], abs=1e-3)
    for test in found["tests"]:
        assert type(test["score"]) in (int, float)
        assert 0 <= test["score"] <= test["max_score"]
        assert test["visibility"] in ("visible", "after_published")
        assert (test["output"] == "") == (test["score"] == test["max_score"])
        assert (test["status"] == "passed") == (test["score"] == test["max_score"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("syntax error", "SyntaxError: invalid syntax (line "),
        ("import error", "No module named 'torchvision_of_mine'"),
        ("system exit at import", "SystemExit: 0"),
        ("os exit in relu", "your code ended its process (exit code 0)"),
        ("hog in relu", "your code asked for more memory than it may have"),
        ("segfault in relu", "your code crashed the interpreter (SIGSEGV)"),
        ("reads hidden tests", "graded code may not reach"),
        ("kills the grader", "graded code may not do this: os.kill"),
        ("accumulates", "a second backward returns another gradient than the first. What is in"),
        ("dout in place", "an argument is changed in place. "),
        ("reads proc", "graded code may not reach /proc/"),
        ("forks", "graded code may not do this: os.fork"),
        ("nested without end", "a value nested more than 50 deep"),
        ("a number of many digits", "Exceeds the limit (4300 digits)"),
        ("an error that lies", "Exception: ???"),
        ("network", "graded code may not do this: socket."),
        ("starts programs", "graded code may not do this: subprocess."),
        ("writes to the channel", "your code wrote to the grader's channel"),
        ("library instead", "cannot import name 'FullyConnected'"),
        ("key missing", "the gradient of b is wrong: backward returned none that fits"),
        ("raises", "name 'undefined' is not defined (line "),
        ("slope 1 at 0", "where x is exactly 0, let the slope be 0"),
        ("bias averaged", "the gradient of b"),
    ],
)
def test_what_a_student_reads(graded, name, sentence):
    assert sentence in told(graded, name)


ALSO_CHECKED = ("solution", "loops", "import error", "library instead", "os exit in relu", "forks")


def checked(path):
    """What `handgrad check` finds for a file beside the public tests."""
    folder = path.parent
    return grade(path, read(folder), tests=[folder / "test_public.py"]).as_dict()["tests"]


def test_students_see_what_the_public_part_of_the_grader_says(built, handed_in, graded, tmp_path):
    names = [*zoo.WRONG, *ALSO_CHECKED]
    folders = [Path(shutil.copytree(built[0], tmp_path / name)) for name in names]
    for name, folder in zip(names, folders, strict=True):
        shutil.copyfile(handed_in / name / "dense.py", folder / "dense.py")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(checked, [folder / "dense.py" for folder in folders]))
    for name, tests in zip(names, found, strict=True):
        public = result(graded, name)["tests"][: len(tests)]
        assert [t["name"] for t in tests] == [t["name"] for t in public], name
        assert [t["score"] for t in tests] == [t["score"] for t in public], name
        assert [t["output"] for t in tests] == [t["output"] for t in public], name


def test_no_file(graded):
    for name in UNGRADABLE:
        assert "There is no file dense.py" in result(graded, name)["output"]


def test_the_table_has_a_row_for_each(graded):
    with (graded / "grades.csv").open() as file:
        rows = {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == pytest.approx({**zoo.POINTS, **UNGRADABLE}, abs=1e-3)


def test_summary_and_report(graded):
    text = (graded / "summary.md").read_text()
    assert f"{len(zoo.POINTS) + 2} submissions; mean" in text
    assert "| The gradients of FullyConnected | 3 |" in text
    assert "| mistake | submissions |" in text
    report = (graded / "reports" / "slope 1 at 0.md").read_text()
    assert "19 of 20 points" in report
    assert "  - where x is exactly 0, let the slope be 0" in report
