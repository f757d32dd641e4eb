"""How far a training run is: shown in a notebook, in a terminal or in a log, always on stdout."""

from __future__ import annotations

import html
import importlib
import shutil
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

Clock = Callable[[], float]
Row = Mapping[str, float | None]

INTERVAL = 0.1  # seconds between two drawings: more often is not seen, only paid for
LINES = 50  # about as many as a long run leaves in a log
SHORTEST, LONGEST = 8, 40  # characters of a bar
MEASURES = ("loss", "accuracy", "validation_loss", "validation_accuracy")
LEAST_MISSED = ("speed", "validation_loss", "accuracy", "validation_accuracy", "time", "loss")
TRACK = "max-width:32em;height:0.5em;border-radius:0.25em;background:rgba(128,128,128,0.3)"
FILLED = "height:100%;border-radius:0.25em;background:#0072B2"


@dataclass(frozen=True)
class Plan:
    """What a run has before it: its epochs, and the steps and the examples of each."""

    epochs: int
    steps: int
    examples: int


@dataclass(frozen=True)
class Moment:
    """Where a run is, counting from 1, and the newest figures by the columns of `History`."""

    epoch: int = 0
    step: int = 0
    figures: Row = field(default_factory=dict)


class Progress:
    """What `fit` tells a display; this one shows nothing."""

    def update(self, epoch: int, step: int, loss: float, accuracy: float | None = None) -> None:
        """Tell of a step that is done; epoch and step count from 1."""

    def epoch_end(self, row: Row) -> None:
        """Tell of an epoch that is done, by the columns of `History`."""

    def close(self, message: str = "") -> None:
        """Leave the last state standing, and the message after it."""


def progress_display(
    epochs: int, steps: int, examples: int, enabled: bool = True, clock: Clock = time.perf_counter
) -> Progress:
    """The display for the place that output goes to: a notebook, a terminal, or anything else.

    Parameters
    ----------
    epochs : int
        The epochs of the run.
    steps, examples : int
        The steps and the examples of one epoch.
    enabled : bool
        False gives a display that shows nothing.
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
    plan = Plan(epochs, steps, examples)
    if not enabled or sys.stdout is None:  # a program without a console has none
        return Progress()
    if _in_notebook():
        return Notebook(plan, clock)
    if sys.stdout.isatty():
        return Bar(plan, clock, sys.stdout)
    return Lines(plan, clock, sys.stdout)


class Lines(Progress):
    """One line an epoch; of a run of very many epochs, about fifty lines in all."""

    def __init__(self, plan: Plan, clock: Clock, stream: TextIO) -> None:
        self._plan, self._clock, self._stream = plan, clock, stream
        self._start = clock()
        self._waiting = Moment()

    def epoch_end(self, row: Row) -> None:
        """Print the epoch, if it is one of the fifty."""
        self._waiting = moment = _after(row, self._plan)
        if is_printed(moment.epoch, self._plan.epochs):
            self._print(final=moment.epoch == self._plan.epochs)

    def close(self, message: str = "") -> None:
        """Print the last epoch, which a run that was stopped may not have, and the message."""
        if self._waiting.epoch:
            self._print(final=True)
        if message:
            print(message, file=self._stream, flush=True)

    def _print(self, final: bool) -> None:
        texts = status(self._plan, self._waiting, self._clock() - self._start, final)
        line = "  ".join([_epoch(self._plan, self._waiting), *texts.values()])
        print(line, file=self._stream, flush=True)
        self._waiting = Moment()


class Redrawn(Progress, ABC):
    """A display that is drawn over itself, at most every tenth of a second."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self._plan, self._clock = plan, clock
        self._start = clock()
        self._next = self._start + INTERVAL
        self._moment = Moment()

    def update(self, epoch: int, step: int, loss: float, accuracy: float | None = None) -> None:
        """Redraw if it is time to; mostly it is not, and this returns at once."""
        if self._clock() < self._next:
            return
        figures = {**self._moment.figures, "loss": loss, "accuracy": accuracy}
        self._moment = Moment(epoch, step, figures)
        self._redraw()

    def epoch_end(self, row: Row) -> None:
        """Take over the figures of the epoch, and redraw if it is time to."""
        self._moment = _after(row, self._plan)
        if self._clock() >= self._next:
            self._redraw()

    def close(self, message: str = "") -> None:
        """Draw the last state and the message, once."""
        if self._moment.epoch or message:
            self._draw(self._clock() - self._start, True, message)
        self._moment = Moment()

    def _redraw(self) -> None:
        self._draw(self._clock() - self._start, False, "")
        self._next = self._clock() + INTERVAL  # after the drawing, which may be slow itself

    @abstractmethod
    def _draw(self, elapsed: float, final: bool, message: str) -> None: ...


class Bar(Redrawn):
    """A bar in one line of a terminal."""

    def __init__(self, plan: Plan, clock: Clock, stream: TextIO) -> None:
        super().__init__(plan, clock)
        self._stream = stream
        self._blocks = blocks(stream.encoding)
        self._drawn = 0

    def _draw(self, elapsed: float, final: bool, message: str) -> None:
        if self._moment.epoch:
            width = shutil.get_terminal_size().columns - 1  # some wrap a line that is full
            line = bar_line(self._plan, self._moment, elapsed, width, final, self._blocks)
            # Blanks over the rest of a longer line: not every terminal can clear one.
            self._stream.write("\r" + line.ljust(min(self._drawn, width)) + "\n" * final)
            self._drawn = len(line)
        if message:
            self._stream.write(message + "\n")
        self._stream.flush()


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


def status(
    plan: Plan, moment: Moment, elapsed: float, final: bool = False, short: bool = False
) -> dict[str, str]:
    """The texts about a moment that are known, by what they tell.

    Examples
    --------
    >>> moment = Moment(epoch=2, step=5, figures={"loss": 0.25, "accuracy": 0.875})
    >>> list(status(Plan(epochs=3, steps=10, examples=1000), moment, elapsed=30.0).values())
    ['loss 0.2500', 'accuracy 0.8750', '50/s', '0:30 left']
    """
    texts = {
        name: f"{_words(name, short)} {number(value, 3 if short else 4)}"
        for name in MEASURES
        if (value := moment.figures.get(name)) is not None
    }
    done = fraction(plan, moment)
    if done and elapsed > 0:
        texts["speed"] = speed(done * plan.epochs * plan.examples / elapsed)
    if final:
        texts["time"] = f"in {elapsed:.1f} s" if elapsed < 10 else f"in {duration(elapsed)}"
    elif done:
        texts["time"] = f"{duration(elapsed * (1 - done) / done)} left"
    return texts


def bar_line(
    plan: Plan, moment: Moment, elapsed: float, width: int, final: bool = False, blocks: str = "#."
) -> str:
    """One line of at most `width` characters: short names and fewer texts where they must be.

    Examples
    --------
    >>> moment = Moment(epoch=2, step=5, figures={"loss": 0.25, "accuracy": 0.875})
    >>> bar_line(Plan(epochs=3, steps=10, examples=1000), moment, elapsed=30.0, width=65)
    'epoch 2/3 #####.....  50%  loss 0.250  acc 0.875  50/s  0:30 left'
    """
    percent = f"{int(100 * fraction(plan, moment)):3d}%"

    def line(bar: str) -> str:
        return "  ".join([f"{_epoch(plan, moment)} {bar} {percent}", *texts.values()])

    texts = status(plan, moment, elapsed, final)
    if width - len(line("")) < SHORTEST:
        texts = status(plan, moment, elapsed, final, short=True)
    for name in LEAST_MISSED:
        if width - len(line("")) >= SHORTEST:
            break
        texts.pop(name, None)
    size = max(min(width - len(line("")), LONGEST), 0)
    full = round(size * fraction(plan, moment))
    return line(blocks[0] * full + blocks[1] * (size - full))[:width]


def bar_html(plan: Plan, moment: Moment, elapsed: float, final: bool, message: str = "") -> str:
    """A bar and a line of text; the text has the colour of the page, light or dark."""
    percent = f"{int(100 * fraction(plan, moment))}%"
    texts = [_epoch(plan, moment), percent, *status(plan, moment, elapsed, final).values(), message]
    return (
        f'<div style="{TRACK}"><div style="{FILLED};width:{percent}"></div></div>'
        f"<div>{html.escape(' · '.join(filter(None, texts)))}</div>"
    )


def fraction(plan: Plan, moment: Moment) -> float:
    """The part of the run that is done, from 0 to 1."""
    steps = (moment.epoch - 1) * plan.steps + moment.step
    return max(steps / max(plan.epochs * plan.steps, 1), 0.0)


def is_printed(epoch: int, epochs: int) -> bool:
    """Whether an epoch has a line in a log: the first, the last, and even steps between.

    Examples
    --------
    >>> [epoch for epoch in range(1, 301) if is_printed(epoch, 300)][:5]
    [1, 6, 12, 18, 24]
    """
    return epoch == 1 or epoch * LINES // epochs > (epoch - 1) * LINES // epochs


def number(value: float, digits: int) -> str:
    """A figure with so many digits after the point, or as a power of ten if they do not do.

    Examples
    --------
    >>> number(0.31249, 4), number(0.0000312, 4)
    ('0.3125', '3.120e-05')
    """
    plain = value == 0 or 10 ** (1 - digits) <= abs(value) < 1e4
    return f"{value:.{digits}f}" if plain else f"{value:.{digits - 1}e}"


def speed(rate: float) -> str:
    """Examples a second, to three digits: the others change with every look.

    Examples
    --------
    >>> speed(41234.5), speed(2.25)
    ('41,200/s', '2.25/s')
    """
    return f"{float(f'{rate:.3g}'):,.12g}/s"


def duration(seconds: float) -> str:
    """Minutes and seconds, and hours if there are any.

    Examples
    --------
    >>> duration(12.3), duration(3723)
    ('0:12', '1:02:03')
    """
    minutes, second = divmod(round(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def blocks(encoding: str | None) -> str:
    """The characters of a bar, done and to do, that a stream of this encoding can write."""
    try:
        "█░".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "#."
    return "█░"


def _in_notebook() -> bool:
    """Whether a Jupyter kernel runs this; who has not imported IPython is not asked to."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython is not None and getattr(get_ipython(), "kernel", None) is not None


def _after(row: Row, plan: Plan) -> Moment:
    """The end of an epoch."""
    return Moment(int(row["epoch"] or 0), plan.steps, row)


def _words(name: str, short: bool) -> str:
    """What a measure is called on the screen."""
    words = name.replace("_", " ")
    return words.replace("validation", "val").replace("accuracy", "acc") if short else words


def _epoch(plan: Plan, moment: Moment) -> str:
    """The epoch of all, always as wide as the last."""
    return f"epoch {moment.epoch:>{len(str(plan.epochs))}}/{plan.epochs}"
