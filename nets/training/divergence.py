"""When the loss is no longer a finite number: where that began, and why."""

from __future__ import annotations

import math
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

    def __reduce__(self) -> tuple[type[DivergenceError], tuple[str, History]]:
        return type(self), (str(self), self.history)


class LastGood:
    """A copy of the parameters for which the loss was last finite.

    A net can hide parameters that are not finite from its loss. So there are two copies: one of
    the last step, and one of the last time when all parameters were looked at.
    """

    def __init__(self, params: Mapping[str, Array]) -> None:
        self.copies = {name: array.copy() for name, array in params.items()}
        self.surely = {name: array.copy() for name, array in params.items()}

    def keep(self, params: Mapping[str, Array]) -> None:
        """Remember the parameters as they are now."""
        for name, array in params.items():
            self.copies[name][...] = array

    def look(self, params: Mapping[str, Array]) -> bool:
        """Whether all parameters are finite; if so, they are remembered as surely good."""
        finite = all_finite(params)
        if finite:
            for name, array in params.items():
                self.surely[name][...] = array
        return finite

    def restore(self, params: Mapping[str, Array]) -> None:
        """Write the remembered parameters back."""
        good = self.copies if all_finite(self.copies) else self.surely
        for name, array in params.items():
            array[...] = good[name]


def all_finite(params: Mapping[str, Array]) -> bool:
    """Whether no parameter holds nan or infinity."""
    return all(bool(np.isfinite(array).all()) for array in params.values())


def explanation(net: Any, loss: Any, optimizer: Any, x: Array, value: float, when: str) -> str:
    """What happened, the first layer whose output was not finite, and the likely cause."""
    where = next(_not_finite(net, x), f"the loss itself, {label(loss)}: every layer was finite")
    what = (
        "the parameters became nan or infinite"
        if math.isfinite(value)
        else (f"the loss became {value}")
    )
    return (
        f"{what} at {when}. The first output that is not finite is that of "
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
