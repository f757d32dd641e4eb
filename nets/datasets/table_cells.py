"""Numbers in the cells of a table, and what is wrong with a cell that holds none."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable

import numpy as np

from layers.core.params import Array
from nets.datasets.table import Row, Table

LARGEST = 1e30  # its square is far from the largest float64
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
MISSING = ("", "nan", "na", "n/a", "null", "none", "?", "-", "inf", "-inf", "+inf", "infinity")


def is_number(cell: str) -> bool:
    """Whether a cell is a finite number, written as programs write it: not 1_000, not nan."""
    return (
        cell.isascii() and bool(NUMBER.fullmatch(cell.strip(" \t"))) and math.isfinite(float(cell))
    )


def row_numbers(table: Table, row: Row, columns: list[int]) -> Array:
    """The numbers in some of the cells of a row.

    Raises
    ------
    ValueError
        If one is not a finite number, or too large: where it is, and what to do.
    """
    cells = [row.cells[column] for column in columns]
    text = "".join(cells)
    try:
        values = np.array([float(cell) for cell in cells])
    except ValueError:
        values = np.array(np.nan)
    # float() takes more than numbers: nan, 1_000 and the digits of other scripts.
    if "_" in text or not text.isascii() or not np.isfinite(values).all():
        raise ValueError(_refusal(table, row, columns))
    check_size(values[None], lambda _: f"{table.path}, line {row.line}")
    return values


def check_size(x: Array, place: Callable[[int], str]) -> None:
    """Raise if a number in the rows is too large to compute with."""
    largest = np.abs(x).max(axis=1)
    if largest.max() > LARGEST:
        index = int(largest.argmax())
        raise ValueError(
            f"{place(index)}: expected numbers up to {LARGEST:g}, got {largest[index]:g}; "
            "delete the example, or write the column in another unit"
        )


def _refusal(table: Table, row: Row, columns: list[int]) -> str:
    if not any(cell.strip() for cell in row.cells):
        return (
            f"{table.path}, line {row.line}: expected numbers and a label, got a line of empty "
            "cells; delete it"
        )
    column = next(column for column in columns if not is_number(row.cells[column]))
    cell = row.cells[column]
    return (
        f"{table.cell(row, column)}: expected a number, got {cell[:40]!r}; {_remedy(cell.strip())}"
    )


def _remedy(cell: str) -> str:
    if cell.lower() in MISSING:
        return "fill it in, or delete the line"
    if NUMBER.fullmatch(cell):
        return "write the column in another unit, or delete blanks that are not plain ones"
    if ";" in cell:
        return "separate the cells with commas, not with semicolons"
    if "\t" in cell:
        return "separate the cells with commas, or name the file .tsv"
    if re.fullmatch(r"[+-]?\d{1,3}([,'_. \u00a0\u202f]\d{3})+([.,]\d+)?", cell):
        return "write it without thousands separators, and with a decimal point"
    if re.fullmatch(r"[+-]?\d*,\d+([eE][+-]?\d+)?", cell):
        return "write a decimal point in place of the comma"
    if "_" in cell and is_number(cell.replace("_", "")):
        return "write it without underscores"
    if cell[:1] in "\"'" and is_number(cell.strip("\"'")):
        return "write it without quotes"
    if not cell.isascii() and unicodedata.normalize("NFKC", cell).strip().isdecimal():
        return "write it in the digits 0 to 9, without special blanks"
    if re.fullmatch(r"[$€£]?\s*[\d.,]+\s*[%$€£]?", cell):
        return "write the number alone, without its unit"
    return "replace words by numbers, or delete the column"
