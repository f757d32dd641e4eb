"""How far a training run is, in a notebook: a picture that each update replaces."""

from __future__ import annotations

import importlib
import math
from typing import Any

from layers.core.notebook import text
from nets.display.chart import Line, chart
from nets.display.colours import GREY_RGB, SKY
from nets.training.progress.displays import Clock, Redrawn, thinned
from nets.training.progress.pace import Moment, Plan, Row, epoch_of, fraction, status

TRACK = f"max-width:32em;height:0.5em;border-radius:0.25em;background:rgba({GREY_RGB},0.3)"
FILLED = f"height:100%;border-radius:0.25em;background:{SKY}"
KINDS = {"training": "loss", "validation": "validation_loss"}


class Notebook(Redrawn):
    """A bar, a line of text and the curve of the loss below the cell of a notebook."""

    _handle: Any = None
    _is_lost = False

    def __init__(self, plan: Plan, clock: Clock) -> None:
        super().__init__(plan, clock)
        self._looks: list[Moment] = []  # what was seen of the epoch under way

    def epoch_end(self, row: Row) -> None:
        """Take over the figures of the epoch, in the place of those seen on the way to it."""
        self._looks = []
        super().epoch_end(row)

    def _draw(self, elapsed: float, final: bool, message: str) -> None:
        if self._moment.step < self._plan.steps:
            self._looks = [*thinned(self._looks), self._moment]
        page = bar_html(self._plan, self._moment, elapsed, final, message)
        page += curve_html(self._plan, [*self._done, *self._looks])
        try:
            self._show(page)
        except Exception:  # a run goes on without its display
            self._is_lost = True

    def _show(self, page: str) -> None:
        if self._is_lost:
            return
        # Imported by name, because the types that IPython declares are incomplete.
        ipython: Any = importlib.import_module("IPython.display")
        picture = ipython.HTML(page)
        if self._handle is None:
            self._handle = ipython.display(picture, display_id=True)
        else:
            self._handle.update(picture)


def bar_html(plan: Plan, moment: Moment, elapsed: float, final: bool, message: str = "") -> str:
    """A bar and a line of text; the text has the colour of the page, light or dark."""
    percent = f"{int(100 * fraction(plan, moment))}%"
    texts = status(plan, moment, elapsed, final).values()
    line = " · ".join(filter(None, [epoch_of(plan, moment), percent, *texts, message]))
    return (
        f'<div style="{TRACK}"><div style="{FILLED};width:{percent}"></div></div>'
        f"<div>{text(line)}</div>"
    )


def curve_html(plan: Plan, moments: list[Moment]) -> str:
    """The losses so far, over all epochs that there will be; nothing before there are two."""
    lines = [_line(plan, moments, *kind) for kind in KINDS.items()]
    known = [line for line in lines if any(map(math.isfinite, line.y))]
    if max((len(line.x) for line in known), default=0) < 2:
        return ""
    return chart("loss", known, "epoch", (float(known[0].x[0] >= 1), plan.epochs))


def _line(plan: Plan, moments: list[Moment], name: str, column: str) -> Line:
    """What was measured, at the number of epochs that were done."""
    found = [
        (fraction(plan, moment) * plan.epochs, float(value))
        for moment in moments
        if (value := moment.figures.get(column)) is not None
        # Within an epoch, the figures of the validation are those of the epoch before.
        and (column == "loss" or moment.step == plan.steps)
    ]
    return Line(name, [x for x, _ in found], [y for _, y in found])
