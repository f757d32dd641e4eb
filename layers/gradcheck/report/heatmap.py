"""Both gradients of a wrong tensor side by side, as pictures that need no library."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np

from layers.core.params import Array

# Blue and orange stay apart for every kind of colour vision; grey tiles and their frames, black
# within white, stand out from a light page and from a dark one.
NEGATIVE, ZERO, POSITIVE = (0, 114, 178), (222, 222, 222), (230, 159, 0)
MOST = 20  # rows and columns drawn; of a larger tensor, those around the worst entry
LEGIBLE = 8  # columns up to which the numbers stand in the tiles
ROUNDING = 1e-6  # of the largest entry: less is written as 0
SIDE_BY_SIDE = 'style="display:flex;flex-wrap:wrap;gap:1.5em"'


@dataclass(frozen=True)
class HeatmapPart:
    """What is drawn of a matrix, and how: the rows, the columns, the worst entry, the scale."""

    rows: range
    columns: range
    worst: tuple[int, int]
    largest: float

    @property
    def tile(self) -> tuple[int, int]:
        """The width and the height of a tile, with room for a number such as -1.2e-05."""
        return (56, 20) if len(self.columns) <= LEGIBLE else (14, 14)

    @property
    def caption(self) -> str:
        """What the colours mean, and which part is drawn."""
        return (
            f"Rows {self.rows[0]} to {self.rows[-1]}, columns {self.columns[0]} to "
            f"{self.columns[-1]}. Orange is above 0, blue below, full colour at "
            f"{self.largest:.3g}; empty tiles were not compared; the worst entry is framed."
        )


def heatmap(name: str, analytic: Array, numeric: Array) -> str:
    """The analytic and the numeric gradient of a tensor, and their difference, as HTML.

    Parameters
    ----------
    name : str
        The tensor.
    analytic, numeric : array
        Both gradients, of the same shape and not empty; nan where an entry was not compared.
    """
    said, found = (
        np.reshape(g, (-1, np.shape(g)[-1] if np.ndim(g) else 1)) for g in (analytic, numeric)
    )
    with np.errstate(invalid="ignore"):
        off = said - found
    part = _part(said, found, off)
    titles = (f"backward: d{name}", f"numeric: d{name}", "difference")
    panels = [
        f"<div>{html.escape(title)}<br/>{_svg(matrix, part)}</div>"
        for title, matrix in zip(titles, (said, found, off), strict=True)
    ]
    return f"<div {SIDE_BY_SIDE}>{''.join(panels)}</div><p><small>{part.caption}</small></p>"


def _part(said: Array, found: Array, off: Array) -> HeatmapPart:
    distance = np.nan_to_num(np.abs(off), nan=-1.0, posinf=np.finfo(float).max)
    row, column = (int(i) for i in np.unravel_index(distance.argmax(), off.shape))
    sizes = np.abs([said, found])
    largest = float(sizes[np.isfinite(sizes)].max(initial=0.0)) or 1.0
    rows, columns = _around(row, len(off)), _around(column, off.shape[1])
    return HeatmapPart(rows, columns, (row, column), largest)


def _around(place: int, size: int) -> range:
    """All places, or where there are many, those around one of them."""
    first = min(max(place - MOST // 2, 0), max(size - MOST, 0))
    return range(first, min(first + MOST, size))


def _svg(matrix: Array, part: HeatmapPart) -> str:
    wide, high = part.tile
    tiles = [_tile(float(matrix[i, j]), (i, j), part) for i in part.rows for j in part.columns]
    size = f'width="{len(part.columns) * wide}" height="{len(part.rows) * high}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
        f"{''.join(tiles)}{_mark(part)}</svg>"
    )


def _corner(place: tuple[int, int], part: HeatmapPart) -> tuple[int, int]:
    wide, high = part.tile
    return (place[1] - part.columns[0]) * wide, (place[0] - part.rows[0]) * high


def _tile(value: float, place: tuple[int, int], part: HeatmapPart) -> str:
    (x, y), (wide, high) = _corner(place, part), part.tile
    shape = f'<rect x="{x}" y="{y}" width="{wide - 1}" height="{high - 1}"'
    if np.isnan(value):
        return f'{shape} fill="none" stroke="#888" stroke-opacity="0.5"/>'
    colour = _colour(value / part.largest)
    tile = f'{shape} fill="rgb{colour}"><title>{list(place)}: {value:.6g}</title></rect>'
    if len(part.columns) > LEGIBLE:
        return tile
    text = f"{value:.2g}" if abs(value) > ROUNDING * part.largest else "0"
    ink = "#000" if sum(colour) > 330 else "#fff"
    return tile + (
        f'<text x="{x + wide / 2}" y="{y + high - 6}" font-size="11" fill="{ink}" '
        f'text-anchor="middle" font-family="monospace">{text}</text>'
    )


def _mark(part: HeatmapPart) -> str:
    """A frame around the worst entry, which shows on every colour."""
    (x, y), (wide, high) = _corner(part.worst, part), part.tile
    return "".join(
        f'<rect x="{x + inset}" y="{y + inset}" width="{wide - 1 - 2 * inset}" '
        f'height="{high - 1 - 2 * inset}" fill="none" stroke="{ink}" stroke-width="1.5"/>'
        for inset, ink in ((0.75, "#fff"), (2.25, "#000"))
    )


def _colour(share: float) -> tuple[int, ...]:
    """From blue at -1 over grey to orange at 1."""
    end = POSITIVE if share > 0 else NEGATIVE
    part = min(abs(share), 1.0)
    return tuple(round(z + part * (e - z)) for z, e in zip(ZERO, end, strict=True))
