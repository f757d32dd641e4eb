"""A net with lists of weights and biases, and a backprop that returns lists of gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import TARGETS, is_upstream, plain, required
from layers.gradcheck.forms.held_parameters import array_lists
from layers.gradcheck.forms.verbs import BACKWARD, FORWARD, verb


class NetOfLists:
    """``a = net.feedforward(x)``, and ``nabla_b, nabla_w = net.backprop(x, y)``.

    The cost is ``net.cost.fn(a, y)``; without one, half the squared error. Each list of gradients
    belongs to the list of parameters with the same shapes.

    Parameters
    ----------
    thing : object
        The net.
    forward, backward : str
        The names of its two methods.
    """

    def __init__(self, thing: Any, forward: str, backward: str) -> None:
        self._thing, self._forward, self._backward = thing, forward, backward
        self.label = type(thing).__name__
        self.form = f"{backward}(x, y) returns lists of gradients"
        if not hasattr(getattr(thing, "cost", None), "fn"):
            self.form += "; the cost is taken to be half the squared error"

    @property
    def params(self) -> dict[str, Array]:
        """The parameters, live."""
        held = array_lists(self._thing)
        return {f"{name}.{i}": a for name, arrays in held.items() for i, a in enumerate(arrays)}

    def forward(self, x: Any, y: Any) -> float:
        """Return the cost."""
        self._xs = x, y
        output = getattr(self._thing, self._forward)(x)
        if np.shape(output) != np.shape(y):
            raise ValueError(f"the output has shape {np.shape(output)}, the target {np.shape(y)}")
        cost = getattr(getattr(self._thing, "cost", None), "fn", _half_square)
        return float(cost(output, y))

    def backward(self, dout: Any = 1.0) -> tuple[Any, dict[str, Any]]:
        """Return the gradients of the parameters times dout, and None for x."""
        returned = getattr(self._thing, self._backward)(*self._xs)
        grads: dict[str, Any] = {}
        for name, found in _belonging(array_lists(self._thing), list(returned)):
            grads |= {f"{name}.{i}": dout * np.asarray(g) for i, g in enumerate(found)}
        return (None, None), grads


def net_of_lists(thing: Any) -> NetOfLists | None:
    """The net, if backward takes an input and a target, and forward the input alone."""
    forward, backward = verb(thing, FORWARD), verb(thing, BACKWARD)
    names = required(backward)
    takes_target = len(names) == 2 and plain(names[1]) in TARGETS and not is_upstream(names[:1])
    if takes_target and len(required(forward)) == 1 and len(array_lists(thing)) > 1:
        return NetOfLists(thing, forward.__name__, backward.__name__)
    return None


def _half_square(output: Any, y: Any) -> Any:
    return 0.5 * np.sum((output - y) ** 2)


def _belonging(held: dict[str, list[Array]], returned: list[Any]) -> list[tuple[str, Any]]:
    """Lists of gradients with the names of their parameters: by shapes, and the rest in order."""
    if len(returned) != len(held):
        raise TypeError(f"backprop returns {len(returned)} lists for {', '.join(held)}")
    found, left = [], list(held)
    for gradients in sorted(returned, key=lambda g: _shapes(g) not in map(_shapes, held.values())):
        same = [name for name in left if _shapes(held[name]) == _shapes(gradients)]
        found.append(((same or left)[0], gradients))
        left.remove((same or left)[0])
    return found


def _shapes(arrays: Sequence[Any]) -> list[tuple[int, ...]]:
    return [np.shape(array) for array in arrays]
