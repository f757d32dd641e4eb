"""New examples to predict, with or without labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nets.datasets.archive_examples import archive_arrays, examples, labels
from nets.datasets.data_paths import existing
from nets.datasets.own_file import rows
from nets.datasets.own_texts import TEXT_NAMES, text_cell
from nets.datasets.table import Row, Table
from nets.datasets.table_cells import is_number, row_numbers
from nets.datasets.table_header import LABEL_NAMES, label_column
from nets.datasets.text_file import text_file


@dataclass
class Examples:
    """Rows of numbers or texts, their labels, if there are any, and the place of each example."""

    x: Any
    labels: Sequence[str] | None
    place: Callable[[int], str]


def read_examples(path: Path, width: int, columns: Sequence[str] | None) -> Examples:
    """Examples of `width` numbers from a ``.npz`` archive with x, or a ``.csv`` or ``.tsv`` table.

    Columns are found by their names, if the first line has names and `columns` is given. One more
    column, or the array y, may hold labels.
    """
    path = existing(path, "predict", (".npz", ".csv", ".tsv"))
    if path.suffix.lower() == ".npz":
        return _from_archive(path, width)
    table = Table(path, fewest=1)
    places, label, named = _number_columns(table, width, columns)
    found = _examples(table, label, named, lambda row: np.array(row_numbers(table, row, places)))
    found.x = np.stack(found.x)
    return found


def read_texts(path: Path) -> Examples:
    """Texts from a table, ``.csv`` or ``.tsv``, or from a ``.txt`` file with one text a line."""
    path = existing(path, "predict", (".csv", ".tsv", ".txt"))
    if path.suffix.lower() == ".txt":
        numbered = [(n, t) for n, t in enumerate(text_file(path).split("\n"), 1) if t.strip()]
        return Examples([t for _, t in numbered], None, lambda i: f"{path}, line {numbered[i][0]}")
    table = Table(path, fewest=1)
    text, label, named = _text_columns(table)
    return _examples(table, label, named, lambda row: text_cell(table, row, text))


def _from_archive(path: Path, width: int) -> Examples:
    found = archive_arrays(path)
    x_name, y_name = ("x_test", "y_test") if "x_test" in found else ("x", "y")
    if x_name not in found:
        raise ValueError(f"{path}: expected an array named x, got {', '.join(found)}")
    x, y = found[x_name], found.get(y_name)
    if (got := rows(examples(path, x, x_name)).shape[1]) != width:
        raise ValueError(f"{path}: expected {width} numbers in each example, got {got}")
    written = None if y is None else labels(path, x, y, y_name)
    return Examples(rows(x), written, lambda index: f"{path}, {x_name}[{index}]")


def _examples(table: Table, label: int | None, named: bool, read: Callable[[Row], Any]) -> Examples:
    found = list(table.examples(named))
    if not found:
        raise ValueError(f"{table.path}: expected examples below the names, got none")
    written = None if label is None else [row.cells[label] for row in found]
    if written is not None and not any(text.strip() for text in written):
        written = None  # a column to be filled in
    return Examples(
        [read(row) for row in found],
        written,
        lambda index: f"{table.path}, line {found[index].line}",
    )


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
    if text is not None:
        label = 1 - text if label is None and len(cells) == 2 else label
        return text, label, True
    if len(cells) == 2 and label is not None:
        return 1 - label, label, True
    if len(cells) <= 2:
        return 0, 1 if len(cells) == 2 else None, False
    raise ValueError(
        f"{table.path}, line {table.first.line}: expected names with a column called text, got "
        f"{', '.join(cells)[:80]}; add a line of names"
    )
