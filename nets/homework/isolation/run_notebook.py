"""A notebook as a module: its cells run one after the other, as in Jupyter."""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from nets.homework.bundles.notebook_cells import cells_of
from nets.homework.isolation.ipython_syntax import python_of

EXECUTED = ("time", "capture", "prun")  # magics that run what follows them


class Shell:
    """What ``get_ipython()`` returns here: it runs Python, and no programs.

    Parameters
    ----------
    names : dict
        The names of the notebook.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self.user_ns = names

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Run the cell of ``%%time`` and its kind, and write the file of ``%%writefile``."""
        if name in EXECUTED:
            exec(python_of(cell), self.user_ns)
        elif name in ("writefile", "file"):
            Path(line.split()[-1]).write_text(cell, encoding="utf-8")

    def run_line_magic(self, name: str, line: str, *_depth: int) -> Any:
        """Run the line of ``%time`` and its kind, or the file of ``%run``; set ``%env``."""
        if name in EXECUTED:
            with suppress(SyntaxError):
                return eval(line, self.user_ns)
            exec(line, self.user_ns)
        elif name == "run":
            exec(Path(line).read_text(encoding="utf-8-sig"), self.user_ns)
        elif name in ("env", "set_env") and "=" in line:
            key, _, value = line.partition("=")
            os.environ[key.strip()] = value.strip()
        return None

    def getoutput(self, _: str) -> list[str]:
        """The lines that a program prints: none."""
        return []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


def run_notebook(
    path: Path, module: ModuleType, described: Callable[[BaseException], str]
) -> list[str]:
    """Run the cells of a notebook in a module; return what was raised, in words.

    A cell that raises ends there, and the others run: what is defined stays defined.

    Parameters
    ----------
    path : path
        The notebook.
    module : module
        Where its names go.
    described : callable
        What to say of an exception.
    """
    names = vars(module)
    shell = Shell(names)
    names.update(get_ipython=lambda: shell, display=lambda *_, **__: None)
    raised = []
    for number, cell in enumerate(cells_of(path), 1):
        file = str(path.parent / f"code cell {number}")
        try:
            text = python_of(cell)
            linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
            exec(compile(text, file, "exec"), names)
        except BaseException as error:  # SystemExit ends a cell too, and not the notebook
            raised.append(described(error))
    return raised
