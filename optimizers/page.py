"""An optimizer in a notebook: its rule with its numbers, and what it remembers."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from optimizers import checks

if TYPE_CHECKING:
    from optimizers.base import Optimizer

LOOK = "font-family:monospace;line-height:1.35"  # some pages set letters of other widths
MOST = 12  # parameters whose state is shown
LONGEST = 140  # letters of a line


def page(optimizer: Optimizer) -> str:
    """The lines as HTML, in letters of one width."""
    inside = "\n".join(map(_escaped, lines(optimizer)))
    return f'<pre style="{LOOK}"><b>{_escaped(repr(optimizer))}</b>\n{inside}</pre>'


def lines(optimizer: Optimizer) -> Iterator[str]:
    """The rule, how far the clock is, and the norms of the state."""
    yield from (f"  {line}" for line in optimizer.rule())
    if callable(optimizer.learning_rate):
        yield f"  learning_rate = {_rate(optimizer)} at step {optimizer.t + 1}"
    yield f"after {optimizer.t:,} step{'s' * (optimizer.t != 1)}"
    rows = [(key, slot, a) for key, slots in optimizer.state.items() for slot, a in slots.items()]
    wide = max((len(key) for key, _, _ in rows[:MOST]), default=0)
    for key, slot, array in rows[:MOST]:
        yield f"  {key:{wide}}  {slot} {array.shape} ‖{np.linalg.norm(array.ravel()):.3g}‖"
    if len(rows) > MOST:
        yield f"  … {len(rows) - MOST:,} more"


def _rate(optimizer: Optimizer) -> str:
    # A schedule of somebody's own that fails is told of by the next step, not by a picture.
    with suppress(Exception):
        return f"{checks.rate_at(optimizer.learning_rate, optimizer.t + 1):.4g}"
    return "?"


def _escaped(line: str) -> str:
    return html.escape(line if len(line) <= LONGEST else line[: LONGEST - 1] + "…")
