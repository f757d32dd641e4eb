"""Examples of a user's file with their labels as they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nets.datasets.table import Row, Table


@dataclass
class Part:
    """Rows of numbers, or texts, and their labels, if there are any.

    `place` returns where the label of an example is: the file, and the line or entry. `columns`
    are the names of the numbers, `label_column` is where the labels are, in words, and `shape` is
    that of an example in the file.
    """

    x: Any
    labels: Sequence[str] | None
    place: Callable[[int], str]
    label_column: str
    columns: tuple[str, ...] | None = None
    shape: tuple[int, ...] = ()


def table_part(
    table: Table,
    named: bool,
    label: int | None,
    columns: Sequence[int],
    read: Callable[[Row], Any],
) -> Part:
    """The examples of a table: what `read` makes of each row.

    `named` tells whether the first line holds names, `label` is the column of the labels, and
    `columns` are those that `read` uses.
    """
    x, labels, lines = [], [], []
    for row in table.examples(named):
        x.append(read(row))
        labels.append("" if label is None else row.cells[label])
        lines.append(row.line)
    if not x:
        raise ValueError(
            f"{table.path}: expected examples below the names in line {table.first.line}, got none"
        )
    names = [cell.strip() for cell in table.first.cells] if named else None
    where = "" if label is None else f"column {label + 1}"
    if names and label is not None:
        where += f" ({names[label]!r})"
    return Part(
        x,
        labels,
        lambda index: f"{table.path}, line {lines[index]}, {where}",
        where,
        tuple(names[column] for column in columns) if names else None,
    )
