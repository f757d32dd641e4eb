"""The numbers of small arrays, as text and as shaded cells."""

from __future__ import annotations

import numpy as np

from layers.core.notebook import number, typeset
from layers.core.params import Array
from nets.display.colours import BLUE_RGB, VERMILION_RGB

SMALL = 64  # entries; larger arrays are not shown
WIDEST = 10  # numbers in a row
CELL = "min-width:2.8em;padding:0.15em 0.5em;text-align:right;font-variant-numeric:tabular-nums"


def array_text(array: object) -> list[str]:
    """The lines of a small array; no lines for a large one or None."""
    found = np.asarray(array)
    if not _fits(found):
        return []
    if found.ndim == 0:
        return [number(found.item())]
    if found.dtype.kind == "f":
        found = found + 0.0  # turns -0 into 0
    with np.printoptions(precision=4, suppress=True, linewidth=100):
        return str(found).split("\n")


def array_html(array: object) -> str:
    """A small array as a grid, with blue for positive and orange for negative numbers."""
    grid = np.asarray(array)
    if not _fits(grid):
        return ""
    grid = np.atleast_2d(grid)
    largest = float(np.abs(grid[np.isfinite(grid)]).max(initial=0.0)) or 1.0
    rows = "".join(
        f'<div style="display:table-row">{"".join(_cell(value, largest) for value in row)}</div>'
        for row in grid.reshape(-1, grid.shape[-1]).tolist()
    )
    return f'<div style="display:table;font-size:85%;border-spacing:1px">{rows}</div>'


def _cell(value: float, largest: float) -> str:
    share = min(abs(value) / largest, 1.0) if np.isfinite(value) else 0.0
    colour = VERMILION_RGB if value < 0 else BLUE_RGB
    return (
        f'<div style="display:table-cell;{CELL};background:rgba({colour},{0.45 * share:.2f})">'
        f"{typeset(value)}</div>"
    )


def _fits(array: Array) -> bool:
    is_small = array.dtype != object and 0 < array.size <= SMALL  # None is an object
    return is_small and (array.ndim == 0 or array.shape[-1] <= WIDEST)
