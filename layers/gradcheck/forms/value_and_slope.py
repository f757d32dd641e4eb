"""A function and its derivative as two: ``tanh`` and ``tanh_prime``, ``loss`` and ``gradient``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import TARGETS, name_of, plain, required
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
        self._slope_names = required(slope)
        owner = getattr(value, "__self__", None)
        self.label = self._names[0] if owner is None else type(owner).__name__
        self.of_output, self._of_params = False, False

    @property
    def form(self) -> str:
        """What was recognised."""
        of = " of the output" if self.of_output else ""
        return f"{self._names[0]} and its derivative {self._names[1]}{of}"

    @property
    def params(self) -> dict[str, Array]:
        """The parameters, live, of a net with a loss and a gradient of them."""
        return self._value.params if self._of_params else {}

    def forward(self, *xs: Any) -> Any:
        """Return the value."""
        self._xs, self._y = xs, self._value(*xs)
        return self._y

    def backward(self, dout: Any = 1.0) -> tuple[Any, dict[str, Any]]:
        """Return the slope times dout."""
        if self._takes_dout():
            return self._slope(*self._with_dout(dout)), {}
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

    def _takes_dout(self) -> bool:
        """Whether the derivative gets dout beside the input, as in ``relu_backward(dA, Z)``."""
        further = [name for name in self._slope_names if name not in self._value.inputs(self._xs)]
        return len(self._slope_names) == len(self._xs) + 1 and len(further) == 1

    def _with_dout(self, dout: Any) -> list[Any]:
        inputs = self._value.inputs(self._xs)
        return [inputs.get(name, dout) for name in self._slope_names]

    def find_out(self, inputs: Sequence[Any]) -> None:
        """Try what the slope belongs to: parameters, or the output, as in ``y * (1 - y)``."""
        self._xs = tuple(map(np.array, inputs))
        if self._takes_dout():
            return
        self._of_params = isinstance(self._slope(*self._xs), Mapping)
        if len(inputs) != 1 or self._of_params:
            return
        x = np.asarray(inputs[0], np.float64)
        numeric = (self._value(x + STEP) - self._value(x - STEP)) / (2 * STEP)
        if np.shape(numeric) != x.shape or _fit(self._slope(x), numeric):
            return
        self.of_output = _fit(self._slope(self._value(x)), numeric)


def _fit(slope: Any, numeric: Any) -> bool:
    return np.shape(slope) == numeric.shape and np.allclose(slope, numeric, 1e-4, 1e-6)
