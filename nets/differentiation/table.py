"""Tables of words, as text and for notebooks."""

from __future__ import annotations

import html
from collections.abc import Sequence

Row = Sequence[str]


class Table:
    """Rows below a header; the first column is left-aligned, numbers stand to the right.

    Examples
    --------
    >>> Table(("way", "error"), [("reverse mode", "0"), ("difference", "1e-8")])
    way           error
    reverse mode      0
    difference     1e-8
    """

    def __init__(self, header: Row, rows: Sequence[Row], notes: Sequence[str] = ()) -> None:
        self.header, self.rows, self.notes = tuple(header), [tuple(row) for row in rows], notes

    def __repr__(self) -> str:
        table = [self.header, *self.rows]
        wide = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if i else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, wide, strict=True))
            )
            for row in table
        ]
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        def cells(row: Row, tag: str) -> str:
            sides = ["left", *["right"] * (len(row) - 1)]
            return "".join(
                f'<{tag} style="text-align:{side}">{html.escape(cell)}</{tag}>'
                for side, cell in zip(sides, row, strict=True)
            )

        rows = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in self.rows)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return f"<table><thead><tr>{cells(self.header, 'th')}</tr></thead>{rows}</table>{notes}"
