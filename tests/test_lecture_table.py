"""What the table of the lectures names exists: every file, class, function and test."""

import ast
import re
from functools import cache
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PAGE = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and line.count(" | ") == 3 and not line.startswith("| lecture ")
]
LECTURES = re.findall(r"^- \*\*(.+?)\*\*", PAGE, re.MULTILINE)


def links(cell):
    """The names and files of a cell, which holds nothing else."""
    found = re.findall(r"\[`([^`]+)`\]\(([^)]+)\)", cell)
    assert ", ".join(f"[`{name}`]({path})" for name, path in found) == cell
    return found


@cache
def defined(path):
    """The classes and functions of a file, and the methods of its classes."""
    top = ast.parse(path.read_text(encoding="utf-8")).body
    kinds = (ast.ClassDef, ast.FunctionDef)
    methods = {
        f"{node.name}.{inner.name}"
        for node in top
        if isinstance(node, ast.ClassDef)
        for inner in node.body
        if isinstance(inner, ast.FunctionDef)
    }
    return methods | {node.name for node in top if isinstance(node, kinds)}


def test_the_table_has_rows_of_every_lecture():
    assert len(LECTURES) == 5
    assert [lecture for lecture in LECTURES if lecture not in {row[0] for row in ROWS}] == []
    assert {len(row) for row in ROWS} == {4}
    assert len({tuple(row[:2]) for row in ROWS}) == len(ROWS)


def test_what_the_rows_name_exists():
    missing = []
    for lecture, _, places, tests in ROWS:
        assert lecture in LECTURES
        assert links(places)
        assert links(tests)
        assert all(name.startswith("test_") for name, _ in links(tests))
        for name, target in (*links(places), *links(tests)):
            path = NOTEBOOKS / target
            if not path.exists() or not (name.endswith(".py") or name in defined(path)):
                missing.append(f"{lecture}: {name} in {target}")
    assert missing == []


def test_the_pictures_of_the_page_exist():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAGE)
    assert len(pictures) == 2
    assert [picture for picture in pictures if not (NOTEBOOKS / picture).exists()] == []
