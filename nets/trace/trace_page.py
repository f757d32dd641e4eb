"""The table of a trace, and the numbers of its steps below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.core.notebook import Html, norm, number, table, text
from nets.display.colours import SKY, VERMILION
from nets.display.text import ends
from nets.trace.traced_layer import Step

HEADER = ["layer", "output", "‖x‖", "‖y‖", "‖dout‖", "|dy/dx|", "‖dx‖", "‖grads‖", "dead", "sat."]
OUTPUT, UPSTREAM = HEADER.index("output"), HEADER.index("‖dout‖")
MOST = 24  # steps of a table; of more, the first and the last
DECADES = 3.0  # the least that the bars span: so that small differences look small


def row(step: Step | int) -> list[str]:
    """A step as a row of the table, or the row in place of so many that are left out."""
    if isinstance(step, int):
        return [f"… {step} more", *[""] * (len(HEADER) - 1)]
    local = [float(np.abs(d).mean()) for d in step.locals if d is not None and np.size(d)]
    return [
        step.title,
        str(np.shape(step.y)) if np.ndim(step.y) else "number",
        _norm(step.xs),
        _norm((step.y,)),
        _norm((step.dout,)),
        ", ".join(map(number, local)),
        _norm(step.dxs),
        _norm(tuple(step.grads.values())),
        _share(step.dead),
        _share(step.saturated),
    ]


def short(steps: Sequence[Step], blamed: Step | None) -> list[Step | int]:
    """The first and the last of many steps, and the blamed one with its neighbours.

    A number says how many steps are left out there.
    """
    first, _, last = ends(range(len(steps)), MOST)
    around = [n for n, step in enumerate(steps) if step is blamed]
    beside = [near for n in around for near in (n - 1, n, n + 1) if 0 <= near < len(steps)]
    found: list[Step | int] = []
    before = -1
    for place in sorted({*first, *last, *beside}):
        found += [place - before - 1] if place > before + 1 else []
        found.append(steps[place])
        before = place
    return found


def table_of(shown: Sequence[Step | int], blamed: Step | None) -> str:
    """The table with a bar for each upstream gradient; the blamed step has another colour."""
    widths = bars([0.0 if isinstance(step, int) else step.upstream for step in shown])
    rows = [row(step) for step in shown]
    for step, cells, width in zip(shown, rows, widths, strict=True):
        if isinstance(step, int):
            continue
        cells[OUTPUT] = Html(f'<span style="white-space:nowrap">{cells[OUTPUT]}</span>')
        cells[UPSTREAM] = _bar(cells[UPSTREAM], width, VERMILION if step is blamed else SKY)
        if step is blamed:
            cells[0] = Html(f"<b>{text(cells[0])} \N{BLACK LEFT-POINTING TRIANGLE}</b>")
    return table(HEADER, rows, 2)


def details(step: Step) -> str:
    """The arrays of a step, under a line that opens."""
    return f"<details><summary>{text(step.title)}</summary>{step.arrays_html()}</details>"


def bars(norms: Sequence[float]) -> list[float]:
    """Lengths from 0 to 1 on a logarithmic scale.

    Examples
    --------
    >>> bars([1.0, 0.1, 0.0])
    [1.0, 0.7, 0.0]
    """
    logs = [math.log10(n) if 0 < n < math.inf else None for n in norms]
    known = [log for log in logs if log is not None]
    if not known:
        return [0.0] * len(norms)
    high, span = max(known), max(DECADES, max(known) - min(known))
    return [0.0 if log is None else 1 - 0.9 * (high - log) / span for log in logs]


def _bar(words: str, width: float, colour: str) -> Html:
    track = "display:inline-block;width:6em;height:0.6em;margin-right:0.5em;text-align:left"
    filled = f"height:100%;width:{100 * width:.0f}%;border-radius:2px;background:{colour}"
    return Html(
        f'<span style="white-space:nowrap"><span style="{track}">'
        f'<span style="display:block;{filled}"></span></span>'
        f'<span style="display:inline-block;min-width:5.5em">{text(words)}</span></span>'
    )


def _norm(arrays: tuple[Any, ...]) -> str:
    present = [array for array in arrays if array is not None]
    return number(norm(*present)) if present else "\N{EN DASH}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"
