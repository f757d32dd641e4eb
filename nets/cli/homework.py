"""`handgrad assignment build` and `handgrad grade`."""

from __future__ import annotations

import argparse
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from nets.cli.options import argument, arguments_of, option
from nets.homework.bundles.build import build
from nets.homework.grading.assignment import PUBLIC, Assignment, in_folder, is_assignment, read
from nets.homework.grading.classroom import grade_all, grade_into, require_isolation
from nets.homework.grading.grade import grade
from nets.homework.grading.results import Results
from nets.homework.grading.submissions import Submission, choose, stage_public


def add_assignment_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `handgrad assignment build`."""
    description, add = arguments_of(BuildCommand)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    add(
        verbs.add_parser(
            "build", help="write student's and grader's folder", description=description
        )
    )


@dataclass(frozen=True)
class BuildCommand:
    """Write from one source what students get and what grades them.

    Nothing is written if the solution does not pass its own tests, or if the file with holes passes
    one.
    """

    source: Path = argument("the folder of the assignment", "SOURCE", type=Path)
    out: Path = option("where to write", type=Path, metavar="DIR")

    def run(self) -> int:
        """Print the folders that were written; the exit code is 0."""
        _require_pytest()
        for folder in build(self.source, self.out):
            print(f"wrote {folder}")
        return 0


@dataclass(frozen=True)
class GradeCommand:
    """Grade a submission, or a folder of them, by the tests of a built assignment.

    Each runs in a process of its own with limits on time, memory and output, behind walls of the
    kernel where the system gives them; `handgrad doctor` says which those are here.
    """

    submission: Path = argument("a file, or a folder of submissions", "SUBMISSION", type=Path)
    assignment: Path = option("the grader's folder", type=Path, metavar="BUNDLE")
    out: Path | None = option(
        "where the results are written; for a folder of submissions, a folder",
        None,
        type=Path,
        metavar="results.json",
    )
    jobs: int | None = option(
        "side by side (default: one for each processor)", None, type=int, metavar="N"
    )
    require_isolation: bool = option("refuse to grade unless all walls of the kernel are up", False)

    def run(self) -> int:
        """Print the points and write the results; the exit code is 0."""
        _require_pytest()
        assignment, given = read(self.assignment), self.submission
        if not assignment.questions:
            raise ValueError(
                f"{self.assignment}: expected a built assignment, got its source; build it first: "
                f"handgrad assignment build {self.assignment} --out DIR, and give DIR/grader"
            )
        if not given.exists():
            raise FileNotFoundError(f"{given}: there is no such file or folder")
        if self.require_isolation:
            require_isolation()
        if self._is_class(assignment):
            out = self.out or Path("graded")
            count = grade_all(given, assignment, out, self.jobs)
            print(
                f"graded {count} submissions; wrote {out / 'grades.csv'} and {out / 'summary.md'}"
            )
            return 0
        out = self.out or Path("results.json")
        graded = grade_into(out, Submission(given.stem, given), assignment)
        show(graded.results)
        print(f"wrote {out}")
        return 0

    def _is_class(self, assignment: Assignment) -> bool:
        """Whether this is a folder of submissions, and not one submission."""
        given = self.submission
        if not given.is_dir() or (self.out and self.out.suffix == ".json"):
            return False
        return not in_folder(given, assignment).is_file() or any(
            entry.suffix == ".zip" or (entry.is_dir() and choose(entry, assignment)[0])
            for entry in given.iterdir()
        )


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
    with TemporaryDirectory(prefix="handgrad-") as work:
        stage_public(path, assignment, Path(work))
        results = grade(Path(work), assignment, tests=[path.parent / PUBLIC])
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
