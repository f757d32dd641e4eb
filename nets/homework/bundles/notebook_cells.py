"""Notebooks to and from Python files in cells."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

CELL = re.compile(r"^# %%(?P<kind> \[markdown\])?.*\n", re.MULTILINE)
NO_PYTHON = re.compile(r"^\s*[%!].*$|^(import otter$|grader = otter\.|grader\.).*$", re.MULTILINE)


def code_of(path: Path) -> str:
    """The code of a notebook's cells, one after the other.

    Left out are magics, shell lines, and the lines that otter-grader adds to check and export.

    Raises
    ------
    ValueError
        If the file is not a notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path.name}: expected a notebook, and cannot read it: {error}"
        ) from error
    return "\n\n".join(re.sub(NO_PYTHON, "", cell) for cell in code) + "\n"


def notebook_of(text: str) -> dict[str, Any]:
    r"""A notebook from Python in cells, which begin with ``# %%`` or ``# %% [markdown]``.

    Examples
    --------
    >>> book = notebook_of("# %% [markdown]\n# Read this\n# %%\nx = 1\n")
    >>> [(cell["cell_type"], "".join(cell["source"])) for cell in book["cells"]]
    [('markdown', 'Read this'), ('code', 'x = 1')]
    >>> len(notebook_of("x = 1\n")["cells"])
    1
    """
    marks = list(CELL.finditer(text))
    if not marks:
        return {"cells": [_cell(0, text.strip("\n"), False)], **_KERNEL}
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    cells = [
        _cell(number, text[mark.end() : end].strip("\n"), bool(mark["kind"]))
        for number, (mark, end) in enumerate(zip(marks, ends, strict=True))
    ]
    if head := text[: marks[0].start()].strip("\n"):
        cells.insert(0, _cell(len(cells), head, False))
    return {"cells": cells, **_KERNEL}


def _cell(number: int, text: str, prose: bool) -> dict[str, Any]:
    if prose:
        text = re.sub(r"(?m)^# ?", "", text)
    cell: dict[str, Any] = {
        "id": f"cell-{number}",
        "cell_type": "markdown" if prose else "code",
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    return cell if prose else {**cell, "execution_count": None, "outputs": []}


def raw_cell(identity: str, text: str) -> dict[str, Any]:
    """A raw cell, which Jupyter does not run."""
    lines = text.strip("\n").splitlines(keepends=True)
    return {"id": identity[:64], "cell_type": "raw", "metadata": {}, "source": lines}


_KERNEL = {
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
