"""A loss and its gradient in one call: ``loss, dx = softmax_loss(x, y)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import name_of
from layers.gradcheck.forms.named_arguments import NamedArguments


class LossAndGradient:
    """A function, or a method of a net, that returns a loss and gradients, in either order.

    Parameters
    ----------
    function : callable
        The gradients are one array, a tuple in the order of the arguments, or a dict.
    arguments : mapping of str to object
        The arguments that are not inputs, by name; floating arrays are parameters.
    """

    def __init__(
        self, function: Callable[..., Any], arguments: Mapping[str, Any] | None = None
    ) -> None:
        self._function, self._name = NamedArguments(function, arguments), name_of(function)
        self.label = self._name

    @property
    def form(self) -> str:
        """What was recognised."""
        return f"{self._name} returns the loss and its gradient"

    @property
    def params(self) -> dict[str, Array]:
        """The parameters, live."""
        return self._function.params

    def forward(self, *xs: Any) -> Any:
        """Return the loss, and keep the gradients."""
        self._xs = xs
        first, *others = self._returned(self._function(*xs))
        if is_loss(first):
            loss, self._gradients = first, others[0] if len(others) == 1 else tuple(others)
        else:
            loss, self._gradients = others[0], first
        return float(np.asarray(loss).item())

    def backward(self, dout: Any = 1.0) -> tuple[Any, dict[str, Any]]:
        """Return the gradients that came with the loss, times dout."""
        gradients = self._by_name(self._gradients)
        dx, grads = self._function.contract(
            {name: dout * np.asarray(g) for name, g in gradients.items()}, self._xs
        )
        several = dx if isinstance(dx, tuple) else (dx,)
        return several, grads

    def _by_name(self, gradients: Any) -> dict[str, Any]:
        """Gradients by name; a single array belongs to the first tensor of its shape."""
        if not isinstance(gradients, np.ndarray):
            return self._function.gradients(gradients, self._xs, self._function)
        tensors = {**self.params, **self._function.inputs(self._xs)}
        for name, tensor in tensors.items():
            if np.shape(tensor) == gradients.shape and np.asarray(tensor).dtype.kind == "f":
                return {name: gradients}
        raise TypeError(
            f"{self._name} returns a gradient of shape {gradients.shape}, and no argument has it"
        )

    def _returned(self, returned: Any) -> tuple[Any, ...]:
        values = tuple(returned) if isinstance(returned, (tuple, list)) else ()
        if len(values) >= 2 and (is_loss(values[0]) or is_loss(values[1])):
            return values
        raise TypeError(
            f"expected {self._name} to return (loss, gradient), got {type(returned).__name__}"
        )


def is_loss(value: Any) -> bool:
    """Whether a value is one number."""
    return not isinstance(value, (Mapping, tuple, list, type(None))) and np.size(value) == 1
