"""The displays of a training run: a line in a terminal, an output in a notebook, lines in a log."""

from __future__ import annotations

import importlib
import shutil
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from layers.core.notebook import text
from nets.display.text import HEIGHTS, sparkline
from nets.training.progress.run_status import Row, RunStatus
from nets.training.progress.stdout import Output
from nets.training.tally import Tally

Clock = Callable[[], float]

INTERVAL = 0.1  # seconds between two drawings
LINES = 50  # of a long run in a log, about
SHORTEST, LONGEST = 8, 40  # characters of a bar
CURVE = 12  # characters of the curve of the loss
KEPT = 1000  # losses of that curve
LEAST_NEEDED = (
    *("curve", "penalty", "speed", "validation_loss", "accuracy", "validation_accuracy"),
    *("time", "loss"),
)


class Progress:
    """What `fit` tells a display; this one shows nothing."""

    def update(self, epoch: int, step: int, tally: Tally) -> None:
        """A step is done; epoch and step count from 1."""

    def epoch_end(self, row: Row) -> None:
        """An epoch is done, with these columns of `History`."""

    def close(self, message: str = "") -> None:
        """The run has ended; the message goes below the last state."""


class LogLines(Progress):
    """One line per epoch; about fifty lines of a run of very many epochs."""

    def __init__(self, status: RunStatus, clock: Clock, output: Output) -> None:
        self._status, self._clock, self._output = status, clock, output
        self._start, self._printed = clock(), 0

    def epoch_end(self, row: Row) -> None:
        """Print the first epoch, the last, and some in between."""
        self._status.end_epoch(row)
        epoch, epochs = self._status.epoch, self._status.epochs
        if epoch == 1 or epoch * LINES // epochs > (epoch - 1) * LINES // epochs:
            self._print(final=epoch == epochs)

    def close(self, message: str = "") -> None:
        """Print the last epoch, unless it has been printed, and the message."""
        if self._printed < self._status.epoch:
            self._print(final=True)
        if message:
            self._output.write(f"{message}\n")

    def _print(self, final: bool) -> None:
        texts = self._status.texts(self._clock() - self._start, final)
        self._output.write("  ".join([self._status.heading, *texts.values()]) + "\n")
        self._printed = self._status.epoch


class Redrawn(Progress, ABC):
    """A display that is drawn over itself, at most every tenth of a second."""

    def __init__(self, status: RunStatus, clock: Clock) -> None:
        self._status, self._clock = status, clock
        self._start = clock()
        self._next = self._start + INTERVAL
        self._losses: list[float] = []

    def update(self, epoch: int, step: int, tally: Tally) -> None:
        """Redraw if it is time to."""
        if self._clock() >= self._next:
            status = self._status
            status.epoch, status.step = epoch, step
            status.figures = {**status.figures, **tally.means}
            self._redraw()

    def epoch_end(self, row: Row) -> None:
        """Take the figures of the epoch, and redraw if it is time to."""
        self._status.end_epoch(row)
        self._losses.append(float(row["loss"] or 0))
        if len(self._losses) > KEPT:  # a long run must not draw ever more slowly
            del self._losses[::2]
        if self._clock() >= self._next:
            self._redraw()

    def close(self, message: str = "") -> None:
        """Draw the last state and the message."""
        if self._status.epoch or message:
            self._draw(self._clock() - self._start, True, message)

    def _redraw(self) -> None:
        self._draw(self._clock() - self._start, False, "")
        self._next = self._clock() + INTERVAL  # drawing takes time itself

    def _curve(self) -> dict[str, str]:
        """The losses of the epochs, as a text."""
        curve = sparkline(self._losses, CURVE) if len(self._losses) > 1 else ""
        return {"curve": curve} if curve else {}

    @abstractmethod
    def _draw(self, elapsed: float, final: bool, message: str) -> None: ...


class TerminalLine(Redrawn):
    """A bar in one line of a terminal, and as many texts as fit next to it."""

    def __init__(self, status: RunStatus, clock: Clock, output: Output) -> None:
        super().__init__(status, clock)
        self._output, self._drawn = output, 0
        self._has_blocks = output.can_write(f"█░{HEIGHTS}")

    def _draw(self, elapsed: float, final: bool, message: str) -> None:
        if self._status.epoch:
            width = shutil.get_terminal_size().columns - 1  # some terminals wrap a full line
            line = self._line(elapsed, final, max(width, 0))
            # Spaces over the rest of a longer line: not every terminal can clear one.
            self._output.write("\r" + line.ljust(min(self._drawn, width)) + "\n" * final)
            self._drawn = len(line)
        if message:
            self._output.write(f"{message}\n")

    def _line(self, elapsed: float, final: bool, width: int) -> str:
        full, empty = ("█", "░") if self._has_blocks else ("#", ".")
        texts = self._curve() if self._has_blocks else {}
        texts |= self._status.texts(elapsed, final, short=True)
        heading, percent = self._status.heading, f"{int(100 * self._status.done):3d}%"
        room = width - len(f"{heading}  {percent}")
        for name in LEAST_NEEDED:
            if sum(len(words) + 2 for words in texts.values()) > room - SHORTEST:
                texts.pop(name, None)
        after = "".join(f"  {words}" for words in texts.values())
        size = max(min(room - len(after), LONGEST), 0)
        done = round(size * self._status.done)
        return f"{heading} {full * done}{empty * (size - done)} {percent}{after}"[:width]


class NotebookOutput(Redrawn):
    """A bar and a line of text below the cell of a notebook, replaced at each update."""

    _handle: Any = None

    def _draw(self, elapsed: float, final: bool, message: str) -> None:
        status, percent = self._status, int(100 * self._status.done)
        texts = self._curve() | status.texts(elapsed, final)
        words = [status.heading, f"{percent}%", *texts.values(), message]
        page = (
            f'<progress max="100" value="{percent}" style="width:32em;max-width:100%"></progress>'
            f"<div>{text(' · '.join(filter(None, words)))}</div>"
        )
        try:
            self._show(page)
        except Exception:  # a run goes on without its display
            self._show = lambda page: None  # type: ignore[method-assign]

    def _show(self, page: str) -> None:
        # Imported by name, because the types that IPython declares are incomplete.
        ipython: Any = importlib.import_module("IPython.display")
        if self._handle is None:
            self._handle = ipython.display(ipython.HTML(page), display_id=True)
        else:
            self._handle.update(ipython.HTML(page))


def progress_display(
    epochs: int, steps: int, examples: int, enabled: bool = True, clock: Clock = time.perf_counter
) -> Progress:
    """The display for where the output goes: a notebook, a terminal, or anything else.

    Parameters
    ----------
    epochs : int
        The epochs of the run.
    steps, examples : int
        The steps and the examples of one epoch.
    enabled : bool
        False returns a display that shows nothing.
    clock : callable
        Returns the time in seconds.

    Examples
    --------
    >>> display = progress_display(epochs=2, steps=5, examples=400, clock=iter([0, 4, 8]).__next__)
    >>> display.epoch_end({"epoch": 1, "loss": 0.75, "accuracy": 0.5})
    epoch 1/2  loss 0.7500  accuracy 0.5000  100/s  0:04 left
    >>> display.epoch_end({"epoch": 2, "loss": 0.25, "accuracy": 1.0})
    epoch 2/2  loss 0.2500  accuracy 1.0000  100/s  in 8.0 s
    >>> display.close()
    """
    if not enabled:
        return Progress()
    status, output = RunStatus(epochs, steps, examples), Output(sys.stdout)
    if _in_notebook():
        return NotebookOutput(status, clock)
    return (TerminalLine if output.is_terminal else LogLines)(status, clock, output)


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this; IPython is not imported to find out."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and getattr(get_ipython(), "kernel", None) is not None
