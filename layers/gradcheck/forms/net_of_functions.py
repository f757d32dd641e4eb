"""A net in three functions: forward, cost and backward, with dicts of parameters and gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import CACHES, TARGETS, name_of, names_of, plain
from layers.gradcheck.forms.cached_outputs import split
from layers.gradcheck.forms.gradient_names import by_name

WEIGHTS = ("parameters", "params", "weights", "theta", "model", "w")


class NetOfFunctions:
    """``A, cache = forward(X, parameters)``, ``cost(A, Y)``, ``backward(..., cache, Y)``.

    Cost and backward may take A, Y, X, the parameters and the cache in any order; which is which is
    told by the names. Backward returns a dict of gradients.

    Parameters
    ----------
    forward, cost, backward : callable
        The three functions.
    parameters : mapping of str to array
        What forward takes besides X.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        cost: Callable[..., Any],
        backward: Callable[..., Any],
        parameters: Mapping[str, Array],
    ) -> None:
        self._functions = forward, cost, backward
        self.params = dict(parameters)
        self.label = name_of(forward)
        self.form = f"a net of the functions {', '.join(map(name_of, self._functions))}"

    def output(self, x: Any) -> Any:
        """Run forward, and return its output without the cache."""
        forward = self._functions[0]
        given = [self.params if plain(name) in WEIGHTS else x for name in names_of(forward)[:2]]
        returned = forward(*given)
        if isinstance(returned, dict):  # the cache alone, from which cost takes what it wants
            returned = returned, returned
        output, self._cache = split(returned, 1, name_of(forward))
        return output

    def forward(self, x: Any, y: Any) -> float:
        """Return the cost."""
        self._given = {"x": x, "y": y, "output": self.output(x)}
        cost = self._call(self._functions[1])
        return float(np.squeeze(cost))

    def backward(self, dout: Any = 1.0) -> tuple[Any, dict[str, Any]]:
        """Return the gradients of the parameters times dout, and None for x."""
        grads = by_name(list(self.params), self._call(self._functions[2]))
        return (None, None), {name: dout * np.asarray(grad) for name, grad in grads.items()}

    def _call(self, function: Callable[..., Any]) -> Any:
        return function(*map(self._argument, names_of(function)))

    def _argument(self, name: str) -> Any:
        word = plain(name)
        if word in WEIGHTS:
            return self.params
        if word in CACHES:
            return self._cache
        if word in TARGETS:
            return self._given["y"]
        return self._given["x" if word in ("x", "inputs", "input", "data") else "output"]
