"""Every assignment builds: its solution has all points, and its holes none."""

from pathlib import Path

import pytest

from nets.homework import build, read

FOLDER = Path(__file__).parents[3] / "notebooks" / "homework"
ASSIGNMENTS = sorted(path.parent.name for path in FOLDER.glob("*/assignment.json"))


def test_all_seven_are_there():
    assert [name[0] for name in ASSIGNMENTS] == list("1234567")


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_it_builds(name, tmp_path):
    student, grader = build(FOLDER / name, tmp_path)
    public, everything = read(student).questions, read(grader).questions
    assert 0 < len(public) < len(everything)
    assert (grader / "instructor.md").read_text().startswith("# Homework")
