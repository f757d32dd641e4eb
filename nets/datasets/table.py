"""Tables in text files: lines of cells, each with the number of the line that it starts in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nets.datasets.data_paths import readable
from nets.datasets.text_file import decoded

PACKED = {
    b"\x1f\x8b": "a gzip file; unpack it first",
    b"PK\x03\x04": "a zip archive or an Excel workbook; save the sheet as CSV UTF-8",
}
DELIMITERS = {".csv": ",", ".tsv": "\t"}
CALLED = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars", " ": "blanks"}


class Row(NamedTuple):
    """The cells of a row, and the line of the file that it starts in, counted from 1."""

    line: int
    cells: list[str]


class Table:
    """A ``.csv`` or ``.tsv`` file, all rows of which have equally many cells.

    In a ``.csv`` a cell may be quoted; in a ``.tsv`` quotes are text.
    """

    def __init__(self, path: Path, fewest: int = 2) -> None:
        self.path = path
        self.delimiter = DELIMITERS[path.suffix.lower()]
        with readable(path):
            content = path.read_bytes()
        for start, what in PACKED.items():
            if content.startswith(start):
                raise ValueError(f"{path}: expected a table as text, got {what}")
        self._text = decoded(path, content)
        first = next(self._parsed(), None)
        if first is None:
            raise ValueError(f"{path}: expected a table, got an empty file")
        self._refuse_other_delimiters(first, fewest)
        self.first, self.width = first, len(first.cells)

    def __iter__(self) -> Iterator[Row]:
        for row in self._parsed():
            if len(row.cells) != self.width:
                raise ValueError(self._ragged(row))
            yield row

    def examples(self, named: bool) -> Iterator[Row]:
        """The rows, without the first one if that names the columns."""
        rows = iter(self)
        if named:
            next(rows)
        return rows

    def cell(self, row: Row, column: int) -> str:
        """Where a cell is, for an error."""
        return f"{self.path}, line {row.line}, column {column + 1}"

    def _parsed(self) -> Iterator[Row]:
        """The rows that are not blank."""
        reader = csv.reader(
            io.StringIO(self._text, newline=""),
            delimiter=self.delimiter,
            quoting=csv.QUOTE_MINIMAL if self.delimiter == "," else csv.QUOTE_NONE,
            strict=True,
        )
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise ValueError(_unreadable(f"{self.path}, line {line}", str(error))) from None
            if cells is None:
                return
            if cells:
                yield Row(line, cells)

    def _refuse_other_delimiters(self, first: Row, fewest: int) -> None:
        where, called = f"{self.path}, line {first.line}", CALLED[self.delimiter]
        head = self.delimiter.join(first.cells)
        if head[:4].lower() == "sep=":
            raise ValueError(
                f"{where}: expected a row of the table, got Excel's {head[:5]!r}; delete this line"
                f", and separate the cells with {called}"
            )
        if len(first.cells) >= fewest:
            return
        shown = repr(head if len(head) <= 40 else f"{head[:40]}...")
        for other, name in CALLED.items():
            if other in head.strip():
                raise ValueError(
                    f"{where}: expected cells separated by {called}, got one cell with {name} in "
                    f"it, {shown}; save the file with {called} between the cells"
                )
        raise ValueError(
            f"{where}: expected at least two cells, separated by {called}, got one, {shown}"
        )

    def _ragged(self, row: Row) -> str:
        """The message about a row with more or fewer cells than the first one."""
        extra = len(row.cells) - self.width
        if extra > 0 and not any(cell.strip() for cell in row.cells[self.width :]):
            remedy = f"delete the {CALLED[self.delimiter]} at its end"
        elif any(";" in cell for cell in row.cells):
            remedy = f"separate the cells with {CALLED[self.delimiter]}, not with semicolons"
        elif extra == 1:
            remedy = (
                "if its first cell is the name of the row, delete that column (in pandas: "
                "index=False); write a decimal point for a decimal comma; a comma within a cell "
                "needs quotes around the cell"
            )
        elif extra > 0:
            remedy = (
                "a comma within a cell needs quotes around the cell, and decimal commas and "
                "thousands separators have to go: write 1234.5"
            )
        else:
            remedy = "add the cells that are missing, or delete the line"
        return (
            f"{self.path}, line {row.line}: expected {self.width} cells, as in line "
            f"{self.first.line}, got {len(row.cells)}; {remedy}"
        )


def _unreadable(where: str, reason: str) -> str:
    if "field larger" in reason:
        return (
            f"{where}: expected a cell of at most {csv.field_size_limit():,} characters, got a "
            "longer one; a quote that is not closed may have swallowed the lines after it; long "
            "texts belong in a folder, one .txt file each"
        )
    if "unexpected end" in reason:
        return f"{where}: a quote is opened and never closed; close it, or write it twice"
    return (
        f"{where}: cannot be read as a row of cells ({reason}); a quote in quotes is written twice"
    )
