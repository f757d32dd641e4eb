"""The norm of the gradient at each layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from layers.core.checks import brief
from layers.core.notebook import cut
from nets.display.figure import blank
from nets.plots.style import BLUE, VERMILION, dots, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMED = 24  # layers that have room for their names
LETTERS = 20
DECADES = 3.0


def gradient_norms(trace: Sequence[Any]) -> Figure:
    """Draw the norm of the upstream gradient of every layer, and of those of its parameters.

    The axis is logarithmic; a norm of 0 is a cross at the bottom.

    Parameters
    ----------
    trace : Trace
        What ``net.trace(x, labels, loss)`` returned: steps with a name, a layer, its grads, and
        the norms upstream and learning.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import FullyConnected, SoftmaxCE, Tanh
    >>> from nets import Sequential
    >>> net = Sequential(FullyConnected(2, 3), Tanh(), FullyConnected(3, 2))
    >>> axes = gradient_norms(net.trace(np.eye(2), np.array([0, 1]), SoftmaxCE())).axes[0]
    >>> axes.get_yscale(), len(axes.lines[0].get_xdata())
    ('log', 3)
    """
    found = list(trace) if isinstance(trace, Sequence) else []
    if not (found and all(hasattr(step, "upstream") for step in found)):
        raise TypeError(
            f"gradient_norms: expected trace to be a Trace, got {brief(trace)}; "
            "pass what net.trace(x, labels, loss) returned"
        )
    steps = [step for step in found if step.name != "loss"] or found
    figure = blank(max(4.5, min(9.0, 1.5 + 0.45 * len(steps))), 3.8)
    axes = figure.add_subplot()
    places = range(len(steps))
    norms, marker = _shown([step.upstream for step in steps]), dots(len(steps))
    axes.plot(places, norms, color=BLUE, marker=marker, ms=5, label="upstream")
    learners = [place for place in places if steps[place].grads]
    sizes = _shown([steps[place].learning for place in learners])
    axes.plot(learners, sizes, "s", color=VERMILION, ms=5, label="of parameters")
    if zeros := [place for place in places if steps[place].upstream == 0]:
        low = axes.get_xaxis_transform()  # heights as shares of the picture
        axes.plot(zeros, [0.04] * len(zeros), "x", color=BLUE, ms=7, label="zero", transform=low)
    axes.set(yscale="log", ylabel="norm of the gradient", xlim=(-0.5, len(steps) - 0.5))
    axes.set_ylim(*_limits(axes.get_ylim()))
    if len(steps) <= NAMED:
        names = [f"{step.name} {cut(type(step.layer).__name__, LETTERS)}" for step in steps]
        axes.set_xticks(places, names, rotation=40, ha="right", rotation_mode="anchor")
    else:
        axes.set_xlabel("layer")
    plain(axes)
    axes.legend(frameon=False)
    return figure


def _shown(norms: Sequence[float]) -> list[float]:
    """What a logarithmic axis can show; the line breaks at what it cannot."""
    return [norm if 0 < norm < math.inf else math.nan for norm in norms]


def _limits(limits: tuple[float, float]) -> tuple[float, float]:
    """Three powers of ten at least, so that small differences look small."""
    low, high = map(math.log10, limits)
    more = max(0.0, DECADES - (high - low)) / 2
    return 10 ** (low - more), 10 ** (high + more)
