"""A user's own texts with labels: tables and folders."""

from __future__ import annotations

import os
from pathlib import Path

from nets.datasets.data_paths import existing
from nets.datasets.dataset import Texts
from nets.datasets.part import Part, table_part
from nets.datasets.splits import train_and_test
from nets.datasets.table import Row, Table
from nets.datasets.table_header import LABEL_NAMES, is_data, label_column, refuse_bad_names
from nets.datasets.text_file import text_file

TEXT_NAMES = ("text", "sentence", "review", "comment", "document", "name", "x")


def labelled_text(path: str | os.PathLike[str]) -> Texts:
    """Load texts and their classes from a table, or from a folder with a folder for each class.

    A table, ``.csv`` or ``.tsv``, has one text a line: the text in the column named text,
    sentence, review, comment, document, name or x, and the class in that named label, labels,
    class, target, species or y; a table of two columns without names has the text first. In a
    ``.tsv``, quotes are text. In a folder, each ``.txt`` file is a text, and its class is the name
    of its folder; folders called train and test hold the two parts. Where there is
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
        than the first, empty texts, labels that are missing, occur once or differ only in
        spelling. The message says where it is and how to fix it.

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
    parts = _folder_parts(path) if path.is_dir() else [_table_part(path)]
    classes, y, *indices = train_and_test(path, parts)
    texts = [text for part in parts for text in part.x]
    (x_train, y_train), (x_test, y_test) = (
        (tuple(texts[i] for i in part), y[part]) for part in indices
    )
    return Texts(path.stem, x_train, y_train, x_test, y_test, classes, parts[0].label_column)


def text_cell(table: Table, row: Row, column: int) -> str:
    """The text in a cell, which must not be empty."""
    if not row.cells[column].strip():
        raise ValueError(
            f"{table.cell(row, column)}: expected a text, got an empty cell; fill it in, or "
            "delete the line"
        )
    return row.cells[column]


def _table_part(path: Path) -> Part:
    table = Table(path)
    text, label, named = _columns(table)
    return table_part(table, named, label, [text], lambda row: text_cell(table, row, text))


def _columns(table: Table) -> tuple[int, int, bool]:
    """The columns of the texts and of the labels, and whether the first line names them."""
    cells = [cell.strip() for cell in table.first.cells]
    text, label = label_column(cells, TEXT_NAMES), label_column(cells, LABEL_NAMES)
    if len(cells) == 2:
        known = sum(column is not None for column in (text, label))
        # A class may be called y, and a text be "name".
        if not known or (known == 1 and is_data(table, 1)):
            return 0, 1, False
        text, label = other_of_two(text, label), other_of_two(label, text)
    if text is None or label is None:
        raise ValueError(
            f"{table.path}, line {table.first.line}: expected names, with a column called text "
            f"and one called label, got {', '.join(cells)[:80]}; add a line of names"
        )
    refuse_bad_names(table, cells)
    return text, label, True


def other_of_two(column: int | None, other: int | None) -> int | None:
    """A column of two: if it is not known, the one that is not the other."""
    return 1 - other if column is None and other is not None else column


def _folder_parts(path: Path) -> list[Part]:
    """The one part of a folder, or its two."""
    if all((path / part).is_dir() for part in ("train", "test")):
        return [_folder_part(path / "train"), _folder_part(path / "test")]
    return [_folder_part(path)]


def _folder_part(folder: Path) -> Part:
    files = sorted(folder.glob("*/*.txt"))
    if not files:
        raise ValueError(
            f"{folder}: expected a folder for each class, with a .txt file for each text in it"
        )
    return Part(
        [text_file(file) for file in files],
        [file.parent.name for file in files],
        lambda index: str(files[index]),
        label_column="the names of the folders",
    )
