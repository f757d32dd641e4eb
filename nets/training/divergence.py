"""When the loss is no longer a finite number: where that began, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from layers.base import label, predict
from layers.params import Array
from nets.sequential import Sequential
from nets.training.history import History


class DivergenceError(ArithmeticError):
    """Training was stopped, because the loss became nan or infinite.

    Attributes
    ----------
    history : History
        The epochs that were complete by then.
    """

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


class LastGood:
    """A copy of the parameters for which the loss was last finite."""

    def __init__(self, params: Mapping[str, Array]) -> None:
        self.copies = {name: array.copy() for name, array in params.items()}

    def keep(self, params: Mapping[str, Array]) -> None:
        """Remember the parameters as they are now."""
        for name, array in params.items():
            np.copyto(self.copies[name], array)

    def restore(self, params: Mapping[str, Array]) -> None:
        """Write the remembered parameters back."""
        for name, array in params.items():
            np.copyto(array, self.copies[name])


def explanation(net: Any, loss: Any, optimizer: Any, x: Array, value: float, when: str) -> str:
    """What happened, the first layer whose output was not finite, and the likely cause."""
    where = next(_not_finite(net, x), f"the loss itself, {label(loss)}: every layer was finite")
    return (
        f"the loss became {value} at {when}. The first output that is not finite is that of "
        f"{where}. {_cause(net, optimizer, x)} "
        "The parameters are back at those of the last good step."
    )


def _not_finite(net: Any, x: Any, above: str = "") -> Iterator[str]:
    """The layers, in order, whose output for x is not finite."""
    for index, layer in enumerate(net if isinstance(net, Sequential) else (net,)):
        path = f"{above}{index}"
        if isinstance(layer, Sequential):
            yield from _not_finite(layer, x, f"{path}.")
        x = predict(layer, x)
        if not np.isfinite(x).all():
            yield f"layer {path} ({label(layer)})"


def _cause(net: Any, optimizer: Any, x: Array) -> str:
    largest = max((float(np.abs(array).max()) for array in net.params.values()), default=0.0)
    rate = getattr(optimizer, "learning_rate", None)
    rate = rate(max(optimizer.t, 1)) if callable(rate) else rate
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
