"""The curves of a run as small pictures in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.display.chart import Line, chart

if TYPE_CHECKING:
    from nets.training.history import History

KINDS = {"training": "", "validation": "validation_"}


def curves(history: History) -> str:
    """The loss of every epoch and, beside it, the accuracy and the penalty if there are any."""
    pictures = "".join(
        chart(measure, lines, "epoch")
        for measure in ("loss", "accuracy", "penalty")
        if (lines := _lines(history, measure))
    )
    return f'<div style="display:flex;flex-wrap:wrap">{pictures}</div>' if pictures else ""


def _lines(history: History, measure: str) -> list[Line]:
    return [
        Line(kind, history.epoch, history[prefix + measure])
        for kind, prefix in KINDS.items()
        if len(history) and prefix + measure in history.columns
    ]
