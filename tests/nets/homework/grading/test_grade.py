"""One submission is graded; the results are there before the first test, and after each."""

import csv
import shutil
from pathlib import Path

import pytest

from nets.cli.main import main
from nets.homework import grade, read
from nets.homework.grading import classroom
from nets.homework.grading.grade import require_tests
from tests.nets.homework import zoo


def test_a_submission_that_patches_numpy_is_graded_test_by_test(built, tmp_path):
    path = tmp_path / "dense.py"
    path.write_text(zoo.HOSTILE["patches numpy"])
    seen = []
    grade(path, read(built[1]), lambda so_far: seen.append((len(so_far.scores), so_far.score)))
    counts = [count for count, _ in seen]
    assert counts == sorted(counts)
    assert set(counts) == set(range(11))
    assert seen[0] == (0, 0)
    assert seen[-1][1] == pytest.approx(zoo.POINTS["patches numpy"], abs=1e-3)


@pytest.fixture
def bundle(built, tmp_path):
    return Path(shutil.copytree(built[1], tmp_path / "grader"))


def edit(bundle, old, new):
    path = bundle / "test_hidden.py"
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("import numpy", "def (:\nimport numpy", "the tests cannot be run:\n(?s:.*)SyntaxError"),
        ("import pytest", "import pytest\nimport of_nowhere", "No module named 'of_nowhere'"),
        ("points(3)", "points(4)", "not those that were built, .* test_hidden.py::test_square: "),
        ("def test_kink", "def test_edge", "differ in .*test_edge, test_hidden.py::test_kink"),
    ],
)
def test_tests_that_are_broken_or_edited_stop_the_class(bundle, tmp_path, old, new, message):
    edit(bundle, old, new)
    with pytest.raises(ValueError, match=message):
        require_tests(read(bundle))
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "alice.py").write_text(zoo.SOLUTION)
    out = tmp_path / "out"
    arguments = [str(tmp_path / "class"), "--assignment", str(bundle), "--out", str(out)]
    assert main(["grade", *arguments]) == 2
    assert not out.exists()


def test_pytest_settings_of_the_shell_do_not_matter(bundle, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    require_tests(read(bundle))


def test_the_source_of_an_assignment_is_to_be_built_first(tmp_path, capsys):
    path = zoo.SOURCE / "dense.py"
    assert main(["grade", str(path), "--assignment", str(zoo.SOURCE)]) == 2
    assert "build it first: handgrad assignment build" in capsys.readouterr().err


def test_one_exception_is_one_row(bundle, tmp_path, monkeypatch):
    for name in ("alice", "bob", "x" * 255):
        (tmp_path / "class" / name).mkdir(parents=True)
    monkeypatch.setattr(classroom, "require_tests", lambda _: None)
    classroom.grade_all(tmp_path / "class", read(bundle), tmp_path / "out", 1)
    with (tmp_path / "out" / "grades.csv").open() as file:
        status = {row["student"]: (row["status"], row["note"]) for row in csv.DictReader(file)}
    assert status["alice"] == status["bob"] == ("not handed in", "")
    assert status["x" * 255][0] == "could not be graded"
    assert "File name too long" in status["x" * 255][1]
    assert "- not handed in: 2" in (tmp_path / "out" / "summary.md").read_text()
