"""Grading a folder of submissions: side by side, with a table, reports and a summary."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from nets.homework.grading.assignment import Assignment
from nets.homework.grading.grade import grade, require_tests
from nets.homework.grading.results import Question, Results, Score
from nets.homework.grading.submissions import GRADED, MISSING, UNGRADED, Submission, find, stage
from nets.homework.isolation.sandbox import standing
from nets.homework.isolation.walls import WALLS

SHOWN = 10  # mistakes in the summary


@dataclass(frozen=True)
class Graded:
    """A submission as it was taken, and its results."""

    submission: Submission
    results: Results


def grade_all(folder: Path, assignment: Assignment, out: Path, jobs: int | None = None) -> int:
    """Grade all submissions, and write ``grades.csv``, ``summary.md``, results and reports.

    Every entry of the folder has a row in the table, with a status.

    Returns
    -------
    int
        How many submissions there were.

    Raises
    ------
    ValueError
        If there are none, or if the tests cannot be run.
    """
    students = find(folder)
    if not students:
        raise ValueError(f"{folder}: expected submissions, found none")
    require_tests(assignment)
    for name in ("results", "reports"):
        (out / name).mkdir(parents=True, exist_ok=True)
    graded: dict[str, Graded] = {}
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        waiting = [pool.submit(_one, submission, assignment, out) for submission in students]
        for done in as_completed(waiting):
            one = done.result()
            graded[one.submission.student] = one
            _progress(len(graded), len(students), one)
    ordered = [graded[submission.student] for submission in students]
    _table(ordered, assignment.questions, out / "grades.csv")
    text = "\n".join([*summary(ordered, assignment), *isolation()]) + "\n"
    (out / "summary.md").write_text(text, encoding="utf-8")
    return len(ordered)


def _one(submission: Submission, assignment: Assignment, out: Path) -> Graded:
    """Grade one, and write its files; whatever goes wrong is the reason in its row."""
    try:
        file = out / "results" / f"{submission.student}.json"
        graded = grade_into(file, submission, assignment)
        report = "\n".join(report_of(graded, assignment)) + "\n"
        (out / "reports" / f"{submission.student}.md").write_text(report, encoding="utf-8")
        return graded
    except Exception as error:
        note = f"{type(error).__name__}: {error}"
        failed = replace(submission, status=UNGRADED, note=note)
        return Graded(failed, without_points(failed, assignment))


def grade_into(out: Path, submission: Submission, assignment: Assignment) -> Graded:
    """Grade a submission, and write `out` after each test."""
    with TemporaryDirectory(prefix="handgrad-") as work:
        taken = stage(submission, assignment, Path(work))
        if taken.status == GRADED:
            note = f"{taken.note}." if taken.note else ""

            def write(so_far: Results) -> None:
                so_far.output = note
                so_far.write(out)

            return Graded(taken, grade(Path(work), assignment, write))
    results = without_points(taken, assignment)
    results.write(out)
    return Graded(taken, results)


def without_points(submission: Submission, assignment: Assignment) -> Results:
    """The results of a submission that is not graded, with the reason."""
    results = Results(list(assignment.questions))
    results.output = f"{submission.status}: {submission.note}".rstrip(": ")
    if submission.status == MISSING:
        results.output = f"There is no file {assignment.file}, nor a notebook of that name."
    for question in assignment.questions:
        results.add(question.id, Score(0.0, results.output, [submission.status]))
    return results


def _progress(done: int, of: int, graded: Graded) -> None:
    name, results = graded.submission.student, graded.results
    ahead, end = ("\r\x1b[K", "") if sys.stdout.isatty() else ("", "\n")
    print(
        f"{ahead}{done}/{of}  {name}: {results.score:g} of {results.points:g}", end=end, flush=True
    )
    if end == "" and done == of:
        print()


def _table(graded: list[Graded], questions: list[Question], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer, titles = csv.writer(file), [question.title for question in questions]
        writer.writerow(["student", "status", "score", "points", *titles, "note"])
        for one in graded:
            results, taken = one.results, one.submission
            scores = [results.of(question).score for question in questions]
            points = [results.score, results.points, *scores]
            writer.writerow([_inert(taken.student), taken.status, *points, _inert(taken.note)])


def _inert(name: str) -> str:
    """A name that spreadsheets do not take for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name


def isolation() -> Iterator[str]:
    """Which walls were up around the submissions."""
    up = standing()
    missing = [name for name in WALLS if name not in up]
    yield f"\nWalls of the kernel around each submission: {', '.join(up) or 'none'}."
    if missing:
        yield f"Not available on this machine: {', '.join(missing)}."


def require_isolation() -> None:
    """Raise unless each wall is up.

    Raises
    ------
    ValueError
        If one is missing.
    """
    if missing := [name for name in WALLS if name not in standing()]:
        raise ValueError(
            f"--require-isolation: this machine does not give {', '.join(missing)}; grade on a "
            "Linux kernel of 5.13 or later that allows user namespaces, or in a container"
        )


def report_of(graded: Graded, assignment: Assignment) -> Iterator[str]:
    """A student's report: points and lost points of each test, and the sum for hidden tests."""
    name, results = graded.submission.student, graded.results
    yield f"# {assignment.title}\n\n{name}: {results.score:g} of {results.points:g} points\n"
    if results.output:
        yield f"{results.output}\n"
    secret = [0.0, 0.0]
    for test in results.as_dict()["tests"]:
        if test["visibility"] == "hidden":
            secret = [secret[0] + test["score"], secret[1] + test["max_score"]]
            continue
        yield f"- {test['name']}: {test['score']:g} of {test['max_score']:g}"
        yield from (f"  - {line}" for line in test["output"].splitlines() if line)
    if secret[1]:
        yield f"- further tests: {secret[0]:g} of {secret[1]:g}"


def summary(everyone: list[Graded], assignment: Assignment) -> Iterator[str]:
    """The instructor's summary: points by question, and the most frequent mistakes."""
    graded = [one.results for one in everyone]
    scores = sorted(results.score for results in graded)
    mean, median = sum(scores) / len(scores), scores[len(scores) // 2]
    yield f"# {assignment.title}\n"
    yield (
        f"{len(scores)} submissions; mean {mean:.1f}, median {median:g}, "
        f"lowest {scores[0]:g}, highest {scores[-1]:g} points\n"
    )
    statuses = Counter(one.submission.status for one in everyone)
    yield "".join(f"- {status}: {count}\n" for status, count in statuses.most_common())
    yield "| question | points | mean | all | none |\n|---|---|---|---|---|"
    for q in assignment.questions:
        got = [results.of(q).score for results in graded]
        full, none = sum(s >= q.points for s in got), sum(s == 0 for s in got)
        yield f"| {q.title} | {q.points:g} | {sum(got) / len(got):.2f} | {full} | {none} |"
    yield "\n| mistake | submissions |\n|---|---|"
    found = Counter(
        mistake
        for results in graded
        for mistake in {m for score in results.scores.values() for m in score.mistakes}
    )
    yield from (f"| {mistake} | {n} |" for mistake, n in found.most_common(SHOWN))
