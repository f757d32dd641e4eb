"""What `handgrad assignment build` and `handgrad grade` do."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from nets.homework.bundles.build import build
from nets.homework.grading.assignment import PUBLIC, read
from nets.homework.grading.classroom import grade_all, handed_in, is_assignment, missing
from nets.homework.grading.grade import grade
from nets.homework.grading.results import Results

BUILD = """\
Write from one source what students get and what grades them. Nothing is written if the solution
does not pass its own tests, or if the file with holes passes one."""
GRADE = """\
Grade a submission, or a folder of them, each in a process of its own with limits on time, memory
and output. It is no sandbox against a determined attacker."""


def build_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `handgrad assignment build`."""
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("build", help="write student's and grader's folder", description=BUILD)
    verb.add_argument("source", type=Path, metavar="SOURCE", help="the folder of the assignment")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    verb.set_defaults(run=_build)


def grade_options(parser: argparse.ArgumentParser) -> None:
    """The arguments of `handgrad grade`."""
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
    parser.set_defaults(run=_grade)


def _build(options: argparse.Namespace) -> int:
    _require_pytest()
    for folder in build(options.source, options.out):
        print(f"wrote {folder}")
    return 0


def _grade(options: argparse.Namespace) -> int:
    _require_pytest()
    assignment, given = read(options.assignment), options.submission
    if not given.exists():
        raise FileNotFoundError(f"{given}: there is no such file or folder")
    one = handed_in(given, assignment) if given.is_dir() else given
    if (
        one is None
        and not is_assignment(given)
        and any(given.glob("*.[pi]*")) + any(entry.is_dir() for entry in given.iterdir())
    ):
        out = options.out or Path("graded")
        count = grade_all(given, assignment, out, options.jobs)
        print(f"graded {count} submissions; wrote {out / 'grades.csv'} and {out / 'summary.md'}")
        return 0
    out = options.out or Path("results.json")
    if one is None:
        results = missing(assignment)
        results.write(out)
    else:
        results = grade(one, assignment, lambda so_far: so_far.write(out))
    show(results)
    print(f"wrote {out}")
    return 0


def check_public(path: Path) -> int | None:
    """Grade a student's file by the public tests beside it; None where there are none.

    Returns
    -------
    int or None
        The exit code of `handgrad check`: 0 if all points were got, 1 if not.
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
    """Print the points, and why others were lost."""
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
