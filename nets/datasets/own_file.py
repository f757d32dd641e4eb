"""Data sets from a user's own file: NumPy archives and tables."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from layers.core.params import Array
from nets.datasets.archive_examples import archive_parts, check_size
from nets.datasets.data_paths import existing
from nets.datasets.dataset import Dataset
from nets.datasets.splits import Part, train_and_test
from nets.datasets.table import CALLED, Table
from nets.datasets.table_cells import row_numbers
from nets.datasets.table_header import header

ENDINGS = (".npz", ".csv", ".tsv")


def from_file(path: str | os.PathLike[str]) -> Dataset:
    """A data set from a ``.npz`` archive, or from a table, ``.csv`` or ``.tsv``.

    An archive holds ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_test`` and ``y_test``. A
    table has one example a line: numbers, and the class in the column named label, labels, class,
    target, species or y, else in the last one; a first line of names is optional. Classes may be
    numbers or words. Where the file has no test part, a fifth of the examples, drawn with the seed
    0, becomes it.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    Dataset
        The examples as they are, not scaled, as rows of floats (float64, C-contiguous). Classes
        that are numbers are in the order of numbers.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or anything in it may be a mistake: a cell that is not a number, a label
        that is missing or occurs once, labels that differ in their writing only, measurements in
        place of labels. The message has the place and the remedy.

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
    path = existing(path, "from_file", ENDINGS)
    parts = archive_parts(path) if path.suffix.lower() == ".npz" else [_table_part(path)]
    classes, y, train, test = train_and_test(path, parts)
    x = np.concatenate([rows(part.x) for part in parts])
    shape = parts[0].x.shape[1:]
    return Dataset(
        path.stem,
        x[train],
        y[train],
        x[test],
        y[test],
        shape if len(shape) == 2 else None,
        classes,
        parts[0].columns,
        parts[0].label_column,
    )


def rows(x: Array) -> Array:
    """Examples as rows of float64."""
    return np.ascontiguousarray(x.reshape(len(x), -1), np.float64)


def _table_part(path: Path) -> Part:
    table = Table(path)
    head = header(table)
    columns = [column for column in range(table.width) if column != head.label]
    x, labels, lines = [], [], []
    for row in table.examples(head.names is not None):
        x.append(np.array(row_numbers(table, row, columns)))
        labels.append(row.cells[head.label])
        lines.append(row.line)
    if not x:
        raise ValueError(f"{path}: expected examples below the names in line 1, got none")
    if all(";" in label for label in labels):
        raise ValueError(
            f"{path}, line {lines[0]}: expected cells separated by {CALLED[table.delimiter]}, "
            f"got semicolons, as in {labels[0]!r}; save the file with "
            f"{CALLED[table.delimiter]} between the cells and with decimal points"
        )
    array = np.stack(x)
    check_size(array, lambda index: f"{path}, line {lines[index]}")
    return Part(
        array,
        labels,
        lambda index: f"{path}, line {lines[index]}, {head.label_column}",
        tuple(head.names[column] for column in columns) if head.names else None,
        head.label_column,
    )
