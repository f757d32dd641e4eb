"""Where a training run is and how fast it goes, as short texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Row = Mapping[str, float | None]

MEASURES = ("loss", "penalty", "accuracy", "validation_loss", "validation_accuracy")


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


def end_of_epoch(plan: Plan, row: Row) -> Moment:
    """The moment after the last step of an epoch."""
    return Moment(int(row["epoch"] or 0), plan.steps, row)


def fraction(plan: Plan, moment: Moment) -> float:
    """The part of the run that is done, from 0 to 1."""
    steps = (moment.epoch - 1) * plan.steps + moment.step
    return max(steps / max(plan.epochs * plan.steps, 1), 0.0)


def epoch_of(plan: Plan, moment: Moment) -> str:
    """The epoch of all, always as wide as the last."""
    return f"epoch {moment.epoch:>{len(str(plan.epochs))}}/{plan.epochs}"


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
    # The first step of many sets up what the others find there: its pace is not that of the run.
    is_first = moment.epoch == moment.step == 1 < plan.steps
    done = 0.0 if is_first else fraction(plan, moment)
    if done and elapsed > 0:
        texts["speed"] = speed(done * plan.epochs * plan.examples / elapsed)
    if final:
        texts["time"] = f"in {elapsed:.1f} s" if elapsed < 10 else f"in {duration(elapsed)}"
    elif done:
        texts["time"] = f"{duration(elapsed * (1 - done) / done)} left"
    return texts


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


def _words(name: str, short: bool) -> str:
    """What a measure is called on the screen."""
    words = name.replace("_", " ")
    return words.replace("validation", "val").replace("accuracy", "acc") if short else words
