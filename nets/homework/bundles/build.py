"""Building an assignment: from one source to what students get and what grades them."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from nets.homework.bundles.gradescope import zip_for_gradescope
from nets.homework.bundles.notebook_cells import notebook_of
from nets.homework.bundles.otter import folder_for_otter
from nets.homework.bundles.strip import strip
from nets.homework.grading.assignment import HIDDEN, PAGE, PUBLIC, Assignment, read
from nets.homework.grading.grade import grade
from nets.homework.grading.results import Question, Results
from nets.homework.isolation.forbidden import resolve

INI = "[pytest]\naddopts = -p nets.homework.grading.points_plugin --import-mode=importlib\n"
ISOLATION = """\
## What keeps submissions apart

Each runs in a process and a folder of its own, with a clean environment and limits on time, memory
and output. Tests, checker and results are in other processes, which it gives numbers to and nothing
else. On Linux the kernel keeps it from other files (Landlock), from programs, connections and
signals (seccomp), and from the network (namespaces); `summary.md` and `handgrad doctor` say which
of these walls were up, and `handgrad grade --require-isolation` refuses to grade without. A hook in
Python refuses the same in sentences, and can be got round.
"""
README = """\
# {title}

Fill in the holes in `{file}`, which are marked `# YOUR CODE HERE`, or those in `{book}`, which
asks the same. Hand in one of the two.

    handgrad check {file}

tells what you have so far, in the same words as the grader; it takes the notebook as well. There
are {points:g} points, {public:g} of them for what you can check yourself; the rest is for the same
things on other inputs.

{table}
"""
CHECK = """
# %% [markdown]
# ## Check
# Save this notebook, and see what you have so far.

# %%
!handgrad check {book}
"""


def build(source: Path, out: Path) -> tuple[Path, Path]:
    """Write the students' folder, the grader's, a zip of it for Gradescope, and otter's form.

    Parameters
    ----------
    source : path
        A folder with ``assignment.json``, the solved file, ``test_public.py``, ``test_hidden.py``
        and ``instructor.md``.
    out : path
        Where ``student/``, ``grader/``, ``gradescope.zip`` and ``otter/`` are written.

    Returns
    -------
    student, grader : path
        The two folders.

    Raises
    ------
    ValueError
        If the solution does not pass a test, or the file with holes passes one. Nothing has been
        written then.
    """
    assignment = read(source)
    solved = source / assignment.file
    if not solved.is_file():
        raise FileNotFoundError(f"{solved}: expected the solved assignment, but there is no file")
    for name in assignment.forbidden:
        resolve(name)
    stub = strip(solved.read_text(encoding="utf-8"), assignment.file)
    questions = proven(assignment, solved, stub)
    student, grader = out / "student", out / "grader"
    for folder in (student, grader):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pytest.ini").write_text(INI, encoding="utf-8")
        shutil.copyfile(source / PUBLIC, folder / PUBLIC)
    public = [question for question in questions if question.id.startswith(PUBLIC)]
    copy_files(source, assignment.handed_out(), student)
    copy_files(source, assignment.files, grader)
    replace(assignment, files=assignment.handed_out()).write(student, public)
    assignment.write(grader, questions)
    (student / assignment.file).write_text(stub, encoding="utf-8")
    book = Path(assignment.file).with_suffix(".ipynb").name
    cells = notebook_of(stub + CHECK.format(book=book))
    (student / book).write_text(json.dumps(cells, indent=1), encoding="utf-8")
    (student / "README.md").write_text(
        README.format(
            title=assignment.title,
            file=assignment.file,
            book=book,
            points=sum(question.points for question in questions),
            public=sum(question.points for question in public),
            table=table(public),
        ),
        encoding="utf-8",
    )
    if (source / HIDDEN).is_file():
        shutil.copyfile(source / HIDDEN, grader / HIDDEN)
    page = (source / PAGE).read_text(encoding="utf-8") if (source / PAGE).is_file() else ""
    (grader / PAGE).write_text(
        f"{page}\n## Points\n\n{table(questions)}\n\n{ISOLATION}", encoding="utf-8"
    )
    built = read(grader)
    zip_for_gradescope(built, out / "gradescope.zip")
    folder_for_otter(built, solved.read_text(encoding="utf-8"), out / "otter")
    return student, grader


def copy_files(source: Path, names: Iterable[str], out: Path) -> None:
    """Copy files with the folders that they are in."""
    for name in names:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, out / name)


def proven(assignment: Assignment, solved: Path, stub: str) -> list[Question]:
    """The questions, once the solution has all their points and the file with holes none."""
    texts = solved.read_text(encoding="utf-8"), stub
    with ThreadPoolExecutor() as pool:
        results, with_holes = pool.map(partial(_graded, assignment), texts)
    if not results.questions:
        raise ValueError(f"{assignment.folder}: expected tests with points, found none")
    for test in results.as_dict()["tests"]:
        if test["status"] != "passed":
            raise ValueError(
                f"{assignment.folder}: the solution does not pass its own test "
                f"{test['extra_data']['id']}: {test['output']}"
            )
    for test in with_holes.as_dict()["tests"]:
        if test["score"]:
            raise ValueError(
                f"{assignment.folder}: the file with holes already gets {test['score']:g} points "
                f"for {test['extra_data']['id']}; a test must be able to fail"
            )
    scores = results.scores
    questions = [replace(q, parts=scores[q.id].parts) for q in results.questions]
    for text in advice(questions, results):
        warnings.warn(f"{assignment.folder.name}: {text}", stacklevel=3)
    return questions


def advice(questions: list[Question], results: Results) -> Iterator[str]:
    """What the author of the tests should know."""
    for title, count in Counter(question.title for question in questions).items():
        if count > 1:
            yield f"{count} tests have the title {title!r}, and students cannot tell them apart"
    for question in questions:
        for text in dict.fromkeys(results.of(question).advice):
            yield f"{question.id}: {text}"


def _graded(assignment: Assignment, text: str) -> Results:
    with tempfile.TemporaryDirectory(prefix="handgrad-") as folder:
        handed_in = Path(folder, assignment.file)
        handed_in.write_text(text, encoding="utf-8")
        return grade(handed_in, assignment)


def table(questions: list[Question]) -> str:
    """The questions as a table."""
    rows = [f"| {q.title} | {q.points:g} | {q.visibility} |" for q in questions]
    return "\n".join(["| question | points | seen |", "|---|---|---|", *rows])
