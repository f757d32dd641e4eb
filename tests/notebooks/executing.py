"""Notebooks: text in percent files, executed with their outputs in .ipynb files beside them."""

import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
SOURCES = sorted(FOLDER.glob("[0-9][0-9]-*.py"))
LONGEST = 120  # seconds a notebook may take
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def from_source(path):
    """The notebook of a percent file, without outputs, its cells named by their order."""
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:02}"
    return notebook


def executed(path):
    """The notebook of a percent file with its outputs, run in a folder where nothing else is."""
    notebook = from_source(path)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        options = {"timeout": LONGEST, "record_timing": False, "coalesce_streams": True}
        NotebookClient(notebook, resources=resources, **options).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    return notebook


def run(path):
    """Execute a percent file, and return the text of the .ipynb file that stands beside it."""
    return nbformat.writes(executed(path)) + "\n"
