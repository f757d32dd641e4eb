"""Every entry of a folder has a row, and the row says what was taken."""

import os
import zipfile
from pathlib import Path

import pytest

from nets.homework import Assignment
from nets.homework.grading.submissions import Submission, find, stage, stage_public
from tests.nets.homework import zoo

ASSIGNMENT = Assignment(Path("nowhere"), "Homework", "dense.py")
STUB = 'raise NotImplementedError("this part is not written yet")\n'


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.parametrize(
    ("files", "status", "note", "taken"),
    [
        ({"dense.py": "a"}, "graded", "", {"dense.py": "a"}),
        ({"dense.ipynb": "a"}, "graded", "dense.ipynb was taken", {"dense.ipynb": "a"}),
        ({"dense (1).py": "a"}, "graded", "dense (1).py was taken", {"dense.py": "a"}),
        ({"Dense.PY": "a"}, "graded", "Dense.PY was taken", {"dense.py": "a"}),
        (
            {"dense.py": STUB, "dense.ipynb": "done"},
            "graded",
            "dense.ipynb was taken; dense.py was left aside",
            {"dense.ipynb": "done"},
        ),
        (
            {"dense.py": "a", "dense (1).py": "b"},
            "graded",
            "dense.py was taken; dense (1).py was left aside",
            {"dense.py": "a", "dense (1).py": "b"},
        ),
        (
            {"hw2/dense.py": "a", "hw2/sums.py": "b", "hw2/data/x.csv": "c"},
            "graded",
            "",
            {"dense.py": "a", "sums.py": "b", "data/x.csv": "c"},
        ),
        ({"density.py": "a"}, "wrong name", "there is no dense.py but density.py", {}),
        ({}, "not handed in", "", {}),
        ({".dense.py": "a", "__MACOSX/dense.py": "a"}, "not handed in", "", {}),
    ],
)
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_what_is_taken_of_a_folder_or_a_zip(tmp_path, form, files, status, note, taken):
    (tmp_path / "class" / "alice").mkdir(parents=True)
    write(tmp_path / "class" / "alice", files)
    if form == "zip":
        os.rename(tmp_path / "class" / "alice", tmp_path / "alice")
        with zipfile.ZipFile(tmp_path / "class" / "alice.zip", "w") as archive:
            for name in files:
                archive.write(tmp_path / "alice" / name, name)
    [submission] = find(tmp_path / "class")
    assert submission.student == "alice"
    work = tmp_path / "work"
    work.mkdir()
    found = stage(submission, ASSIGNMENT, work)
    assert (found.status, found.note.replace("hw2/dense.py was taken", "")) == (status, note)
    if taken:
        got = {
            p.relative_to(work).as_posix(): p.read_text() for p in work.rglob("*") if p.is_file()
        }
        assert got == taken


def test_every_entry_has_a_row(tmp_path):
    write(tmp_path, {"a.py": "", "b.py": STUB, "b.ipynb": "", "c/x": "", "c.py": "", "d.pdf": ""})
    (tmp_path / os.fsdecode(b"M\xfcller.py")).write_text("")
    (tmp_path / "e.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "f.zip").write_text("not a zip")
    (tmp_path / ".DS_Store").write_text("")
    rows = {}
    for number, submission in enumerate(find(tmp_path)):
        work = tmp_path.parent / f"{tmp_path.name}-{number}"
        work.mkdir()
        staged = stage(submission, ASSIGNMENT, work)
        rows[staged.student] = (staged.status, staged.note)
    assert rows == {
        "M\\xfcller": ("graded", ""),
        "a": ("graded", ""),
        "b": ("graded", "b.ipynb was taken; b.py was left aside"),
        "c": ("not handed in", ""),
        "c.py": ("graded", ""),
        "d.pdf": ("wrong name", "it is not a Python file, notebook or zip"),
        "e": ("could not be read", "it is a link, which is not followed"),
        "f": ("could not be read", "File is not a zip file"),
    }


def test_a_zip_that_would_fill_the_disk_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dense.py", b"\0" * (65 << 20))
    staged = stage(Submission("a", tmp_path / "a.zip"), ASSIGNMENT, tmp_path)
    assert staged.status == "could not be read"
    assert "at most 2000 files" in staged.note


def test_files_beside_a_file_are_other_students(tmp_path):
    write(tmp_path, {"class/alice.py": zoo.SOLUTION, "class/bob.py": "from alice import *"})
    (tmp_path / "work").mkdir()
    stage(find(tmp_path / "class")[1], ASSIGNMENT, tmp_path / "work")
    assert [path.name for path in (tmp_path / "work").iterdir()] == ["dense.py"]


def test_students_check_with_their_helpers_and_without_the_tests(tmp_path):
    write(tmp_path / "mine", {"dense.py": "a", "sums.py": "b", "test_public.py": "c", "d/e": "f"})
    stage_public(tmp_path / "mine" / "dense.py", ASSIGNMENT, tmp_path)
    got = {path.name for path in tmp_path.rglob("*") if "mine" not in path.parts}
    assert got == {"mine", "dense.py", "sums.py", "d", "e"} - {"mine"}
