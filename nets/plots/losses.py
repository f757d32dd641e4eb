"""The loss of every minibatch, which is noisy, and the losses of several runs, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from layers.core.checks import count, numbers
from layers.core.params import Array
from nets.arguments import by_name
from nets.display.figure import panels
from nets.plots.style import BLUE, SEVERAL, dots, plain, whole_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOISE = "#A8C8DC"  # a pale BLUE


class Columns(Protocol):
    """Curves by name: the `History` that `fit` returns, a dict of lists, a DataFrame."""

    def keys(self) -> Iterable[str]:
        """The names of the columns."""

    def __getitem__(self, column: str, /) -> Sequence[float]: ...


def minibatch_losses(losses: Sequence[float], window: int | None = None) -> Figure:
    """Draw the loss of every step, and its mean over the steps around.

    Parameters
    ----------
    losses : sequence of float
        The loss of each minibatch, in order.
    window : int, optional
        How many steps the mean is taken over, such as those of an epoch. None: a twentieth of
        the run.

    Raises
    ------
    ValueError
        If there is no loss to draw, or not as many as the window.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> losses = [2 / (1 + t / 50) + rng.normal(scale=0.2) for t in range(400)]
    >>> minibatch_losses(losses).axes[0].get_xlabel()
    'step'

    Notes
    -----
    Source: the lecture "Backpropagation" by Li, Karpathy and Johnson, where the loss over
    minibatches goes down over time.
    """
    values = one_curve("minibatch_losses", losses)
    window = max(len(values) // 20, 1) if window is None else window
    if count("minibatch_losses", "window", window) > len(values):
        raise ValueError(
            f"minibatch_losses: expected a window of at most {len(values)}, the number of losses, "
            f"got {window}"
        )
    mean = np.convolve(values, np.full(window, 1 / window), mode="valid")
    figure, (axes,) = panels(1, 1, (6.4, 3.6))
    axes.plot(np.arange(1, len(values) + 1), values, color=NOISE, lw=0.8, label="one minibatch")
    middles = np.arange(1, len(mean) + 1) + (window - 1) / 2
    axes.plot(middles, mean, color=BLUE, lw=2, label=f"mean of {window}")
    axes.set(xlabel="step", ylabel="loss")
    axes.legend(frameon=False)
    plain(axes)
    return figure


def loss_curves(runs: Mapping[str, Columns | Sequence[float]]) -> Figure:
    """Draw the losses of several runs in one picture, such as momentum 0 against 0.99.

    Parameters
    ----------
    runs : dict of str to History or sequence of float
        The runs by the names to show: what `fit` returned, or any other dict with a column
        ``"loss"``, drawn over the epochs; or the losses of each step.

    Raises
    ------
    ValueError
        If there is no run, or one without a loss.

    Examples
    --------
    >>> figure = loss_curves({"momentum 0": [2.3, 1.9, 1.6], "momentum 0.99": [2.3, 1.2, 0.4]})
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['momentum 0', 'momentum 0.99']

    Notes
    -----
    Source: EECS 442, discussion 5, "No Momentum" and "With Momentum".
    """
    by_name("loss_curves", "runs", runs)
    by_epoch = {  # a pandas Series has keys, too
        name: hasattr(run, "keys") and not hasattr(run, "dtype") for name, run in runs.items()
    }
    curves = {
        name: one_curve("loss_curves", _loss(run) if by_epoch[name] else run)
        for name, run in runs.items()
    }
    figure, (axes,) = panels(1, 1, (6.4, 3.6))
    for (name, curve), colour in zip(curves.items(), cycle(SEVERAL), strict=False):
        steps = np.arange(1, len(curve) + 1)
        axes.plot(steps, curve, color=colour, lw=1.8, label=name, marker=dots(len(curve)), ms=4)
    axes.set(xlabel="epoch" if all(by_epoch.values()) else "step", ylabel="loss")
    whole_numbers(axes)
    axes.legend(frameon=False)
    plain(axes)
    return figure


def one_curve(owner: str, values: Any, name: str = "losses") -> Array:
    """The values of a curve, which may be nan or infinite."""
    array = numbers(owner, name, values)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{owner}: expected a row of {name}, got shape {array.shape}")
    return array.astype(float)


def _loss(columns: Any) -> Any:
    if "loss" not in (names := list(columns.keys())):
        raise ValueError(
            f"loss_curves: expected a run with a column 'loss', got {', '.join(map(str, names))}"
        )
    return columns["loss"]
