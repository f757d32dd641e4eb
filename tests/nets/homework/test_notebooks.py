"""The assignments as notebooks: the solved ones run, the students' ones up to their holes."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from nets.homework import read
from nets.homework.bundles.notebook_cells import notebook_of
from nets.homework.bundles.strip import strip
from tests.nets.homework.test_assignments import ASSIGNMENTS, FOLDER

pytestmark = pytest.mark.slow  # each starts a kernel
# What a student would try in the last cell, and which hole it meets first.
TRIED = {
    "1-gates": "print(graph(1.0, 2.0, 0.0))",
    "2-layers": "FullyConnected(2, 1, rng=0).forward(np.ones((3, 2)))",
    "3-softmax": "SoftmaxCE().forward(np.zeros((2, 3)), np.array([0, 1]))",
    "4-digits": "TwoLayerNet(4, 3, 2, rng=0).forward(np.ones((3, 4)))",
    "5-adam": "Adam().step({'W': np.ones(2)}, {'W': np.ones(2)})",
    "6-dropout": "Dropout(0.5, rng=0).forward(np.ones((3, 3)))",
    "7-language-model": "windows(np.arange(5), 2)",
}


def notebook(text):
    book = nbformat.from_dict(notebook_of(text))
    for cell in book.cells:
        cell.source = "".join(cell.source)
    nbformat.validate(book)
    return book


def execute(book, tmp_path):
    """Run a notebook in a kernel, in an empty folder."""
    NotebookClient(book, timeout=100, resources={"metadata": {"path": str(tmp_path)}}).execute()


def solved(name):
    text = (FOLDER / name / read(FOLDER / name).file).read_text()
    return f"{text}\n# %%\n{TRIED[name]}\n"


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_instructors_notebook_runs(name, tmp_path):
    book = notebook(solved(name))
    execute(book, tmp_path)
    if name == "4-digits":
        assert "image/png" in str(book.cells[-2].outputs)


@pytest.mark.parametrize("name", ["2-layers", "4-digits"])
def test_the_students_notebook_runs_up_to_a_hole(name, tmp_path):
    book = notebook(strip(solved(name)))
    with pytest.raises(CellExecutionError, match="this part is not written yet"):
        execute(book, tmp_path)
    assert book.cells[1].execution_count == 1
    code = [cell for cell in book.cells if cell.cell_type == "code" and cell.execution_count]
    assert len(code) >= 3
    assert all(cell.outputs == [] for cell in code[:-1])
