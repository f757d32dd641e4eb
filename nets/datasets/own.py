"""Data sets from a user's own file: NumPy archives and tables."""

from __future__ import annotations

import csv
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from layers.params import Array
from nets.datasets.dataset import Dataset

LABEL_NAMES = ("label", "labels", "class", "target", "species", "y")
LARGEST = 1e30  # whose square float64 holds with room to spare
PARTS = ("x_train", "y_train", "x_test", "y_test")


def from_file(path: str | os.PathLike[str]) -> Dataset:
    """A data set from a ``.npz`` archive or a ``.csv`` table.

    An archive holds ``x`` and ``y``, or ``x_train``, ``y_train``, ``x_test`` and ``y_test``. A
    table has one example a line: numbers, and the class in the column named label, class, target,
    species or y, else in the last one; a first line of names is optional. Classes may be numbers
    or words. Where the file has no test part, a fifth of the examples, drawn with the seed 0,
    becomes it.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    Dataset
        The examples as they are, not scaled, as rows of floats.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it cannot be read, has ragged or empty cells, or fewer than two classes.

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
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    readers = {".npz": _read_npz, ".csv": _read_csv}
    if path.suffix.lower() not in readers:
        raise ValueError(f"{path}: expected a file that ends in .npz or .csv")
    arrays = readers[path.suffix.lower()](path)
    x_train, y_train, x_test, y_test = arrays if len(arrays) == 4 else split(path, *arrays)
    image_shape = x_train.shape[1:] if x_train.ndim == 3 else None
    classes, numbered = np.unique(np.concatenate([y_train, y_test]), return_inverse=True)
    if not 2 <= len(classes) <= len(y_train) / 2:
        raise ValueError(
            f"{path}: expected the labels to name classes, at least two and each more than once, "
            f"got {len(classes)} different values in {len(numbered)} examples"
        )
    return Dataset(
        path.stem,
        _rows(path, x_train),
        numbered[: len(y_train)],
        _rows(path, x_test),
        numbered[len(y_train) :],
        image_shape,
        tuple(str(name) for name in classes),
    )


def _read_npz(path: Path) -> list[Array]:
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            found = {name.lower(): archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: cannot be read as a NumPy archive: {error}") from None
    names = PARTS if "x_train" in found else ("x", "y")
    if missing := [name for name in names if name not in found]:
        raise ValueError(
            f"{path}: expected arrays named x and y, or {', '.join(PARTS)}; "
            f"got {', '.join(found) or 'none'}, so {missing[0]} is missing"
        )
    arrays = [found[name] for name in names]
    for x, y in zip(arrays[::2], arrays[1::2], strict=True):
        if x.ndim < 2 or y.shape != x.shape[:1]:
            raise ValueError(
                f"{path}: expected x of shape (N, ...) and one label for each example, "
                f"got shapes {x.shape} and {y.shape}"
            )
    return arrays


def _read_csv(path: Path) -> list[Array]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        try:
            lines = [line for line in csv.reader(file) if line]
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{path}: cannot be read as a table: {error}") from None
    if len(lines) < 2 or len(lines[0]) < 2:
        raise ValueError(f"{path}: expected lines of at least two cells, separated by commas")
    for number, line in enumerate(lines, 1):
        if len(line) != len(lines[0]):
            raise ValueError(
                f"{path}: expected {len(lines[0])} cells in each line, "
                f"got {len(line)} in line {number}"
            )
    names = [cell.strip().lower() for cell in lines[0]]
    column = next((names.index(name) for name in LABEL_NAMES if name in names), len(names) - 1)
    first = 1 if any(not _is_number(c) for i, c in enumerate(names) if i != column) else 0
    y = np.array([line[column].strip() for line in lines[first:]])
    rows = [line[:column] + line[column + 1 :] for line in lines[first:]]
    return [np.array([_numbers(path, i, row) for i, row in enumerate(rows, first + 1)]), y]


def _numbers(path: Path, line: int, cells: list[str]) -> list[float]:
    for cell in cells:
        if not _is_number(cell):
            raise ValueError(f"{path}: expected numbers in line {line}, got {cell!r}")
    return [float(cell) for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False


def split(path: Path, x: Array, y: Array) -> tuple[Array, Array, Array, Array]:
    """A training part and a test part, a fifth of the examples, drawn with the seed 0."""
    if len(x) < 10:
        raise ValueError(f"{path}: expected at least 10 examples, got {len(x)}")
    order = np.random.default_rng(0).permutation(len(x))
    test, train = np.split(order, [len(x) // 5])
    return x[train], y[train], x[test], y[test]


def _rows(path: Path, x: Any) -> Array:
    if x.dtype.kind not in "fiub" or not np.isfinite(x).all():
        raise ValueError(f"{path}: expected x to hold finite real numbers, got dtype {x.dtype}")
    rows: Array = x.reshape(len(x), -1).astype(np.float64)
    if np.abs(rows).max() > LARGEST:
        raise ValueError(f"{path}: expected numbers up to {LARGEST:g}, got {np.abs(rows).max():g}")
    return rows
