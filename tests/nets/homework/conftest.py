"""A built assignment, and all of the zoo graded by it."""

import json
import shutil
from pathlib import Path

import pytest

from nets.homework import Limits, build, read
from nets.homework.grading.classroom import grade_all
from tests.nets.homework import zoo

LIMITS = Limits(seconds=4, total_seconds=60, megabytes=1024)
IMPATIENT = Limits(seconds=1.5, total_seconds=30, megabytes=1024)


def with_limits(grader, limits):
    """Give a grader's folder these limits."""
    path = grader / "assignment.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps({**settings, "limits": vars(limits)}))
    return grader


def hand_in(folder, submissions, grader):
    """Write submissions into folders of their students."""
    for name, text in submissions.items():
        (folder / name).mkdir()
        (folder / name / "dense.py").write_text(text.replace("BUNDLE", str(grader)))
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Student's and grader's folder of homework 2, with short limits."""
    student, grader = build(zoo.SOURCE, tmp_path_factory.mktemp("built"))
    return student, with_limits(grader, LIMITS)


@pytest.fixture(scope="session")
def handed_in(built, tmp_path_factory):
    """The zoo as an instructor gets it, but for what never ends."""
    submissions = {**zoo.RIGHT, **zoo.WRONG, **zoo.HOSTILE}
    folder = hand_in(tmp_path_factory.mktemp("handed-in"), submissions, built[1])
    (folder / "nothing").mkdir()
    (folder / "link").mkdir()
    (folder / "link" / "dense.py").symlink_to(zoo.SOURCE / "dense.py")
    return folder


@pytest.fixture(scope="session")
def graded(built, handed_in, tmp_path_factory):
    """The folder that grading the zoo wrote."""
    out = tmp_path_factory.mktemp("graded")
    grade_all(handed_in, read(built[1]), out)
    return out


@pytest.fixture(scope="session")
def graded_loops(built, tmp_path_factory):
    """What never ends, graded by a grader who does not wait for long."""
    grader = tmp_path_factory.mktemp("impatient") / "grader"
    with_limits(Path(shutil.copytree(built[1], grader)), IMPATIENT)
    folder, out = tmp_path_factory.mktemp("loops"), tmp_path_factory.mktemp("graded-loops")
    grade_all(hand_in(folder, zoo.LOOPS, grader), read(grader), out)
    return out
