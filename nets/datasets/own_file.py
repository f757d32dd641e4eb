"""Data sets from a user's own file: NumPy archives and tables."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from nets.datasets.archive_examples import archive_parts
from nets.datasets.data_paths import existing
from nets.datasets.dataset import Dataset
from nets.datasets.part import Part, table_part
from nets.datasets.splits import train_and_test
from nets.datasets.table import CALLED, Table
from nets.datasets.table_cells import row_numbers
from nets.datasets.table_header import header


def from_file(path: str | os.PathLike[str]) -> Dataset:
    """Load a data set from a ``.npz`` archive, or from a table, ``.csv`` or ``.tsv``.

    An archive holds ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_test`` and ``y_test``. A
    table has one example a line: numbers, and the class in the column named label, labels, class,
    target, species or y, else in the last one; a first line of names is optional. Classes may be
    numbers or words. If the file has no test part, a fifth of the examples is drawn for it, with
    seed 0.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    Dataset
        The examples, not scaled, as rows of floats (float64, C-contiguous). Classes that are
        numbers are in numerical order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or anything in it may be a mistake: a cell that is not a number, a label
        that is missing or occurs once, labels that differ only in spelling, measurements in place
        of labels. The message says where it is and how to fix it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "fruit.csv")
    ...     lines = ["weight,length,label", *["120,7,apple", "118,19,banana"] * 5]
    ...     _ = path.write_text(chr(10).join(lines))
    ...     from_file(path)
    fruit: 8 training and 2 test examples of 2 values, 2 classes
    """
    path = existing(path, "from_file", (".npz", ".csv", ".tsv"))
    parts = archive_parts(path) if path.suffix.lower() == ".npz" else [_table_part(path)]
    classes, y, train, test = train_and_test(path, parts)
    x, first = np.concatenate([part.x for part in parts]), parts[0]
    return Dataset(
        path.stem,
        x[train],
        y[train],
        x[test],
        y[test],
        first.shape if len(first.shape) == 2 else None,
        classes,
        first.columns,
        first.label_column,
    )


def _table_part(path: Path) -> Part:
    table = Table(path)
    named, label = header(table)
    columns = [column for column in range(table.width) if column != label]
    part = table_part(table, named, label, columns, lambda row: row_numbers(table, row, columns))
    if part.labels and all(";" in text for text in part.labels):
        called = CALLED[table.delimiter]
        raise ValueError(
            f"{path}, line {table.first.line}: expected cells separated by {called}, got "
            f"semicolons, as in {part.labels[0]!r}; save the file with {called} between the cells "
            "and with decimal points"
        )
    part.x = np.stack(part.x)
    return part
