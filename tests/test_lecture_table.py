"""What the table of the lectures names exists: every file, class, function and test."""

import ast
import re
from pathlib import Path

import pytest

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


def defined(path):
    """The classes and functions of a file, and the methods of its classes."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            yield node.name
        for inner in getattr(node, "body", ()) if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, ast.FunctionDef):
                yield f"{node.name}.{inner.name}"


def test_the_table_has_rows_of_every_lecture():
    assert len(LECTURES) == 5
    assert [lecture for lecture in LECTURES if lecture not in {row[0] for row in ROWS}] == []
    assert {len(row) for row in ROWS} == {4}
    assert len({tuple(row[:2]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}: {row[1][:40]}" for row in ROWS])
def test_what_a_row_names_exists(row):
    lecture, _, places, tests = row
    assert lecture in LECTURES
    assert links(places)
    assert links(tests)
    for name, target in (*links(places), *links(tests)):
        path = NOTEBOOKS / target
        assert path.exists(), f"there is no file {target}"
        if not name.endswith(".py"):
            assert name in defined(path), f"there is no {name} in {target}"
    assert all(name.startswith("test_") for name, _ in links(tests))


def test_the_pictures_of_the_page_exist():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", PAGE)
    assert len(pictures) == 2
    assert [picture for picture in pictures if not (NOTEBOOKS / picture).exists()] == []
