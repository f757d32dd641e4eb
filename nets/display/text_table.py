"""Aligned text, and tables that stay short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def aligned(rows: Sequence[Sequence[str]], left: int = 1, gap: str = "  ") -> list[str]:
    """Lines whose cells stand below each other, the first `left` columns as words.

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
    """The first and the last of many things, and how many lie between; all of few.

    Examples
    --------
    >>> ends(range(100), 5)
    ([0, 1, 2], 95, [98, 99])
    """
    if len(items) <= most:
        return list(items), 0, []
    last = most // 2
    return list(items[: most - last]), len(items) - most, list(items[-last:])
