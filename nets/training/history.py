"""The curves of a training run."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING, Any

from layers.core.checks import unlike, whole
from layers.core.notebook import table
from nets.display.text import aligned, ends, sparkline
from nets.interop.atomic import Path, atomic_write
from nets.plots.training_curves import training_curves
from nets.training.foreign_arguments import named

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALWAYS = ("epoch", "loss", "seconds")
LONGEST = 20  # a table of more epochs than this shows the first and the last few
ENDS = 5
SPARK = 12  # characters of the curves in a page


class History:
    """The curves of a training run, with one value per epoch.

    The columns are epoch (counted from 1), loss, penalty, accuracy, validation_loss,
    validation_accuracy and seconds; penalty, accuracy and the validation columns exist only if
    the run measured them. The loss is that of the data alone, in training as in validation: it
    does not include the penalty of a regularizer. Each column is an attribute, ``history.loss``,
    and an item, ``history["loss"]``: a list of Python numbers. ``len(history)`` is the number of
    epochs, and ``dict(history)`` holds the columns.

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

    epoch: list[float]
    loss: list[float]
    penalty: list[float]
    accuracy: list[float]
    validation_loss: list[float]
    validation_accuracy: list[float]
    seconds: list[float]

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
        """Add an epoch. A measure that is None has no column.

        Raises
        ------
        ValueError, TypeError
            If the columns are not those of the earlier epochs, or a value is not a number. The
            history stays as it was.
        """
        values = (epoch, loss, penalty, accuracy, validation_loss, validation_accuracy, seconds)
        given = {
            name: _number(name, value)
            for name, value in zip(History.__annotations__, values, strict=True)
            if value is not None or name in ALWAYS
        }
        given["epoch"] = whole("History", "epoch", epoch)
        if not len(self):
            self._curves = {name: [] for name in given}
        if given.keys() != self._curves.keys():
            raise ValueError(
                f"History: expected the columns of the earlier epochs, {', '.join(self._curves)}, "
                f"got {', '.join(given)}"
            )
        for name, value in given.items():
            self._curves[name].append(value)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self._curves)

    def keys(self) -> tuple[str, ...]:
        """The names of the columns, as a dict returns them."""
        return self.columns

    def __getitem__(self, column: str) -> list[float]:
        if not isinstance(column, str) or column not in self.columns:
            raise KeyError(self._missing(column))
        return list(self._curves[column])

    def __getattr__(self, name: str) -> list[float]:
        if name.startswith("_"):  # copy and pickle ask for some before the columns exist
            raise AttributeError(name)
        if name not in self._curves:
            raise AttributeError(self._missing(name))
        return self[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._curves]

    def _missing(self, name: object) -> str:
        return f"History: there is no column {name!r}; there are {', '.join(self._curves)}"

    def __len__(self) -> int:
        return len(self._curves["epoch"])

    def rows(self) -> list[dict[str, float]]:
        """The epochs, each as a dict from column to value."""
        values = zip(*self._curves.values(), strict=True)
        return [dict(zip(self._curves, row, strict=True)) for row in values]

    def to_csv(self, path: Path) -> None:
        """Write a header and one line per epoch; the numbers read back exactly.

        The file appears under its name only once it is complete.
        """
        lines = [self.columns, *(map(repr, row.values()) for row in self.rows())]
        text = "".join(",".join(line) + "\n" for line in lines)
        with atomic_write(path) as file:
            file.write(text.encode())

    def plot(self) -> Figure:
        """Draw the curves; see `nets.plots.training_curves`."""
        return training_curves(self)

    def __repr__(self) -> str:
        columns = [[name, *cells] for name, cells in self._shown().items()]
        return "\n".join(aligned(list(zip(*columns, strict=True)), left=0))

    def _repr_html_(self) -> str:
        shown = self._shown()
        if len(self) > 1:
            for name, cells in shown.items():
                cells.append("" if name == "epoch" else sparkline(self[name], SPARK))
        return table(list(shown), zip(*shown.values(), strict=True), left=0)

    def _shown(self) -> dict[str, list[str]]:
        """The cells of the table, column by column."""
        shown = {}
        for name, values in self._curves.items():
            first, hidden, last = ends(values, LONGEST if len(self) <= LONGEST else 2 * ENDS)
            texts = _texts(name, first + last)
            shown[name] = [*texts[: len(first)], *["..."] * bool(hidden), *texts[len(first) :]]
        return shown


def _number(name: str, value: Any) -> float:
    """A number, which may be nan or infinite."""
    if not isinstance(value, (str, bytes)):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            return float(value)
    raise TypeError(unlike("History", name, "a number", value))


def _texts(column: str, values: list[float]) -> list[str]:
    """Numbers in one format, so that their decimal points line up."""
    if column == "epoch":
        return [str(value) for value in values]
    plain = all(v == 0 or 1e-3 <= abs(v) < 1e6 or not math.isfinite(v) for v in values)
    digits = 3 if column == "seconds" else 4
    return [f"{value:.{digits}{'f' if plain else 'e'}}" for value in values]
