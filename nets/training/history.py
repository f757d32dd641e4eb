"""The curves of a training run."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any, NoReturn

from layers.core.checks import whole
from layers.core.notebook import table
from nets import plots
from nets.display.text_table import aligned, ends
from nets.interop.atomic import atomic_write
from nets.interop.file_paths import Path
from nets.training.brief import brief
from nets.training.curves import curves
from nets.training.foreign_arguments import named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = (
    "epoch",
    "loss",
    "penalty",
    "accuracy",
    "validation_loss",
    "validation_accuracy",
    "seconds",
)
ALWAYS = ("epoch", "loss", "seconds")
LONGEST = 20  # a table of more epochs than this shows the first and the last few
ENDS = 5


class Curve:
    """Makes a column an attribute: ``history.loss`` is ``history["loss"]``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, history: History, owner: type) -> list[float]:
        """The values of the column, one an epoch."""
        try:
            return history[self.name]
        except KeyError as error:  # an attribute that is not there has an error of its own
            raise AttributeError(error.args[0]) from None


class History:
    """The curves of a training run, one value of each for every epoch.

    The columns are epoch (counted from 1), loss, penalty, accuracy, validation_loss,
    validation_accuracy and seconds. Those of penalty, accuracy and validation are there if the run
    measured them. The loss is that of the data alone, as in validation: the penalty of a
    regularizer is not in it. Each column is an attribute, ``history.loss``, and an item,
    ``history["loss"]``: a list of Python numbers. ``len(history)`` is the number of epochs.

    Examples
    --------
    >>> history = History()
    >>> history.append(epoch=1, loss=2.25, accuracy=0.5, seconds=0.5)
    >>> history.append(epoch=2, loss=0.75, accuracy=0.875, seconds=0.25)
    >>> history.loss
    [2.25, 0.75]
    >>> history
    epoch    loss  accuracy  seconds
        1  2.2500    0.5000    0.500
        2  0.7500    0.8750    0.250
    """

    epoch = Curve("epoch")
    loss = Curve("loss")
    penalty = Curve("penalty")
    accuracy = Curve("accuracy")
    validation_loss = Curve("validation_loss")
    validation_accuracy = Curve("validation_accuracy")
    seconds = Curve("seconds")

    def __init__(self) -> None:
        self._curves: dict[str, list[float]] = {name: [] for name in ALWAYS}

    @named
    def append(
        self,
        *,
        epoch: int,
        loss: float,
        seconds: float,
        penalty: float | None = None,
        accuracy: float | None = None,
        validation_loss: float | None = None,
        validation_accuracy: float | None = None,
    ) -> None:
        """Add an epoch; what is None in one epoch is None in all, and no column.

        Raises
        ------
        ValueError, TypeError
            If the columns are not those of the epochs before, or a value is not a number;
            nothing is added then.
        """
        values = (epoch, loss, penalty, accuracy, validation_loss, validation_accuracy, seconds)
        given = {
            name: _figure(name, value)
            for name, value in zip(COLUMNS, values, strict=True)
            if value is not None or name in ALWAYS
        }
        given["epoch"] = whole("History", "epoch", epoch)
        if not len(self):
            self._curves = {name: [] for name in given}
        if given.keys() != self._curves.keys():
            raise ValueError(
                f"History: expected the columns of the epochs before, {', '.join(self._curves)}, "
                f"got {', '.join(given)}"
            )
        for name, value in given.items():
            self._curves[name].append(value)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self._curves)

    def __getitem__(self, column: str) -> list[float]:
        if not isinstance(column, str) or column not in self.columns:
            raise KeyError(
                f"History: there is no column {column!r}; there are {', '.join(self._curves)}"
            )
        return list(self._curves[column])

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):  # copying and pickling ask for such names before there are curves
            raise AttributeError(name)
        raise AttributeError(
            f"History: there is no column {name!r}; there are {', '.join(self._curves)}"
        )

    def __len__(self) -> int:
        return len(self._curves["epoch"])

    def rows(self) -> list[dict[str, float]]:
        """One dict an epoch, from column to value."""
        values = zip(*self._curves.values(), strict=True)
        return [dict(zip(self._curves, row, strict=True)) for row in values]

    def to_csv(self, path: Path) -> None:
        """Write a header and one line an epoch; the numbers read back exactly.

        The file appears under its name only once it is complete.
        """
        table = [self.columns, *([repr(v) for v in row.values()] for row in self.rows())]
        text = "".join(",".join(line) + "\n" for line in table)
        with atomic_write(path) as file:
            file.write(text.encode())

    def plot(self) -> Figure:
        """Draw the curves; see `nets.plots.training_curves`."""
        return plots.training_curves(self)

    def __repr__(self) -> str:
        columns = [[name, *cells] for name, cells in self._shown().items()]
        return "\n".join(aligned(list(zip(*columns, strict=True)), left=0))

    def _repr_html_(self) -> str:
        shown = self._shown()
        return curves(self) + table(list(shown), zip(*shown.values(), strict=True), left=0)

    def _shown(self) -> dict[str, list[str]]:
        """The cells of the table, column by column."""
        shown = {}
        for name, values in self._curves.items():
            first, hidden, last = ends(values, LONGEST if len(self) <= LONGEST else 2 * ENDS)
            texts = _texts(name, first + last)
            shown[name] = [*texts[: len(first)], *["..."] * bool(hidden), *texts[len(first) :]]
        return shown


def _figure(name: str, value: Any) -> float:
    """A number, which may be nan or infinite."""
    if not isinstance(value, (str, bytes)):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            return float(value)
    raise TypeError(f"History: expected {name} to be a number, got {brief(value)}")


def _texts(column: str, values: list[float]) -> list[str]:
    """Numbers in one style, so that the points of a column stand below each other."""
    if column == "epoch":
        return [str(value) for value in values]
    plain = all(v == 0 or 1e-3 <= abs(v) < 1e6 or not math.isfinite(v) for v in values)
    digits = 3 if column == "seconds" else 4
    return [f"{value:.{digits}{'f' if plain else 'e'}}" for value in values]
