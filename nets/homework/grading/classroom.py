"""Grading a folder of submissions: side by side, with a table, reports and a summary."""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from nets.homework.grading.assignment import SETTINGS, Assignment
from nets.homework.grading.grade import grade
from nets.homework.grading.results import Question, Results, Score

SHOWN = 10  # mistakes in the summary


def find(folder: Path, assignment: Assignment) -> dict[str, Path | None]:
    """The submissions in a folder by student: files, or folders with the file in them.

    A student without a file to grade has None.
    """
    found: dict[str, Path | None] = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_")) or entry.is_symlink():
            continue
        if entry.is_dir():
            found[entry.name] = handed_in(entry, assignment)
        elif entry.suffix in (".py", ".ipynb"):
            found[entry.stem] = entry
    return found


def handed_in(folder: Path, assignment: Assignment) -> Path | None:
    """The file to grade in a student's folder: as Python, or as a notebook."""
    names = (assignment.file, str(Path(assignment.file).with_suffix(".ipynb")))
    paths = [folder / name for name in names]
    return next((p for p in paths if p.is_file() and not p.is_symlink()), None)


def grade_all(folder: Path, assignment: Assignment, out: Path, jobs: int | None = None) -> int:
    """Grade all submissions, and write ``grades.csv``, ``summary.md``, results and reports.

    Returns
    -------
    int
        How many submissions there were.

    Raises
    ------
    ValueError
        If there are none.
    """
    students = find(folder, assignment)
    if not students:
        raise ValueError(f"{folder}: expected submissions, found none")
    for name in ("results", "reports"):
        (out / name).mkdir(parents=True, exist_ok=True)
    graded: dict[str, Results] = {}
    with ThreadPoolExecutor(jobs or os.cpu_count()) as pool:
        waiting = {
            pool.submit(_one, name, path, assignment, out): name for name, path in students.items()
        }
        for done in as_completed(waiting):
            name = waiting[done]
            graded[name] = done.result()
            _progress(len(graded), len(students), name, graded[name])
    ordered = {name: graded[name] for name in students}
    _table(ordered, assignment.questions, out / "grades.csv")
    text = "\n".join(summary(ordered, assignment)) + "\n"
    (out / "summary.md").write_text(text, encoding="utf-8")
    return len(ordered)


def _one(name: str, path: Path | None, assignment: Assignment, out: Path) -> Results:
    results = grade_into(out / "results" / f"{name}.json", path, assignment)
    report = "\n".join(report_of(name, results, assignment)) + "\n"
    (out / "reports" / f"{name}.md").write_text(report, encoding="utf-8")
    return results


def grade_into(out: Path, submission: Path | None, assignment: Assignment) -> Results:
    """Grade a submission, and write `out` after each test; None is one that was not handed in."""
    if submission is not None:
        return grade(submission, assignment, lambda so_far: so_far.write(out))
    results = Results(list(assignment.questions))
    results.output = f"There is no file {assignment.file}, nor a notebook of that name."
    for question in assignment.questions:
        results.add(question.id, Score(0.0, results.output, ["no file"]))
    results.write(out)
    return results


def _progress(done: int, of: int, name: str, results: Results) -> None:
    ahead, end = ("\r\x1b[K", "") if sys.stdout.isatty() else ("", "\n")
    print(
        f"{ahead}{done}/{of}  {name}: {results.score:g} of {results.points:g}", end=end, flush=True
    )
    if end == "" and done == of:
        print()


def _table(graded: dict[str, Results], questions: list[Question], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student", "score", "points", *(q.title for q in questions)])
        for name, results in graded.items():
            scores = [results.of(question).score for question in questions]
            writer.writerow([_inert(name), results.score, results.points, *scores])


def _inert(name: str) -> str:
    """A name that spreadsheets do not take for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name


def report_of(name: str, results: Results, assignment: Assignment) -> Iterator[str]:
    """A student's report: points and lost points of each test, and the sum for hidden tests."""
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


def summary(graded: dict[str, Results], assignment: Assignment) -> Iterator[str]:
    """The instructor's summary: points by question, and the most frequent mistakes."""
    scores = sorted(results.score for results in graded.values())
    mean, median = sum(scores) / len(scores), scores[len(scores) // 2]
    yield f"# {assignment.title}\n"
    yield (
        f"{len(scores)} submissions; mean {mean:.1f}, median {median:g}, "
        f"lowest {scores[0]:g}, highest {scores[-1]:g} points\n"
    )
    yield "| question | points | mean | all | none |\n|---|---|---|---|---|"
    for q in assignment.questions:
        got = [results.of(q).score for results in graded.values()]
        full, none = sum(s >= q.points for s in got), sum(s == 0 for s in got)
        yield f"| {q.title} | {q.points:g} | {sum(got) / len(got):.2f} | {full} | {none} |"
    yield "\n| mistake | submissions |\n|---|---|"
    found = Counter(
        mistake
        for results in graded.values()
        for mistake in {m for score in results.scores.values() for m in score.mistakes}
    )
    yield from (f"| {mistake} | {n} |" for mistake, n in found.most_common(SHOWN))


def is_assignment(folder: Path) -> bool:
    """Whether a folder holds an assignment."""
    return (folder / SETTINGS).is_file()
