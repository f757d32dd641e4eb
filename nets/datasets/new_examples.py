"""New examples to predict, with or without labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nets.datasets.archive_examples import new_part
from nets.datasets.data_paths import existing
from nets.datasets.own_texts import TEXT_NAMES, other_of_two, text_cell
from nets.datasets.part import Part, table_part
from nets.datasets.table import Table
from nets.datasets.table_cells import is_number, row_numbers
from nets.datasets.table_header import LABEL_NAMES, label_column
from nets.datasets.text_file import text_file


def read_examples(path: Path, width: int, columns: Sequence[str] | None) -> Part:
    """Examples of `width` numbers from a ``.npz`` archive with x, or a ``.csv`` or ``.tsv`` table.

    Columns are found by their names, if the first line has names and `columns` is given. One more
    column, or the array y, may hold labels.
    """
    path = existing(path, "predict", (".npz", ".csv", ".tsv"))
    if path.suffix.lower() == ".npz":
        part = new_part(path)
        if (got := part.x.shape[1]) != width:
            raise ValueError(f"{path}: expected {width} numbers in each example, got {got}")
        return part
    table = Table(path, fewest=1)
    places, label, named = _number_columns(table, width, columns)
    part = _filled(table, named, label, places, lambda row: row_numbers(table, row, places))
    part.x = np.stack(part.x)
    return part


def read_texts(path: Path) -> Part:
    """Texts from a table, ``.csv`` or ``.tsv``, or from a ``.txt`` file with one text a line."""
    path = existing(path, "predict", (".csv", ".tsv", ".txt"))
    if path.suffix.lower() == ".txt":
        lines = [line for line in text_file(path).split("\n") if line.strip()]
        return Part(lines, None, str, "")
    table = Table(path, fewest=1)
    text, label, named = _text_columns(table)
    return _filled(table, named, label, [text], lambda row: text_cell(table, row, text))


def _filled(table: Table, *columns: Any) -> Part:
    """The examples of a table; without labels if their column is still to be filled in."""
    part = table_part(table, *columns)
    if not any(label.strip() for label in part.labels or ()):
        part.labels = None
    return part


def _number_columns(
    table: Table, width: int, columns: Sequence[str] | None
) -> tuple[list[int], int | None, bool]:
    """The columns of the numbers, that of the labels, and whether the first line has names."""
    cells = [cell.strip() for cell in table.first.cells]
    where = f"{table.path}, line {table.first.line}"
    if not width <= len(cells) <= width + 1:
        raise ValueError(
            f"{where}: expected {width} numbers in each line, and perhaps a label, got "
            f"{len(cells)} cells"
        )
    named = label_column(cells)
    if columns is not None and set(columns) <= set(cells):
        places = [cells.index(name) for name in columns]
        rest = [column for column in range(len(cells)) if column not in places]
        return places, rest[0] if rest else None, True
    words = sum(not is_number(cell) for cell in cells)
    if columns is not None and words > 1:
        missing = next(name for name in columns if name not in cells)
        raise ValueError(
            f"{where}: expected names with the columns that the net was trained on, got none "
            f"called {missing!r}; rename the column, or delete the names"
        )
    header = words > 1 or (words == 1 and (len(cells) == width or named is not None))
    label = None if len(cells) == width else named if header and named is not None else width
    return [column for column in range(len(cells)) if column != label], label, header


def _text_columns(table: Table) -> tuple[int, int | None, bool]:
    cells = table.first.cells
    text, label = label_column(cells, TEXT_NAMES), label_column(cells, LABEL_NAMES)
    if len(cells) == 2:
        text, label = other_of_two(text, label), other_of_two(label, text)
    if text is not None:
        return text, label, True
    if len(cells) <= 2:
        return 0, 1 if len(cells) == 2 else None, False
    raise ValueError(
        f"{table.path}, line {table.first.line}: expected names with a column called text, got "
        f"{', '.join(cells)[:80]}; add a line of names"
    )
