"""The statements of a Python file or of a notebook that define something."""

from __future__ import annotations

import ast
import json
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOOPS = (ast.For, ast.While, ast.With, ast.AsyncFor, ast.AsyncWith)
DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Statement:
    """A statement at the top of a file.

    Attributes
    ----------
    node : ast.stmt
        The statement.
    file : str
        The name under which Python knows its source: that of the file, or of a cell in it.
    cell : str
        The cell in which it stands, as in "cell 2: ".
    """

    node: ast.stmt
    file: str
    cell: str = ""


class SourceStatements:
    """The statements of a file that define something, without those that train or test.

    Attributes
    ----------
    statements : list of Statement
        All of them, in order.
    problems : list of str
        Cells of a notebook that are not Python.
    """

    def __init__(self, path: Path) -> None:
        self.problems: list[str] = []
        self._is_notebook = path.suffix == ".ipynb"
        read = self._cells if self._is_notebook else self._lines
        self.statements = list(read(path))

    def _lines(self, path: Path) -> Iterator[Statement]:
        tree = ast.parse(path.read_bytes(), str(path))
        return (Statement(node, str(path)) for node in tree.body)

    def _cells(self, path: Path) -> Iterator[Statement]:
        for number, source in enumerate(code_cells(path), 1):
            try:
                tree = ast.parse(source)
            except SyntaxError as error:
                self.problems.append(f"cell {number} is not Python: {error.msg}")
                continue
            file = f"{path}[{number}]"
            lines = source.splitlines(keepends=True)
            linecache.cache[file] = (len(source), None, lines, file)  # for inspect.getsource
            for node in tree.body:
                yield Statement(node, file, f"cell {number}: ")

    def to_run(self) -> Iterator[Statement]:
        """Those that may define a layer.

        After the last definition, and anywhere in a notebook, loops are left out, and what uses the
        file's own classes and functions: there, layers are trained, not written.
        """
        own = {s.node.name for s in self.statements if isinstance(s.node, DEFINITIONS)}
        last = max((i for i, s in enumerate(self.statements) if _defines(s.node)), default=-1)
        for position, statement in enumerate(self.statements):
            is_run = _defines(statement.node) or not (
                isinstance(statement.node, LOOPS) or own & _names(statement.node)
            )
            if is_run or not (self._is_notebook or position > last):
                yield statement
            else:
                own |= _names(statement.node, ast.Store)


def python_files(folder: Path) -> list[Path]:
    """The Python files and notebooks in a folder and below it, but for those that tools put there.

    Hidden folders, virtual environments and tests are left out.
    """
    found = [path for path in folder.rglob("*") if path.suffix in (".py", ".ipynb")]
    environments = [path.parent for path in folder.rglob("pyvenv.cfg")]
    return sorted(
        path
        for path in found
        if path.is_file()
        and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts[:-1])
        and not any(path.is_relative_to(environment) for environment in environments)
        and not path.name.startswith(("test_", "conftest"))
    )


def code_cells(path: Path) -> list[str]:
    """The sources of the code cells of a notebook, without the lines that are no Python."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: is not a notebook: {error}") from error
    return ["" if source.startswith("%%") else _python(source) for source in sources]


def _python(source: str) -> str:
    lines = source.splitlines()
    return "\n".join("" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines)


def _defines(node: ast.stmt) -> bool:
    return isinstance(node, (*DEFINITIONS, *IMPORTS))


def _names(node: ast.AST, context: Any = (ast.Load, ast.Store)) -> set[str]:
    return {
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, context)
    }
