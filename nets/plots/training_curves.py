"""Loss and accuracy, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nets.arguments import instance
from nets.display.figure import blank
from nets.plots.style import BLUE, VERMILION, dots, plain, whole_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from nets.training.history import History

CURVES = (("", "training", BLUE), ("validation_", "validation", VERMILION))


def training_curves(history: History) -> Figure:
    """Draw the loss of every epoch and, beside it, the accuracy if there is one.

    Parameters
    ----------
    history : History
        What `fit` returned.

    Returns
    -------
    matplotlib.figure.Figure
        The last line of a notebook cell shows it; `save` writes it to a file.

    Raises
    ------
    ValueError
        If there is no epoch to draw.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from nets.training.history import History
    >>> history = History()
    >>> history.append(epoch=1, loss=2.25, accuracy=0.5, seconds=0.5)
    >>> [axes.get_ylabel() for axes in training_curves(history).axes]
    ['loss', 'accuracy']
    """
    from nets.training.history import History

    instance("training_curves", "history", history, History, "; pass what fit returned")
    if not len(history):
        raise ValueError("training_curves: the history has no epochs yet; train for one first")
    measures = [
        name
        for name in ("loss", "accuracy")
        if any(prefix + name in history.columns for prefix, _, _ in CURVES)
    ]
    figure = blank(4.5 * len(measures), 3.2)
    for index, name in enumerate(measures):
        _draw(figure.add_subplot(1, len(measures), index + 1), history, name)
    figure.axes[0].legend(frameon=False)
    return figure


def _draw(axes: Axes, history: History, name: str) -> None:
    marker = dots(len(history))
    for prefix, text, colour in CURVES:
        if prefix + name in history.columns:
            values = history[prefix + name]
            axes.plot(history.epoch, values, color=colour, label=text, marker=marker, ms=4)
    axes.set(xlabel="epoch", ylabel=name)
    whole_numbers(axes)
    plain(axes)
