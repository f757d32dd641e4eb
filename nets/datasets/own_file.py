"""Data sets from a user's own file: NumPy archives and tables."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from layers.core.params import Array
from nets.datasets.archive import read_archive
from nets.datasets.class_labels import numbered_classes
from nets.datasets.data_paths import existing
from nets.datasets.dataset import Dataset
from nets.datasets.splits import hold_out
from nets.datasets.table import CALLED, Table
from nets.datasets.table_cells import row_numbers
from nets.datasets.table_header import header

LARGEST = 1e30  # whose square float64 holds with room to spare
FEWEST = 10  # examples
PARTS = ("x_train", "y_train", "x_test", "y_test")
ENDINGS = (".npz", ".csv", ".tsv")


@dataclass
class Part:
    """Examples with their labels as they are written, and where each label is."""

    x: Array
    labels: Sequence[str]
    place: Callable[[int], str]
    columns: tuple[str, ...] | None = None
    label_column: str = ""


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
        place of labels. The message says where, and what to do.

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
    parts = _archive_parts(path) if path.suffix.lower() == ".npz" else [_table_part(path)]
    labels = [label for part in parts for label in part.labels]
    one = parts[0]
    n = len(one.labels)

    def place(index: int) -> str:
        return one.place(index) if index < n else parts[1].place(index - n)

    classes, y = numbered_classes(labels, place)
    if len(parts) == 1:
        train, test = split(path, y)
        arrays = one.x[train], y[train], one.x[test], y[test]
    else:
        check_parts(y, n, classes, place)
        arrays = one.x, y[:n], parts[1].x, y[n:]
    x_train, y_train, x_test, y_test = arrays
    image_shape = x_train.shape[1:] if x_train.ndim == 3 else None
    return Dataset(
        path.stem,
        rows(x_train),
        np.array(y_train),
        rows(x_test),
        np.array(y_test),
        image_shape,
        classes,
        one.columns,
        one.label_column,
    )


def split(path: Path, y: Array) -> tuple[Array, Array]:
    """The numbers of the examples to train on and to test on, a fifth, drawn with the seed 0."""
    if len(y) < FEWEST:
        raise ValueError(f"{path}: expected at least {FEWEST} examples, got {len(y)}")
    return hold_out(y, len(y) // 5)


def check_parts(y: Array, n: int, classes: tuple[str, ...], place: Callable[[int], str]) -> None:
    """Raise if the test part, all after the first n, has a class that the training part lacks."""
    lacking = ~np.isin(y[n:], y[:n])
    if lacking.any():
        index = n + int(lacking.argmax())
        raise ValueError(
            f"{place(index)}: the class {classes[y[index]]!r} is in the test part only, so that "
            "it cannot be learned; add examples of it to the training part"
        )


def rows(x: Array) -> Array:
    """Examples as rows of float64."""
    return np.ascontiguousarray(x.reshape(len(x), -1), np.float64)


def _table_part(path: Path) -> Part:
    table = Table(path)
    head = header(table)
    columns = [column for column in range(table.width) if column != head.label]
    x, labels, lines = [], [], []
    for row in table:
        if head.names and row.line == table.first.line:
            continue
        x.append(np.array(row_numbers(table, row, columns)))
        labels.append(row.cells[head.label])
        lines.append(row)
    if not x:
        raise ValueError(f"{path}: expected examples below the names in line 1, got none")
    if all(";" in label for label in labels):
        raise ValueError(
            f"{path}, line {lines[0].line}: expected cells separated by {CALLED[table.delimiter]}, "
            f"got semicolons, as in {labels[0]!r}; save the file with "
            f"{CALLED[table.delimiter]} between the cells and with decimal points"
        )
    where = [row.line for row in lines]

    def place(index: int) -> str:
        return f"{path}, line {where[index]}, {head.label_column}"

    array = np.stack(x)
    _check_size(array, lambda i: f"{path}, line {where[i]}")
    names = tuple(head.names[column] for column in columns) if head.names else None
    return Part(array, labels, place, names, head.label_column)


def _archive_parts(path: Path) -> list[Part]:
    found = archive_arrays(path)
    names = PARTS if {"x_train", "x_test", "y_train", "y_test"} & set(found) else ("x", "y")
    if missing := [name for name in names if name not in found]:
        raise ValueError(
            f"{path}: expected arrays named x and y, or {', '.join(PARTS)}; "
            f"got {', '.join(found) or 'none'}, so {missing[0]} is missing"
        )
    parts = [_pair(path, found, x, y) for x, y in zip(names[::2], names[1::2], strict=True)]
    shapes = [part.x.shape[1:] for part in parts]
    if len(set(shapes)) > 1:
        raise ValueError(
            f"{path}: expected examples of the same shape in both parts, got {shapes[0]} in "
            f"x_train and {shapes[1]} in x_test"
        )
    return parts


def archive_arrays(path: Path) -> dict[str, Array]:
    """The arrays of an archive by their names in lower case."""
    found: dict[str, Array] = {}
    for name, array in read_archive(path).items():
        if name.lower() in found:
            raise ValueError(f"{path}: two arrays are called {name.lower()}; delete one of them")
        found[name.lower()] = array
    return found


def _pair(path: Path, found: dict[str, Array], x_name: str, y_name: str) -> Part:
    x, y = found[x_name], found[y_name]
    check_examples(path, x, x_name)
    if y.shape != x.shape[:1]:
        remedy = "; pass y.argmax(axis=1) for one-hot rows, or y.ravel()" if y.ndim == 2 else ""
        raise ValueError(
            f"{path}: expected x of shape (N, ...) and one label for each example, "
            f"got shapes {x.shape} and {y.shape}{remedy}"
        )
    return Part(
        x,
        label_texts(path, y, y_name),
        lambda index: f"{path}, {y_name}[{index}]",
        label_column=f"the array {y_name}",
    )


def check_examples(path: Path, x: Array, name: str) -> None:
    """Raise unless an array holds examples: finite real numbers, at least one of each."""
    if x.ndim < 2 or not x.size:
        raise ValueError(
            f"{path}: expected {name} of shape (N, ...) with N of 1 or more examples, got {x.shape}"
        )
    if x.dtype.kind not in "fiub":
        raise ValueError(
            f"{path}: expected {name} to hold finite real numbers, got dtype {x.dtype}; "
            "save x.astype(float)"
        )
    finite = np.isfinite(x)
    if not finite.all():
        at = tuple(int(i) for i in np.unravel_index(int(finite.argmin()), x.shape))
        raise ValueError(
            f"{path}: expected {name} to hold finite real numbers, got {x[at]} at {at}; "
            "fill it in, or delete the example"
        )
    _check_size(x.reshape(len(x), -1), lambda i: f"{path}, {name}[{i}]")


def label_texts(path: Path, y: Array, name: str) -> list[str]:
    """Labels as they would be written."""
    if y.dtype.kind == "S":
        y = np.char.decode(y, "utf-8", "replace")
    if y.dtype.kind not in "biufU":
        raise ValueError(
            f"{path}: expected {name} to hold labels, numbers or text, got dtype {y.dtype}"
        )
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        at = int(np.isfinite(y).argmin())
        raise ValueError(
            f"{path}, {name}[{at}]: expected a label, got {y[at]}; fill it in, or "
            "delete the example"
        )
    return [str(label) for label in y.tolist()]


def _check_size(x: Array, place: Callable[[int], str]) -> None:
    largest = np.maximum(x.max(axis=1), -x.min(axis=1).astype(np.float64))
    if largest.max() > LARGEST:
        index = int(largest.argmax())
        raise ValueError(
            f"{place(index)}: expected numbers up to {LARGEST:g}, got {largest[index]:g}; "
            "delete the example, or write the column in another unit"
        )
