"""How far a training run is and how fast it goes, as short texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Row = Mapping[str, float | None]

MEASURES = {  # in order, with the short names
    "loss": "loss",
    "penalty": "penalty",
    "accuracy": "acc",
    "validation_loss": "val loss",
    "validation_accuracy": "val acc",
}


@dataclass
class RunStatus:
    """The size of a run, the last step that is done, counted from 1, and the latest figures.

    Examples
    --------
    >>> status = RunStatus(epochs=3, steps=10, examples=1000)
    >>> status.epoch, status.step, status.figures = 2, 5, {"loss": 0.25, "accuracy": 0.875}
    >>> status.heading, status.done
    ('epoch 2/3', 0.5)
    >>> list(status.texts(elapsed=30.0).values())
    ['loss 0.2500', 'accuracy 0.8750', '50/s', '0:30 left']
    """

    epochs: int
    steps: int
    examples: int
    epoch: int = 0
    step: int = 0
    figures: Row = field(default_factory=dict)

    def end_epoch(self, row: Row) -> None:
        """Take the figures of a complete epoch, by the columns of `History`."""
        self.epoch, self.step, self.figures = int(row["epoch"] or 0), self.steps, row

    @property
    def done(self) -> float:
        """The share of the run that is done, from 0 to 1."""
        return max((self.epoch - 1) * self.steps + self.step, 0) / (self.epochs * self.steps)

    @property
    def heading(self) -> str:
        """The epoch, always as wide as the last."""
        return f"epoch {self.epoch:>{len(str(self.epochs))}}/{self.epochs}"

    def texts(self, elapsed: float, final: bool = False, short: bool = False) -> dict[str, str]:
        """The measures, the speed and the time left, as far as they are known."""
        texts = {
            name: f"{brief_name if short else name.replace('_', ' ')} {figure(value)}"
            for name, brief_name in MEASURES.items()
            if (value := self.figures.get(name)) is not None
        }
        # The very first step is slower than the others: it allocates what they use again.
        done = 0.0 if self.epoch == self.step == 1 < self.steps else self.done
        if done and elapsed > 0:
            rate = float(f"{done * self.epochs * self.examples / elapsed:.3g}")
            texts["speed"] = f"{rate:,.12g}/s"
        if final:
            texts["time"] = f"in {elapsed:.1f} s" if elapsed < 10 else f"in {duration(elapsed)}"
        elif done:
            texts["time"] = f"{duration(elapsed * (1 - done) / done)} left"
        return texts


def figure(value: float, digits: int = 4) -> str:
    """A number with so many decimals, or as a power of ten if it is very small or large.

    Examples
    --------
    >>> figure(0.31249), figure(0.0000312)
    ('0.3125', '3.120e-05')
    """
    plain = value == 0 or 10 ** (1 - digits) <= abs(value) < 1e4
    return f"{value:.{digits}f}" if plain else f"{value:.{digits - 1}e}"


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
