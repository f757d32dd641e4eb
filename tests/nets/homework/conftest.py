"""A built assignment, and all of the zoo graded by it."""

import json

import pytest

from nets.homework import Limits, build, read
from nets.homework.classroom import grade_all
from tests.nets.homework import zoo


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Student's and grader's folder of homework 2, with short limits."""
    student, grader = build(zoo.SOURCE, tmp_path_factory.mktemp("built"))
    settings = json.loads((grader / "assignment.json").read_text())
    settings["limits"] = vars(Limits(seconds=4, total_seconds=12, megabytes=1024))
    (grader / "assignment.json").write_text(json.dumps(settings))
    return student, grader


@pytest.fixture(scope="session")
def graded(built, tmp_path_factory):
    """The folder that grading the zoo wrote."""
    _, grader = built
    handed_in, out = tmp_path_factory.mktemp("handed-in"), tmp_path_factory.mktemp("graded")
    for name, text in {**zoo.RIGHT, **zoo.WRONG, **zoo.HOSTILE}.items():
        (handed_in / name).mkdir()
        (handed_in / name / "dense.py").write_text(text.replace("BUNDLE", str(grader)))
    (handed_in / "nothing").mkdir()
    (handed_in / "link").mkdir()
    (handed_in / "link" / "dense.py").symlink_to(zoo.SOURCE / "dense.py")
    grade_all(handed_in, read(grader), out)
    return out
