"""Ending a run with a loss that is not finite, and explaining where that began and why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import LayerLike, LossLike, predict
from layers.core.checks import label
from layers.core.params import Array
from nets.sequential import Sequential
from nets.training.history import History
from optimizers.optimizer import OptimizerLike

if TYPE_CHECKING:
    from nets.training.training import Training


class DivergenceError(ArithmeticError):
    """Raised when the loss or a parameter becomes nan or infinite in training.

    Attributes
    ----------
    history : History
        The complete epochs.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history

    def __reduce__(self) -> tuple[type[DivergenceError], tuple[str, History]]:
        return type(self), (str(self), self.history)


def check_figures(
    training: Training, x: Array, figures: Mapping[str, float], epoch: int, step: int
) -> None:
    """End the run if the loss of a batch, its accuracy or the penalty is not finite."""
    if not all(map(math.isfinite, figures.values())):
        _end(training, x, figures, f"epoch {epoch}, step {step}")


def check_params(training: Training, x: Array, figures: Mapping[str, float], epoch: int) -> None:
    """End the run if a parameter is nan or infinite after the last step of an epoch."""
    if not all(bool(np.isfinite(array).all()) for array in training.net.params.values()):
        _end(training, x, figures, f"the end of epoch {epoch}")


def _end(training: Training, x: Array, figures: Mapping[str, float], when: str) -> NoReturn:
    """Explain what is not finite, and restore the parameters with which the loss was finite."""
    message = explanation(training.net, training.loss, training.optimizer, x, figures, when)
    message += f" The parameters are back at those with which epoch {training.began.epoch} began."
    training.began.restore(training.net)
    raise DivergenceError(message, training.history)


def explanation(
    net: LayerLike,
    loss: LossLike,
    optimizer: OptimizerLike,
    x: Array,
    figures: Mapping[str, float],
    when: str,
) -> str:
    """What happened, the first layer with an output that is not finite, and the likely cause."""
    bad = next((name for name, value in figures.items() if not math.isfinite(value)), "")
    what = f"the {bad} became {figures[bad]}" if bad else "the parameters became nan or infinite"
    where = (
        "The penalty depends only on the parameters."
        if bad == "penalty"
        else "The first output that is not finite is that of "
        + next(_not_finite(net, x), f"the loss itself, {label(loss)}: every layer was finite")
        + "."
    )
    return f"{what} at {when}. {where} {_cause(net, optimizer, x)}"


def _not_finite(net: LayerLike, x: ArrayLike, above: str = "") -> Iterator[str]:
    """The layers with an output for x that is not finite, in order."""
    for index, layer in enumerate(net if isinstance(net, Sequential) else (net,)):
        path = f"{above}{index}"
        if isinstance(layer, Sequential):
            yield from _not_finite(layer, x, f"{path}.")
        x = predict(layer, x)
        if not np.isfinite(x).all():
            yield f"layer {path} ({label(layer)})"


def _cause(net: LayerLike, optimizer: OptimizerLike, x: Array) -> str:
    sizes = [float(np.abs(array).max(initial=0.0)) for array in net.params.values()]
    largest = float(np.max(sizes, initial=0.0))
    rate = getattr(optimizer, "learning_rate", None)
    rate = rate(max(getattr(optimizer, "t", 1), 1)) if callable(rate) else rate
    if not np.isfinite(largest) or largest > 1e3:
        grown = f"grown to {largest:.3g}" if np.isfinite(largest) else "become infinite or nan"
        return (
            f"The parameters have {grown} in size: the learning rate, {rate}, is probably too "
            "large; try a tenth of it."
        )
    return (
        f"The largest input in this batch is {float(np.abs(x).max()):.3g} and the largest "
        f"parameter {largest:.3g}: scale the inputs to about 1, or lower the learning rate, {rate}."
    )
