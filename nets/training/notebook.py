"""How far a training run is, in a notebook: a picture that each update replaces."""

from __future__ import annotations

import html
import importlib
from typing import Any

from nets.training.displays import Redrawn
from nets.training.pace import Moment, Plan, epoch_of, fraction, status

TRACK = "max-width:32em;height:0.5em;border-radius:0.25em;background:rgba(128,128,128,0.3)"
FILLED = "height:100%;border-radius:0.25em;background:#0072B2"


class Notebook(Redrawn):
    """A bar and a line of text below the cell of a notebook."""

    _handle: Any = None

    def _draw(self, elapsed: float, final: bool, message: str) -> None:
        # Imported by name, because the types that IPython declares are incomplete.
        ipython: Any = importlib.import_module("IPython.display")
        picture = ipython.HTML(bar_html(self._plan, self._moment, elapsed, final, message))
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
        f"<div>{html.escape(line)}</div>"
    )
