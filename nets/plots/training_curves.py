"""Loss and accuracy, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.core.checks import brief
from layers.core.params import Array
from nets.display.figure import panels
from nets.plots.losses import Columns, one_curve
from nets.plots.style import BLUE, VERMILION, dots, plain, whole_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CURVES = (("", "training", BLUE), ("validation_", "validation", VERMILION))


def training_curves(history: Columns) -> Figure:
    """Draw the loss of every epoch and, next to it, the accuracy if there is one.

    Parameters
    ----------
    history : History or dict of str to sequence of float
        What `fit` returned, or columns of the same names: loss, accuracy, validation_loss and
        validation_accuracy.

    Raises
    ------
    ValueError
        If there is no epoch to draw, or no such column.

    Examples
    --------
    >>> figure = training_curves({"loss": [2.25, 0.75], "accuracy": [0.5, 0.875]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['loss', 'accuracy']
    """
    curves = _curves(history)
    epochs = curves.pop("epoch", None)
    measures = [name for name in ("loss", "accuracy") if {name, f"validation_{name}"} & {*curves}]
    figure, places = panels(len(measures), 2, (4.5, 3.2))
    for axes, name in zip(places, measures, strict=True):
        for prefix, text, colour in CURVES:
            if (values := curves.get(prefix + name)) is not None:
                x = range(1, len(values) + 1) if epochs is None else epochs
                axes.plot(x, values, color=colour, label=text, marker=dots(len(values)), ms=4)
        axes.set(xlabel="epoch", ylabel=name)
        whole_numbers(axes)
        plain(axes)
    figure.axes[0].legend(frameon=False)
    return figure


def _curves(history: Any) -> dict[str, Array]:
    """The columns that are drawn, and the epochs if they are given."""
    owner = "training_curves"
    if not hasattr(history, "keys"):
        raise TypeError(
            f"{owner}: expected history to be what fit returned, or a dict of its columns, got "
            f"{brief(history)}"
        )
    given = list(history.keys())
    names = [prefix + name for prefix, _, _ in CURVES for name in ("loss", "accuracy")]
    columns = {name: history[name] for name in ["epoch", *names] if name in given}
    if not columns.keys() - {"epoch"}:
        raise ValueError(f"{owner}: expected a column {', '.join(names)}, got {brief(given)}")
    if all(hasattr(values, "__len__") and not len(values) for values in columns.values()):
        raise ValueError(f"{owner}: the history has no epochs yet; train for one first")
    curves = {name: one_curve(owner, values, name) for name, values in columns.items()}
    if len(lengths := {len(values) for values in curves.values()}) > 1:
        raise ValueError(f"{owner}: expected columns of one length, got {sorted(lengths)}")
    return curves
