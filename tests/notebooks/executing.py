"""Notebooks: text in percent files, executed with their outputs in .ipynb files beside them."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat

FOLDER = Path(__file__).parents[2] / "notebooks"
SOURCES = sorted(FOLDER.glob("[0-9][0-9]-*.py"))
LONGEST = 120  # seconds that a cell may take
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
        cell.source = cell.source.strip("\n")  # the formatter's empty lines above a class
    return notebook


def executed(path):
    """The notebook of a percent file with its outputs, run in a folder where nothing else is."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, f"{path.stem}.ipynb")
        nbformat.write(from_source(path), book)
        nbmake(book)
        notebook = nbformat.read(book, as_version=4)
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # the times of day
        if "outputs" in cell:
            cell.outputs = merged(cell.outputs)
    return notebook


def nbmake(book):
    """Execute a notebook, and write what it shows into its file."""
    Path(book.parent, "pytest.ini").touch()  # so that no other settings are looked for
    options = ["--nbmake", "--overwrite", f"--nbmake-timeout={LONGEST}", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, book.name],
        cwd=book.parent,
        env={name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"},
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise RuntimeError(f"{book.stem} does not run through:\n{run.stdout}{run.stderr}")


def merged(outputs):
    """Outputs in which a stream is one piece: in how many it arrives is a matter of chance."""
    streams, kept = {}, []
    for output in outputs:
        is_stream = output.output_type == "stream"
        first = streams.setdefault(output.name, output) if is_stream else output
        if first is output:
            kept.append(output)
        else:
            first.text += output.text
    return kept


def run(path):
    """Execute a percent file, and return the text of the .ipynb file that stands beside it."""
    return nbformat.writes(executed(path)) + "\n"
