"""The notebooks of ``notebooks/`` with their committed outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docs.building.files import fill

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CODE = re.compile(r"\[`([\w.]+)`\]\(\.\./(layers|nets|optimizers)/[^)]*\)")
TEST = re.compile(r"\[(`[\w.]+`)\]\(\.\./tests/[^)]*\)")
LECTURES = "# What the lectures say"


def write(app: Any) -> None:
    """Copy the notebooks, and the two pages of their README."""
    readme = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    index, lectures = readme.split(LECTURES)
    books = sorted(NOTEBOOKS.glob("[0-9][0-9]-*.ipynb"))
    pages = {book.name: book.read_bytes() for book in books}
    pages |= {f"pictures/{p.name}": p.read_bytes() for p in NOTEBOOKS.glob("pictures/*.svg")}
    pages |= {f"examples/{p.name}": p.read_bytes() for p in NOTEBOOKS.glob("examples/*.py")}
    pages["index.md"] = (index + toctree([book.stem for book in books])).encode()
    pages["lectures.md"] = linked(LECTURES + lectures).encode()
    pages["homework.md"] = (NOTEBOOKS / "homework" / "README.md").read_bytes()
    fill(Path(app.srcdir) / "notebooks", pages)


def linked(text: str) -> str:
    """Links to files of the code as links to their pages; those to tests as names.

    >>> linked("[`ReLU`](../layers/activations/relu.py), [`test_it`](../tests/test_it.py)")
    '{py:obj}`ReLU`, `test_it`'
    """
    return TEST.sub(r"\1", CODE.sub(r"{py:obj}`\1`", text))


def toctree(pages: list[str]) -> str:
    """The pages below this one, in MyST."""
    return "\n".join(["", "```{toctree}", ":hidden:", "", *pages, "```", ""])


def setup(app: Any) -> dict[str, bool]:
    """Copy the notebooks before Sphinx looks for them."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
