"""A built assignment, and the zoo graded by it."""

import fcntl
import json
import os
import shutil
from pathlib import Path

import pytest

from nets.homework import Limits, build, read
from nets.homework.grading.classroom import grade_all
from nets.homework.grading.notebook_check import score_of
from nets.homework.grading.results import Results, Score
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
        file = "dense.ipynb" if name in zoo.NOTEBOOKS else "dense.py"
        (folder / name / file).write_text(text.replace("BUNDLE", str(grader)))
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Student's and grader's folder of homework 2, with short limits; workers share it."""
    root = tmp_path_factory.getbasetemp()
    shared = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "built"
    student, grader = shared / "student", shared / "grader"
    with open(f"{shared}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            build(zoo.SOURCE, shared)
            with_limits(grader, LIMITS)
    return student, grader


@pytest.fixture(scope="session")
def handed_in(built, tmp_path_factory):
    """The part of the zoo that is graded in processes of its own, as an instructor gets it."""
    folder = hand_in(tmp_path_factory.mktemp("handed-in"), zoo.ISOLATED, built[1])
    (folder / "nothing").mkdir()
    (folder / "link").mkdir()
    (folder / "link" / "dense.py").symlink_to(zoo.SOURCE / "dense.py")
    return folder


@pytest.fixture(scope="session")
def graded(built, handed_in, tmp_path_factory):
    """The folder that grading them wrote."""
    out = tmp_path_factory.mktemp("graded")
    grade_all(handed_in, read(built[1]), out)
    return out


@pytest.fixture(scope="session")
def points_marker(pytestconfig):
    """The marker of tests with points is known in this process, too."""
    pytestconfig.addinivalue_line("markers", "points(n, visibility=...): what a test is worth")


@pytest.fixture(scope="session")
def graded_here(built, points_marker):
    """Grade a harmless submission in this process, which takes milliseconds."""
    questions = read(built[1]).questions

    def run(text):
        names, results = {"__name__": "dense"}, Results(questions)
        exec(compile(text, "dense.py", "exec"), names)
        for question in questions:
            found = score_of(question.id, names, built[1], question.parts)
            score = Score(found.score * question.points, found.output, found.mistakes)
            results.add(question.id, score)
        return results.as_dict()

    return run


@pytest.fixture(scope="session")
def graded_loops(built, tmp_path_factory):
    """What never ends, graded by a grader who does not wait for long."""
    grader = tmp_path_factory.mktemp("impatient") / "grader"
    with_limits(Path(shutil.copytree(built[1], grader)), IMPATIENT)
    folder, out = tmp_path_factory.mktemp("loops"), tmp_path_factory.mktemp("graded-loops")
    grade_all(hand_in(folder, zoo.LOOPS, grader), read(grader), out)
    return out
