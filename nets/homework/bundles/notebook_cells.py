"""Notebooks to and from Python files in cells."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

CELL = re.compile(r"^# %%( \[markdown\])?.*\n", re.MULTILINE)


def cells_of(path: Path) -> list[str]:
    """The texts of a notebook's code cells.

    Raises
    ------
    ValueError
        If the file is not a notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8-sig"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path.name}: expected a notebook, and cannot read it: {error}"
        ) from error


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
    head, *rest = CELL.split(text)
    parts = list(zip(rest[::2], rest[1::2], strict=True))
    if head.strip("\n") or not parts:
        parts.insert(0, ("", head))
    cells = []
    for number, (markdown, part) in enumerate(parts):
        source = re.sub(r"(?m)^# ?", "", part) if markdown else part
        cells.append(cell(f"cell-{number}", "markdown" if markdown else "code", source))
    return {"cells": cells, **_KERNEL}


def cell(identity: str, kind: str, text: str) -> dict[str, Any]:
    """A cell of one of Jupyter's kinds: "code", "markdown", or "raw", which it does not run."""
    lines = text.strip("\n").splitlines(keepends=True)
    made = {"id": identity[:64], "cell_type": kind, "metadata": {}, "source": lines}
    return {**made, "execution_count": None, "outputs": []} if kind == "code" else made


_KERNEL = {
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
