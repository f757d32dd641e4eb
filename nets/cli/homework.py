"""`handgrad assignment build` and `handgrad grade`."""

from __future__ import annotations

import argparse
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from nets.homework.bundles.build import build
from nets.homework.grading.assignment import PUBLIC, Assignment, read
from nets.homework.grading.classroom import grade_all, handed_in, is_assignment, missing
from nets.homework.grading.grade import grade
from nets.homework.grading.results import Results

BUILD = """\
Write from one source what students get and what grades them. Nothing is written if the solution
does not pass its own tests, or if the file with holes passes one."""
GRADE = """\
Grade a submission, or a folder of them, each in a process of its own with limits on time, memory
and output. It is no sandbox against a determined attacker."""


def add_assignment_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `handgrad assignment build`."""
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("build", help="write student's and grader's folder", description=BUILD)
    verb.add_argument("source", type=Path, metavar="SOURCE", help="the folder of the assignment")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    verb.set_defaults(command=BuildCommand)


def add_grade_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `handgrad grade`."""
    add = parser.add_argument
    add("submission", type=Path, metavar="SUBMISSION", help="a file, or a folder of submissions")
    add("--assignment", type=Path, required=True, metavar="BUNDLE", help="the grader's folder")
    add(
        "--out",
        type=Path,
        metavar="results.json",
        help="where the results are written; for a folder of submissions, a folder",
    )
    add("--jobs", type=int, metavar="N", help="side by side (default: one for each processor)")
    parser.set_defaults(command=GradeCommand)


@dataclass(frozen=True)
class BuildCommand:
    """Build the assignment in the folder `source`."""

    source: Path
    out: Path

    def run(self) -> int:
        """Print the folders that were written; the exit code is 0."""
        _require_pytest()
        for folder in build(self.source, self.out):
            print(f"wrote {folder}")
        return 0


@dataclass(frozen=True)
class GradeCommand:
    """Grade a submission, or a folder of them, by the tests of a built assignment."""

    submission: Path
    assignment: Path
    out: Path | None = None
    jobs: int | None = None

    def run(self) -> int:
        """Print the points and write the results; the exit code is 0."""
        _require_pytest()
        assignment, given = read(self.assignment), self.submission
        if not given.exists():
            raise FileNotFoundError(f"{given}: there is no such file or folder")
        file = handed_in(given, assignment) if given.is_dir() else given
        if file is None and _holds_submissions(given):
            return self._grade_all(assignment)
        out = self.out or Path("results.json")
        if file is None:
            results = missing(assignment)
            results.write(out)
        else:
            results = grade(file, assignment, lambda so_far: so_far.write(out))
        show(results)
        print(f"wrote {out}")
        return 0

    def _grade_all(self, assignment: Assignment) -> int:
        out = self.out or Path("graded")
        count = grade_all(self.submission, assignment, out, self.jobs)
        print(f"graded {count} submissions; wrote {out / 'grades.csv'} and {out / 'summary.md'}")
        return 0


def _holds_submissions(folder: Path) -> bool:
    files = any(folder.glob("*.[pi]*")) or any(entry.is_dir() for entry in folder.iterdir())
    return files and not is_assignment(folder)


def check_public(path: Path) -> int | None:
    """Grade a student's file by the public tests beside it; None without such tests.

    Returns
    -------
    int or None
        The exit code of `handgrad check`: 0 for all points, else 1.
    """
    if not (is_assignment(path.parent) and (path.parent / PUBLIC).is_file()):
        return None
    _require_pytest()
    assignment = read(path.parent)
    if path.stem != Path(assignment.file).stem:
        return None
    results = grade(path, assignment, tests=[path.parent / PUBLIC])
    show(results)
    return 0 if results.score == results.points else 1


def show(results: Results) -> None:
    """Print the points of each test, and why points were lost."""
    if results.output:
        print(results.output)
    for test in results.as_dict()["tests"]:
        print(f"{test['score']:g} of {test['max_score']:g}  {test['name']}")
        for line in test["output"].splitlines():
            print(f"    {line}")
    print(f"{results.score:g} of {results.points:g} points")


def _require_pytest() -> None:
    if importlib.util.find_spec("pytest") is None:
        raise ValueError('homework needs pytest: pip install "handgrad[homework]"')
