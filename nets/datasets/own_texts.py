"""A user's own text, and texts with labels: plain files, tables and folders."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nets.datasets.class_labels import numbered_classes
from nets.datasets.data_paths import existing
from nets.datasets.own_file import check_parts, split
from nets.datasets.table import RESAVE, Table
from nets.datasets.table_header import LABEL_NAMES, label_column, refuse_bad_names
from nets.datasets.text_dataset import Texts

TEXT_NAMES = ("text", "sentence", "review", "comment", "document", "name", "x")
LARGEST = 1 << 30  # bytes of an unpacked text


@dataclass
class Part:
    """Texts with their labels as they are written, and where each of them is."""

    texts: Sequence[str]
    labels: Sequence[str]
    places: Sequence[str]


def text_file(path: str | os.PathLike[str]) -> str:
    """The text of a plain file, in UTF-8; it may be compressed by gzip and end in ``.gz``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is empty, not in UTF-8, damaged, or larger than 1 GiB unpacked.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "short.txt")
    ...     _ = path.write_text("In the beginning")
    ...     text_file(path)
    'In the beginning'
    """
    path = existing(path, "text_file")
    try:
        content = _unpacked(path) if path.suffix.lower() == ".gz" else path.read_bytes()
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{path}: cannot be read as text in UTF-8: line {line} has the byte "
            f"{content[error.start]:#x}; {RESAVE}"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(
            f"{path}: cannot be read as text in UTF-8: line {line} has a NUL character; {RESAVE}"
        )
    if not text.strip():
        raise ValueError(f"{path}: the file is empty; expected a text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
    except (EOFError, OSError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ValueError(
            f"{path}: cannot be read as text in UTF-8: it is damaged or not a gzip file ({error}); "
            "fetch it again, or name it .txt if it is not packed"
        ) from None
    if len(content) > LARGEST:
        raise ValueError(f"{path}: unpacked, it has more than {LARGEST:,} bytes; cut it into parts")
    return content


def labelled_text(path: str | os.PathLike[str]) -> Texts:
    """Texts and their classes from a table, or from a folder with a folder for each class.

    A table, ``.csv`` or ``.tsv``, has one text a line: the text in the column named text,
    sentence, review, comment, document, name or x, and the class in that named label, labels,
    class, target, species or y; a table of two columns without names has the text first. In a
    ``.tsv``, quotes are text. In a folder, each ``.txt`` file is a text, and its class is the name
    of the folder that it lies in; folders called train and test hold the two parts. Where there is
    no test part, a fifth of the texts, drawn with the seed 0, becomes it.

    Parameters
    ----------
    path : str or path-like
        The table or the folder.

    Raises
    ------
    FileNotFoundError
        If there is nothing of that name.
    ValueError
        If it cannot be read, or anything in it may be a mistake: lines with more or fewer cells
        than the first, empty texts, labels that are missing, occur once or differ in their
        writing only. The message says where, and what to do.

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
    path = existing(path, "labelled_text", (".csv", ".tsv"), folder=True)
    if path.is_dir():
        parts, column = _read_folder(path), "the names of the folders"
    else:
        part, column = read_text_table(path)
        parts = [part]
    texts = [text for part in parts for text in part.texts]
    places = [place for part in parts for place in part.places]
    classes, y = numbered_classes(
        [label for part in parts for label in part.labels], lambda index: places[index]
    )
    n = len(parts[0].texts)
    if len(parts) == 1:
        train, test = split(path, y)
    else:
        check_parts(y, n, classes, lambda index: places[index])
        train, test = np.arange(n), np.arange(n, len(y))
    return Texts(
        path.stem,
        tuple(texts[i] for i in train),
        y[train],
        tuple(texts[i] for i in test),
        y[test],
        classes,
        column,
    )


def read_text_table(path: Path) -> tuple[Part, str]:
    """The texts and labels of a table, and which column holds the labels."""
    table = Table(path)
    text, label, named = _columns(table)
    column = f"column {label + 1}" + (f" ({table.first.cells[label].strip()!r})" if named else "")
    texts, labels, places = [], [], []
    for row in table:
        if named and row.line == table.first.line:
            continue
        if not row.cells[text].strip():
            raise ValueError(
                f"{table.cell(row, text)}: expected a text, got an empty cell; fill it in, or "
                "delete the line"
            )
        texts.append(row.cells[text])
        labels.append(row.cells[label])
        places.append(f"{path}, line {row.line}, {column}")
    if not texts:
        raise ValueError(f"{path}: expected texts below the names in line 1, got none")
    return Part(texts, labels, places), column


def _columns(table: Table) -> tuple[int, int, bool]:
    """The columns of the texts and of the labels, and whether the first line names them."""
    cells = [cell.strip() for cell in table.first.cells]
    text, label = label_column(cells, TEXT_NAMES), label_column(cells, LABEL_NAMES)
    if len(cells) == 2 and _is_data(table, text, label):
        return 0, 1, False
    if len(cells) == 2:  # one of them tells the other
        text = 1 - label if text is None and label is not None else text
        label = 1 - text if label is None and text is not None else label
    if text is None or label is None:
        raise ValueError(
            f"{table.path}, line {table.first.line}: expected names, with a column called text "
            f"and one called label, got {', '.join(cells)[:80]}; add a line of names"
        )
    refuse_bad_names(table, cells)
    return text, label, True


def _is_data(table: Table, text: int | None, label: int | None) -> bool:
    """Whether the first line has no names: a class may be called y, and a text be "name"."""
    if text is None and label is None:
        return True
    if text is not None and label is not None:
        return False
    rows = iter(table)
    next(rows)
    return any(row.cells[1].strip() == table.first.cells[1].strip() for row in rows)


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
    return Part(
        [text_file(file) for file in files],
        [file.parent.name for file in files],
        [str(file) for file in files],
    )
