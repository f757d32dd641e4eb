"""Aligned tables and small curves, in text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

from layers.core.notebook import table, text

T = TypeVar("T")
Row = Sequence[str]
HEIGHTS = "▁▂▃▄▅▆▇█"


class WordTable:
    """Rows below a header, and notes below the rows.

    The first `left` columns are aligned to the left, the others to the right.

    Examples
    --------
    >>> WordTable(("way", "error"), [("reverse mode", "0"), ("difference", "1e-8")])
    way           error
    reverse mode      0
    difference     1e-8
    """

    left = 1

    def __init__(self, header: Row, rows: Sequence[Row], notes: Sequence[str] = ()) -> None:
        self.header, self.rows, self.notes = tuple(header), [tuple(row) for row in rows], notes

    def __repr__(self) -> str:
        return "\n".join([*aligned([self.header, *self.rows], self.left), *self.notes])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{text(note)}</p>" for note in self.notes)
        return table(self.header, self.rows, self.left) + notes


def aligned(rows: Sequence[Row], left: int = 1, gap: str = "  ") -> list[str]:
    """Lines with aligned columns, the first `left` of them to the left and the others to the right.

    Examples
    --------
    >>> aligned([["layer", "norm"], ["0", "12.5"]])
    ['layer  norm', '0      12.5']
    """
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        gap.join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, wide, strict=True))
        ).rstrip()
        for row in rows
    ]


def ends(items: Sequence[T], most: int) -> tuple[list[T], int, list[T]]:
    """The first and the last of many items, and how many are left out; all of at most `most`.

    Examples
    --------
    >>> ends(range(100), 5)
    ([0, 1, 2], 95, [98, 99])
    """
    if len(items) <= most:
        return list(items), 0, []
    last = most // 2
    return list(items[: most - last]), len(items) - most, list(items[-last:])


def sparkline(values: Sequence[float], width: int) -> str:
    """A curve in at most `width` characters, each as high as the last value of its part.

    Examples
    --------
    >>> sparkline([8.0, 4.0, 2.0, 1.0], width=10)
    '█▄▂▁'
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return ""
    count = min(width, len(values))
    ends = [values[(n + 1) * len(values) // count - 1] for n in range(count)]
    low, high = min(finite), max(finite)
    return "".join(_character(value, low, high) for value in ends)


def _character(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return " "
    share = (value - low) / (high - low) if high > low else 0.0
    return HEIGHTS[min(int(share * len(HEIGHTS)), len(HEIGHTS) - 1)]
