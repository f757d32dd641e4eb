"""A function and its derivative as two: ``tanh`` and ``tanh_prime``, ``loss`` and ``gradient``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import TARGETS, name_of, plain
from layers.gradcheck.forms.named_arguments import NamedArguments

STEP = 1e-6


class ValueAndSlope:
    """A function, and another that takes the same arguments and returns its derivative.

    Elementwise functions have one argument; the derivative may be written in terms of the output,
    as in ``y * (1 - y)``, which is found out by trying. Losses have two, and the derivative is that
    by the prediction. A net's ``gradient(x, y)`` may return a dict for its parameters.

    Parameters
    ----------
    value, slope : callable
        Two functions, or two methods of one object.
    arguments : mapping of str to object
        The arguments that are not inputs, by name.
    """

    def __init__(
        self,
        value: Callable[..., Any],
        slope: Callable[..., Any],
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        self._value = NamedArguments(value, arguments)
        self._slope = NamedArguments(slope, arguments)
        self._names = (name_of(value), name_of(slope))
        owner = getattr(value, "__self__", None)
        self.label = self._names[0] if owner is None else type(owner).__name__
        self.of_output = False

    @property
    def form(self) -> str:
        """What was recognised."""
        of = " of the output" if self.of_output else ""
        return f"{self._names[0]} and its derivative {self._names[1]}{of}"

    @property
    def params(self) -> dict[str, Array]:
        """The parameters, live, of a net with a loss and a gradient."""
        return self._value.params

    def forward(self, *xs: Any) -> Any:
        """Return the value."""
        self._xs, self._y = xs, self._value(*xs)
        return self._y

    def backward(self, dout: Any = 1.0) -> tuple[Any, dict[str, Any]]:
        """Return the slope times dout."""
        slope = self._slope(*((self._y,) if self.of_output else self._xs))
        if isinstance(slope, Mapping):
            gradients = self._value.gradients(slope, self._xs, self._slope)
            return self._value.contract({k: dout * g for k, g in gradients.items()}, self._xs)
        dxs: list[Any] = [None] * len(self._xs)
        dxs[self._moved()] = dout * slope
        return (dxs[0] if len(dxs) == 1 else tuple(dxs)), {}

    def _moved(self) -> int:
        """Which input the slope belongs to: the prediction where there is a target."""
        names = [plain(name) for name in self._value.inputs(self._xs)]
        return 1 if len(names) == 2 and names[0] in TARGETS and names[1] not in TARGETS else 0

    def find_out(self, inputs: Sequence[Any]) -> None:
        """Try whether the slope is written in terms of the output, as in ``y * (1 - y)``."""
        if len(inputs) != 1 or self.params:
            return
        x = np.asarray(inputs[0], np.float64)
        numeric = (self._value(x + STEP) - self._value(x - STEP)) / (2 * STEP)
        if np.shape(numeric) != x.shape or _fit(self._slope(x), numeric):
            return
        self.of_output = _fit(self._slope(self._value(x)), numeric)


def _fit(slope: Any, numeric: Any) -> bool:
    return np.shape(slope) == numeric.shape and np.allclose(slope, numeric, 1e-4, 1e-6)
