"""Whether the first line of a table names its columns, and which column holds the labels."""

from __future__ import annotations

import re

from nets.datasets.table import CALLED, Table
from nets.datasets.table_cells import is_number

LABEL_NAMES = ("label", "labels", "class", "target", "species", "y")
COUNTERS = ("id", "index", "no", "nr", "row")


def header(table: Table) -> tuple[bool, int]:
    """Whether the first line has names, and which column holds the labels.

    Raises
    ------
    ValueError
        If the first line is neither names nor numbers and a label, two columns have one name,
        one has none, or one just counts the rows.
    """
    cells = [cell.strip() for cell in table.first.cells]
    _refuse_what_pandas_adds(table, cells)
    named = label_column(cells)
    label = len(cells) - 1 if named is None else named
    others = [column for column in range(len(cells)) if column != label]
    words = [column for column in others if not is_number(cells[column])]
    if words == others:
        _refuse_repeated(table)
    if is_data(table, label):
        # A class may be called y: then this line is an example, and its label the last cell.
        return False, label if words else len(cells) - 1
    if words and words != others and named is None:
        raise ValueError(
            f"{table.cell(table.first, words[0])}: expected a line of numbers and a label, or one "
            f"of names, got {cells[words[0]]!r} among numbers; correct the cell, or call the "
            "column of the labels 'label' if these are names"
        )
    if words:
        refuse_bad_names(table, cells)
        _refuse_counter(table, cells, label)
    # Without words it may still be 0,1,label: what pandas writes for columns without names.
    return bool(words) or named is not None, label


def label_column(cells: list[str], names: tuple[str, ...] = LABEL_NAMES) -> int | None:
    """The position of the first of some names among cells."""
    lower = [cell.strip().lower() for cell in cells]
    return next((lower.index(name) for name in names if name in lower), None)


def refuse_bad_names(table: Table, cells: list[str]) -> None:
    """Raise if two columns have the same name, or one has none."""
    for column, name in enumerate(cells):
        if not name or re.fullmatch(r"Unnamed: \d+", name):
            raise ValueError(
                f"{table.cell(table.first, column)}: expected a name, got {name or 'an empty cell'}"
                "; delete the column if it numbers the rows (in pandas: index=False) or is empty, "
                "or give it a name"
            )
    lower = [name.lower() for name in cells]
    for column, name in enumerate(lower):
        if (first := lower.index(name)) < column:
            raise ValueError(
                f"{table.path}, line {table.first.line}: columns {first + 1} and {column + 1} are "
                f"both called {cells[column]!r}; rename or delete one of them"
            )


def is_data(table: Table, column: int) -> bool:
    """Whether the first cell of a column occurs again, so that it is a class and not a name."""
    first = table.first.cells[column].strip()
    return any(row.cells[column].strip() == first for row in table.examples(named=True))


def _refuse_what_pandas_adds(table: Table, cells: list[str]) -> None:
    """Raise if the first line numbers the columns, or the last column is empty in all lines.

    0,1,2 is what pandas writes for columns without names, and could be an example too.
    """
    if cells == [str(column) for column in range(len(cells))]:
        raise ValueError(
            f"{table.path}, line {table.first.line}: expected an example or names, got the "
            f"numbers of the columns, {','.join(cells[:4])}{',...' * (len(cells) > 4)}; delete "
            "the line (in pandas: header=False), or put 'label' in place of the last number; if "
            "it is an example, put a line of names above it"
        )
    if not cells[-1] and not any(row.cells[-1].strip() for row in table):
        raise ValueError(
            f"{table.cell(table.first, len(cells) - 1)}: the last column is empty in all lines; "
            f"delete the {CALLED[table.delimiter]} at the ends of the lines"
        )


def _refuse_repeated(table: Table) -> None:
    for row in table.examples(named=True):
        if row.cells == table.first.cells:
            raise ValueError(
                f"{table.path}, line {row.line}: the names of line {table.first.line} come again; "
                "delete this line"
            )


def _refuse_counter(table: Table, cells: list[str], label: int) -> None:
    """A column that counts the rows tells a net their order, which is often that of classes."""
    for column, name in enumerate(cells):
        if column == label or name.lower() not in COUNTERS:
            continue
        found = [row.cells[column].strip() for row in table.examples(named=True)]
        if any(found == [str(n + start) for n in range(len(found))] for start in (0, 1)):
            raise ValueError(
                f"{table.cell(table.first, column)}: the column {name!r} numbers the rows, which "
                "tells nothing about a new example; delete it (in pandas: index=False)"
            )
