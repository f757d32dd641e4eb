"""Tables of words, as text and for notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from layers.core.notebook import table, text
from nets.display.text_table import aligned

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
        return "\n".join([*aligned([self.header, *self.rows]), *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{text(note)}</p>" for note in self.notes)
        return table(self.header, self.rows) + notes
