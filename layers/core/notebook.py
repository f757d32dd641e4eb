"""Text, numbers and tables for notebooks, and the page of a layer.

No colours are set, so the output suits light and dark themes.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from layers.core.params import Array, buffers

LONGEST = 60  # characters of a name
MOST = 24  # parameters of a layer; nets may have thousands
ANONYMOUS: Any = object.__repr__
MINUS = "\N{MINUS SIGN}"
DOTS = "..."
IN_ASCII = str.maketrans({"‖": "|", "…": DOTS, MINUS: "-", "\N{EN DASH}": "-"})


class Html(str):
    """HTML for a table cell, such as a picture, which is not escaped."""


def text(words: str) -> str:
    """Escape text for HTML.

    Examples
    --------
    >>> text("<b>& more")
    '&lt;b&gt;&amp; more'
    """
    if isinstance(words, Html):
        return words
    return html.escape(
        "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
    )


def title(layer: object) -> str:
    """Return a layer in one short line: the start of its repr, or its class if it has no repr."""
    if type(layer).__repr__ is ANONYMOUS:
        return type(layer).__name__
    first, *more = repr(layer).split("\n")
    return cut(f"{first}...)" if more else first)


def cut(words: str, longest: int = LONGEST) -> str:
    """Shorten text to fit a table."""
    return words if len(words) <= longest else words[: longest - len(DOTS)] + DOTS


def number(value: float) -> str:
    """Format a number to three digits, or as an integer if it is large.

    Examples
    --------
    >>> number(0.731058), number(12345.6), number(-2.5e-7)
    ('0.731', '12,346', '-2.5e-07')
    """
    digits = ",.0f" if 1e3 <= abs(value) < 1e6 else ".3g"
    return format(value + 0.0, digits)  # + 0.0 turns -0 into 0


def typeset(value: float) -> str:
    """Format a number for a picture or a page, with a minus sign as wide as a plus."""
    return number(value).replace("-", MINUS)


def plain(words: str) -> str:
    """Replace this library's special characters with ASCII, for terminals that lack them.

    Examples
    --------
    >>> plain("‖x‖"), plain("…")
    ('|x|', '...')
    """
    return words.translate(IN_ASCII)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Return an HTML table with the first `left` columns left-aligned, the others right-aligned."""

    def line(cells: Sequence[str], tag: str) -> str:
        return f"<tr>{''.join(map(cell, range(len(cells)), cells, [tag] * len(cells)))}</tr>"

    def cell(column: int, words: str, tag: str) -> str:
        side = "left" if column < left else "right"
        return f'<{tag} style="text-align:{side}">{text(words)}</{tag}>'

    body = "".join(line(row, "td") for row in rows)
    head = f"<thead>{line(header, 'th')}</thead>"
    return f'<table style="border-spacing:0.9em 0.2em">{head}<tbody>{body}</tbody></table>'


def norm(*arrays: object) -> float:
    """Return the norm of arrays taken as one vector, without overflow; None counts as 0.

    Examples
    --------
    >>> norm(np.array([3.0]), None, 4.0)
    5.0
    """
    lengths = np.array([_length(array) for array in arrays if array is not None])
    return _length(lengths) if lengths.size != 1 else float(lengths[0])


def _length(array: Any) -> float:
    flat = np.abs(np.ravel(array).astype(np.float64, copy=False))
    largest = float(flat.max(initial=0.0))
    if not (math.isfinite(largest) and largest):
        return largest
    return largest * float(np.linalg.norm(flat / largest))


def layer_page(layer: object) -> str:
    """Return a layer as HTML: its constructor, its formula, and its parameters."""
    said = (type(layer).__doc__ or "").strip().split("\n")[0].strip("`")
    about = f"<div>{text(cut(said, 2 * LONGEST))}</div>" if said else ""
    rows = list(_arrays(layer))
    arrays = table(("", "shape", "dtype", "norm", "smallest", "largest"), rows, 3) if rows else ""
    return f"<div><b>{text(title(layer))}</b></div>{about}{arrays}"


def _arrays(layer: Any) -> Iterator[tuple[str, ...]]:
    named = [*layer.params.items(), *((f"{k} (not trained)", a) for k, a in buffers(layer).items())]
    for name, array in named[:MOST]:
        yield cut(name), str(array.shape), str(array.dtype), *map(typeset, _sizes(array))
    if len(named) > MOST:
        yield f"… {len(named) - MOST} more", *5 * ("",)


def _sizes(array: Array) -> tuple[float, ...]:
    if not array.size:
        return 0.0, math.nan, math.nan
    return norm(array), float(array.min()), float(array.max())
