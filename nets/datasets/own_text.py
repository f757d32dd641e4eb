"""A user's own text, and texts with labels: plain files, tables and folders."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np

from layers.params import Array
from nets.datasets.own import LABEL_NAMES, split
from nets.datasets.texts import Texts

TEXT_NAMES = ("text", "sentence", "review", "comment", "document", "name", "x")
Part = tuple[list[str], list[str]]  # texts and labels


def text_file(path: str | os.PathLike[str]) -> str:
    """The text of a plain file, in UTF-8; it may be compressed by gzip and end in ``.gz``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is empty, or no text in UTF-8.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "short.txt")
    ...     _ = path.write_text("In the beginning")
    ...     text_file(path)
    'In the beginning'
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode("utf-8-sig")
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: cannot be read as text in UTF-8: {error}") from None
    if not text.strip():
        raise ValueError(f"{path}: the file is empty; expected a text")
    return text.replace("\r\n", "\n")


def labelled_text(path: str | os.PathLike[str]) -> Texts:
    """Texts and their classes from a table, or from a folder with a folder for each class.

    A table, ``.csv`` or ``.tsv``, has one text a line: the text in the column named text,
    sentence, review, comment, document, name or x, and the class in that named label, class,
    target, species or y; a table of two columns without names has the text first. In a folder,
    each ``.txt`` file is a text, and its class is the name of the folder that it lies in; folders
    called train and test hold the two parts. Where there is no test part, a fifth of the texts,
    drawn with the seed 0, becomes it.

    Parameters
    ----------
    path : str or path-like
        The table or the folder.

    Raises
    ------
    FileNotFoundError
        If there is nothing of that name.
    ValueError
        If it cannot be read, has ragged lines or empty texts, or fewer than two classes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "reviews.csv")
    ...     lines = ["text,label", *["well done,good", "a bore,bad"] * 5]
    ...     _ = path.write_text(chr(10).join(lines))
    ...     labelled_text(path)
    reviews: 8 training and 2 test texts, 2 classes
    """
    path = Path(path)
    if path.is_dir():
        parts = _read_folder(path)
    elif not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file or folder")
    elif path.suffix.lower() in (".csv", ".tsv"):
        parts = [_read_table(path)]
    else:
        raise ValueError(f"{path}: expected a folder, or a file that ends in .csv or .tsv")
    labels = [label for _, part in parts for label in part]
    classes, numbered = np.unique(labels, return_inverse=True)
    if not 2 <= len(classes) <= len(labels) / 2:
        raise ValueError(
            f"{path}: expected the labels to name classes, at least two and each more than once, "
            f"got {len(classes)} different ones of {len(labels)} texts"
        )
    texts = np.array([text for part, _ in parts for text in part], object)
    x_train, y_train, x_test, y_test = _parts(path, texts, numbered, [len(t) for t, _ in parts])
    return Texts(
        path.stem, tuple(x_train), y_train, tuple(x_test), y_test, tuple(map(str, classes))
    )


def _parts(path: Path, texts: Array, y: Array, sizes: list[int]) -> tuple[Array, ...]:
    if len(sizes) == 1:
        return split(path, texts, y)
    n = sizes[0]
    return texts[:n], y[:n], texts[n:], y[n:]


def _read_table(path: Path) -> Part:
    lines = _lines(path)
    if len(lines) < 2 or len(lines[0]) < 2:
        raise ValueError(f"{path}: expected lines of at least two cells, a text and its label")
    text, label, first = _columns(path, [cell.strip().lower() for cell in lines[0]])
    for number, line in enumerate(lines, 1):
        if len(line) != len(lines[0]):
            raise ValueError(
                f"{path}: expected {len(lines[0])} cells in each line, "
                f"got {len(line)} in line {number}"
            )
        if not line[text].strip():
            raise ValueError(f"{path}: expected a text in each line, got none in line {number}")
    return [line[text] for line in lines[first:]], [line[label].strip() for line in lines[first:]]


def _lines(path: Path) -> list[list[str]]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    with open(path, newline="", encoding="utf-8-sig") as file:
        try:
            return [line for line in csv.reader(file, delimiter=delimiter) if line]
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{path}: cannot be read as a table: {error}") from None


def _columns(path: Path, names: list[str]) -> tuple[int, int, int]:
    """The columns of the texts and of the labels, and the line from which on there are any."""
    text = next((names.index(name) for name in TEXT_NAMES if name in names), None)
    label = next((names.index(name) for name in LABEL_NAMES if name in names), None)
    if len(names) == 2 and text is None and label is None:
        return 0, 1, 0
    if len(names) == 2:  # one of them tells the other
        text = 1 - label if text is None and label is not None else text
        label = 1 - text if label is None and text is not None else label
    if text is None or label is None:
        raise ValueError(
            f"{path}: expected a first line of names with a column called text and one called "
            f"label, got {', '.join(names)}"
        )
    return text, label, 1


def _read_folder(path: Path) -> list[Part]:
    """The one part of a folder, or its two."""
    if all((path / part).is_dir() for part in ("train", "test")):
        return [_read_classes(path / "train"), _read_classes(path / "test")]
    return [_read_classes(path)]


def _read_classes(folder: Path) -> Part:
    files = sorted(folder.glob("*/*.txt"))
    if not files:
        raise ValueError(
            f"{folder}: expected a folder for each class, with a .txt file for each text in it"
        )
    return [text_file(file) for file in files], [file.parent.name for file in files]
