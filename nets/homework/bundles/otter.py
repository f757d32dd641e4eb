"""A bundle for otter-grader: a notebook for `otter assign`, and a plugin that gives our scores.

In the notebook each test with points is a question, so that ``grader.check("...")`` tells a student
the same as `handgrad check`. Otter knows no credit for parts of a test and tests in the process of
the submission; therefore the plugin has each submission graded by this library, before otter
executes anything, and its scores count.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from nets.homework.bundles.notebook_cells import cell, notebook_of
from nets.homework.bundles.strip import BEGIN, END, hole
from nets.homework.grading.assignment import HIDDEN, INI, PUBLIC, SETTINGS, Assignment, read
from nets.homework.grading.grade import grade
from nets.homework.grading.notebook_check import MESSAGES
from nets.homework.grading.results import Question

PLUGIN = "nets.homework.bundles.otter.Scores"
CONFIG = f"""\
# ASSIGNMENT CONFIG
name: {{title}}
init_cell: true
check_all_cell: true
export_cell: {{{{pdf: false}}}}
strip_solutions_from_all_cells: true
tests: {{{{ok_format: false}}}}
files: [{{public}}]
autograder_files: [{{files}}]
requirements: ["handgrad[homework]"]
plugins: [{PLUGIN}]
generate: {{{{show_stdout: false, show_hidden: true}}}}
"""
TEST = '''\
""" # BEGIN TEST CONFIG
points: {points:g}
hidden: {hidden}
""" # END TEST CONFIG
def test_case(env):
    from nets.homework.grading.notebook_check import check

    check("{id}", env)
'''


def folder_for_otter(assignment: Assignment, solved: str, out: Path) -> Path:
    """Write the folder in which ``otter assign`` is run.

    Parameters
    ----------
    assignment : Assignment
        A built one: the grader's folder.
    solved : str
        The solved file.
    out : path
        Where to write.

    Returns
    -------
    path
        The notebook to run ``otter assign`` on.
    """
    out.mkdir(parents=True, exist_ok=True)
    names = [name for name in (HIDDEN, SETTINGS, INI) if (assignment.folder / name).is_file()]
    names += [name for name in assignment.files if name not in assignment.handed_out()]
    public = [PUBLIC, *assignment.handed_out()]
    for name in (*public, *names):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(assignment.folder / name, out / name)
    book = notebook_of(with_prompts(solved))
    title, files = json.dumps(assignment.title), ", ".join(names)
    config = cell(
        "otter-config", "raw", CONFIG.format(title=title, files=files, public=", ".join(public))
    )
    questions = [cell for question in assignment.questions for cell in _cells(question)]
    book["cells"] = [config, *book["cells"], *questions]
    path = out / Path(assignment.file).with_suffix(".ipynb").name
    path.write_text(json.dumps(book, indent=1), encoding="utf-8")
    return path


def with_prompts(solved: str) -> str:
    """The solved file with otter's markers, which keep the same holes as ours."""
    lines: list[str] = []
    for line in solved.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() == BEGIN:
            lines.append(f"{indent}# BEGIN SOLUTION NO PROMPT")
        elif line.strip() == END:
            lines += [f"{indent}# END SOLUTION", f'{indent}""" # BEGIN PROMPT']
            lines += [*hole(indent), f'{indent}""" # END PROMPT']
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _cells(question: Question) -> list[dict[str, Any]]:
    name, hidden = name_of(question), question.id.startswith(HIDDEN)
    settings = f"# BEGIN QUESTION\nname: {name}\npoints: {question.points:g}\n"
    test = TEST.format(points=question.points, hidden=str(hidden).lower(), id=question.id)
    return [
        cell(f"{name}-begin", "raw", settings),
        cell(f"{name}-tests", "raw", "# BEGIN TESTS"),
        cell(f"{name}-test", "code", test),
        cell(f"{name}-end-tests", "raw", "# END TESTS"),
        cell(f"{name}-end", "raw", "# END QUESTION"),
    ]


def name_of(question: Question) -> str:
    """A question's name for otter: ``hidden_kink``, of ``test_hidden.py::test_kink``.

    Examples
    --------
    >>> name_of(Question("test_hidden.py::test_path[Adam]", "Ten steps", 3.0, "visible"))
    'hidden_path_Adam'
    """
    file, _, test = question.id.partition("::")
    parts = (file.removeprefix("test_").removesuffix(".py"), test.removeprefix("test_"))
    return "_".join(re.sub(r"\W+", "_", part).strip("_") for part in parts)


class Scores:
    """Otter's plugin, which an assignment's settings name.

    It grades a submission as `handgrad grade` does, each in a process of its own. Otter then runs
    a notebook that holds what came out, and not the submission.
    """

    def __init__(self, path: str, metadata: Any, config: Any) -> None:
        self.path = Path(path)

    def before_grading(self, config: Any) -> None:
        """Grade, by the files that otter has put beside the submission."""
        self.assignment = read(Path.cwd())
        self.results = grade(self.path, self.assignment)

    def before_execution(self, notebook: Any) -> Any:
        """Replace the submission by the message of each test."""
        tests = self.results.as_dict()["tests"]
        messages = {test["extra_data"]["id"]: test["output"] for test in tests}
        node, source = type(notebook), f"{MESSAGES} = {messages!r}"
        made = {**cell("messages", "code", ""), "metadata": node(), "source": source}
        notebook.cells = [node(made)]
        return notebook

    def after_grading(self, results: Any) -> None:
        """Put our scores, with the credit for parts of a test, in place of otter's."""
        for question in self.assignment.questions:
            results.update_score(name_of(question), self.results.of(question).score)
