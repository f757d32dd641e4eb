"""Otter's form: assigned and run by otter-grader itself, with the scores of our grader."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.nets.homework import zoo

ROOT = Path(__file__).parents[4]
# The last would end the process of otter, if that executed it.
CHOSEN = ("solution", "bias averaged", "os exit at import")
needs_otter = pytest.mark.skipif(
    importlib.util.find_spec("otter") is None, reason="otter-grader is not installed"
)


def otter(folder, *arguments):
    """Run otter in a folder, as a process: its imports warn."""
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "otter", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout + said.stderr


@pytest.fixture(scope="module")
def assigned(built, tmp_path_factory):
    """What `otter assign` makes of the bundle, once the solution has all points there too."""
    out = tmp_path_factory.mktemp("assigned")
    otter(built[0].parent / "otter", "assign", "dense.ipynb", out)
    return out


def with_code(book, text):
    """The student's notebook, with the code of a submission in place of its cells."""
    first, *others = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    kept = [cell for cell in others if "grader." in "".join(cell["source"])]
    code = {**first, "id": "written", "source": text.splitlines(keepends=True)}
    return {**book, "cells": [first, code, *kept]}


@needs_otter
@pytest.mark.slow
@pytest.mark.parametrize("name", CHOSEN)
def test_otter_gives_our_scores(assigned, tmp_path, name):
    book = json.loads((assigned / "student" / "dense.ipynb").read_text())
    text = {**zoo.RIGHT, **zoo.WRONG, **zoo.HOSTILE}[name]
    (tmp_path / "dense.ipynb").write_text(json.dumps(with_code(book, text)))
    [bundle] = (assigned / "autograder").glob("*.zip")
    otter(tmp_path, "run", "-a", bundle, "dense.ipynb")
    found = json.loads((tmp_path / "results.json").read_text())
    tests = [test for test in found["tests"] if "score" in test]
    assert sum(test["score"] for test in tests) == pytest.approx(zoo.POINTS[name], abs=1e-3)
    assert sum(test["max_score"] for test in tests) == 20
    for test in tests:
        assert ("All test cases passed" in test["output"]) == (test["score"] == test["max_score"])


@needs_otter
@pytest.mark.slow
def test_what_students_get_of_it(assigned):
    student = assigned / "student"
    everything = "".join(path.read_text() for path in student.rglob("*") if path.is_file())
    assert "YOUR CODE HERE" in everything
    assert "SOLUTION" not in everything
    assert "self.x.T @ dout" not in everything
    assert "test_kink" not in everything
    assert 'grader.check(\\"public_relu_backward\\")' in everything
    with zipfile.ZipFile(next((assigned / "autograder").glob("*.zip"))) as bundle:
        assert "files/test_hidden.py" in bundle.namelist()


@needs_otter
@pytest.mark.slow
def test_a_student_checks_in_the_notebook(assigned, tmp_path):
    import nbformat
    from nbclient import NotebookClient

    student = tmp_path / "student"
    shutil.copytree(assigned / "student", student)
    book = json.loads((student / "dense.ipynb").read_text())
    text = zoo.WRONG["bias averaged"]
    notebook = nbformat.from_dict(nbformat.reads(json.dumps(with_code(book, text)), 4))
    client = NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(student)}})
    client.execute()
    said = {cell.source: json.dumps(cell.outputs) for cell in notebook.cells if "outputs" in cell}
    assert "All test cases passed" in said['grader.check("public_relu_backward")']
    assert "the gradient of b is wrong" in said['grader.check("public_fully_connected_backward")']


def test_the_source_keeps_the_holes_of_the_students_file(built):
    """What otter leaves of the notebook is the file that we hand out."""
    book = json.loads((built[0].parent / "otter" / "dense.ipynb").read_text())
    code = "".join(line for cell in book["cells"] for line in cell["source"])
    assert "### BEGIN SOLUTION" not in code
    assert code.count("# BEGIN SOLUTION NO PROMPT") == 4
    assert code.count('raise NotImplementedError("this part is not written yet")') == 4
