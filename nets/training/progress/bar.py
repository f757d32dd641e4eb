"""How far a training run is, in a terminal: a bar, and as many texts beside it as have room."""

from __future__ import annotations

import shutil

from nets.display.sparkline import HEIGHTS, sparkline
from nets.training.progress.displays import Clock, Redrawn
from nets.training.progress.pace import Moment, Plan, epoch_of, fraction, status
from nets.training.progress.stdout import Output

BLOCKS = "█░"
SHORTEST, LONGEST = 8, 40  # characters of a bar
CURVE = 12  # characters of a curve
LEAST_MISSED = (
    "curve",
    "penalty",
    "speed",
    "validation_loss",
    "accuracy",
    "validation_accuracy",
    "time",
    "loss",
)


class Bar(Redrawn):
    """A bar in one line of a terminal."""

    def __init__(self, plan: Plan, clock: Clock, output: Output) -> None:
        super().__init__(plan, clock)
        self._output = output
        self._blocks = BLOCKS if output.can_write(BLOCKS) else "#."
        self._drawn = 0

    def _draw(self, elapsed: float, final: bool, message: str) -> None:
        text = ""
        if self._moment.epoch:
            # One less, because some wrap a line that is full.
            width = max(shutil.get_terminal_size().columns - 1, 0)
            line = bar_line(
                self._plan, self._moment, elapsed, width, final, self._blocks, self._curve()
            )
            # Blanks over the rest of a longer line: not every terminal can clear one.
            text = "\r" + line.ljust(min(self._drawn, width)) + "\n" * final
            self._drawn = len(line)
        self._output.write(text + f"{message}\n" * bool(message))

    def _curve(self) -> str:
        """The losses of the epochs so far, where the stream can write such characters."""
        losses = [float(moment.figures["loss"] or 0) for moment in self._done]
        shown = len(losses) > 1 and self._output.can_write(HEIGHTS)
        return sparkline(losses, CURVE) if shown else ""


def bar_line(
    plan: Plan,
    moment: Moment,
    elapsed: float,
    width: int,
    final: bool = False,
    blocks: str = "#.",
    curve: str = "",
) -> str:
    """One line of at most `width` characters: short names and fewer texts where they must be.

    Examples
    --------
    >>> moment = Moment(epoch=2, step=5, figures={"loss": 0.25, "accuracy": 0.875})
    >>> bar_line(Plan(epochs=3, steps=10, examples=1000), moment, elapsed=30.0, width=65)
    'epoch 2/3 #####.....  50%  loss 0.250  acc 0.875  50/s  0:30 left'
    """
    done = fraction(plan, moment)
    before, after = f"{epoch_of(plan, moment)} ", f" {int(100 * done):3d}%"
    room = width - len(before + after)
    texts = _fitting(plan, moment, elapsed, final, room - SHORTEST, curve)
    size = max(min(room - len(texts), LONGEST), 0)
    full = round(size * done)
    bar = blocks[0] * full + blocks[1] * (size - full)
    return f"{before}{bar}{after}{texts}"[:width]


def _fitting(plan: Plan, moment: Moment, elapsed: float, final: bool, room: int, curve: str) -> str:
    """The texts about a moment that have room, each after two blanks."""
    drawn = {"curve": curve} if curve else {}
    texts = drawn | status(plan, moment, elapsed, final)
    if len(_joined(texts)) > room:
        texts = drawn | status(plan, moment, elapsed, final, short=True)
    for name in LEAST_MISSED:
        if len(_joined(texts)) > room:
            texts.pop(name, None)
    return _joined(texts)


def _joined(texts: dict[str, str]) -> str:
    return "".join(f"  {text}" for text in texts.values())
