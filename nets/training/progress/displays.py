"""What a training run tells a display, and the two kinds: one that prints, one that is redrawn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Protocol

from nets.training.progress.pace import Moment, Plan, Row, end_of_epoch, epoch_of, status
from nets.training.progress.stdout import Output

Clock = Callable[[], float]

INTERVAL = 0.1  # seconds between two drawings: more often is not seen, only paid for
MOST = 1000  # points that are kept of a curve
LINES = 50  # about as many as a long run leaves in a log


class Measured(Protocol):
    """The figures of an epoch under way, which are worked out when somebody looks."""

    @property
    def means(self) -> Mapping[str, float]:
        """The means so far, by the columns of `History`."""


class Progress:
    """What `fit` tells a display; this one shows nothing."""

    def update(self, epoch: int, step: int, tally: Measured) -> None:
        """Tell of a step that is done; epoch and step count from 1."""

    def epoch_end(self, row: Row) -> None:
        """Tell of an epoch that is done, by the columns of `History`."""

    def close(self, message: str = "") -> None:
        """Leave the last state standing, and the message after it."""


class Lines(Progress):
    """One line an epoch; of a run of very many epochs, about fifty lines in all."""

    def __init__(self, plan: Plan, clock: Clock, output: Output) -> None:
        self._plan, self._clock, self._output = plan, clock, output
        self._start = clock()
        self._waiting = Moment()

    def epoch_end(self, row: Row) -> None:
        """Print the epoch, if it is one of the fifty."""
        self._waiting = moment = end_of_epoch(self._plan, row)
        if is_printed(moment.epoch, self._plan.epochs):
            self._print(final=moment.epoch == self._plan.epochs)

    def close(self, message: str = "") -> None:
        """Print the last epoch, which a run that was stopped may not have, and the message."""
        if self._waiting.epoch:
            self._print(final=True)
        if message:
            self._output.write(f"{message}\n")

    def _print(self, final: bool) -> None:
        texts = status(self._plan, self._waiting, self._clock() - self._start, final)
        line = "  ".join([epoch_of(self._plan, self._waiting), *texts.values()])
        self._output.write(f"{line}\n")
        self._waiting = Moment()


def is_printed(epoch: int, epochs: int) -> bool:
    """Whether an epoch has a line in a log: the first, the last, and even steps between.

    Examples
    --------
    >>> [epoch for epoch in range(1, 301) if is_printed(epoch, 300)][:5]
    [1, 6, 12, 18, 24]
    """
    return epoch == 1 or epoch * LINES // epochs > (epoch - 1) * LINES // epochs


class Redrawn(Progress, ABC):
    """A display that is drawn over itself, at most every tenth of a second."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self._plan, self._clock = plan, clock
        self._start = clock()
        self._next = self._start + INTERVAL
        self._moment = Moment()
        self._done: list[Moment] = []  # the ends of epochs

    def update(self, epoch: int, step: int, tally: Measured) -> None:
        """Redraw if it is time to; mostly it is not, and this returns at once."""
        if self._clock() < self._next:
            return
        figures = {**self._moment.figures, **tally.means}
        self._moment = Moment(epoch, step, figures)
        self._redraw()

    def epoch_end(self, row: Row) -> None:
        """Take over the figures of the epoch, and redraw if it is time to."""
        self._moment = end_of_epoch(self._plan, row)
        self._done = [*thinned(self._done), self._moment]
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


def thinned(moments: list[Moment]) -> list[Moment]:
    """Every second moment of very many: a long run shall not draw ever more slowly."""
    return moments[::2] if len(moments) >= MOST else moments
