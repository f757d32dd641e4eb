"""Numbers in the cells of a table, and what is wrong with a cell that holds none."""

from __future__ import annotations

import math
import re
import unicodedata

from nets.datasets.table import Row, Table

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
MISSING = ("", "nan", "na", "n/a", "null", "none", "?", "-", "inf", "-inf", "+inf", "infinity")


def is_number(cell: str) -> bool:
    """Whether a cell is a finite number, written as programs write it: not 1_000, not nan."""
    return (
        cell.isascii() and bool(NUMBER.fullmatch(cell.strip(" \t"))) and math.isfinite(float(cell))
    )


def row_numbers(table: Table, row: Row, columns: list[int]) -> list[float]:
    """The numbers in some of the cells of a row.

    Raises
    ------
    ValueError
        If one is not a finite number: where it is, and what to do.
    """
    cells = [row.cells[column] for column in columns]
    try:
        values = [float(cell) for cell in cells]
        text = "".join(cells)
        # float() takes more than numbers: nan, 1_000 and the digits of other scripts.
        if "_" not in text and text.isascii() and all(map(math.isfinite, values)):
            return values
    except ValueError:
        pass
    column = next(column for column in columns if not is_number(row.cells[column]))
    if not any(cell.strip() for cell in row.cells):
        raise ValueError(
            f"{table.path}, line {row.line}: expected numbers and a label, got a line of empty "
            "cells; delete it"
        )
    cell = row.cells[column]
    raise ValueError(
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
