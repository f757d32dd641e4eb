"""Layers written as two functions, as in many courses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from layers.core.params import Array, as_array


class FunctionPair:
    """A layer made of ``f_forward(x, w, b) -> (out, cache)`` and ``f_backward(dout, cache)``.

    The backward function returns the gradients in the order of the forward function's arrays,
    ``(dx, dw, db)``, or the array dx alone where there is only one.

    Parameters
    ----------
    forward, backward : callable
        The two functions.
    arguments : mapping of str to object
        The arguments of forward after x, by name, in order. Floating arrays are the parameters;
        anything else, such as a dict of options, is passed on.

    Raises
    ------
    TypeError
        Unless the first two are callable and `arguments` is a mapping with strings as keys.

    Examples
    --------
    >>> import numpy as np
    >>> from layers import gradcheck
    >>> def scale_forward(x, a):
    ...     return a * x, (x, a)
    >>> def scale_backward(dout, cache):
    ...     x, a = cache
    ...     return dout * a, (dout * x).sum(axis=0)
    >>> layer = FunctionPair(scale_forward, scale_backward, {"a": np.array([2.0, 3.0])})
    >>> bool(gradcheck(layer, np.array([[1.0, -1.0], [0.5, 4.0]])))
    True
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        _require(forward, backward, arguments)
        self._forward, self._backward = forward, backward
        self.params: dict[str, Array] = {
            name: value
            for name, value in (arguments or {}).items()
            if isinstance(value, np.ndarray) and value.dtype.kind == "f"
        }
        self._others = dict(arguments or {})

    def forward(self, *xs: Any) -> Any:
        """Return the output of the forward function."""
        arguments = [self.params.get(name, value) for name, value in self._others.items()]
        returned = self._forward(*xs, *arguments)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise TypeError(
                f"expected {_name(self._forward)} to return (out, cache), "
                f"got {type(returned).__name__}"
            )
        out, self._cache = returned
        return out

    def backward(self, dout: Any) -> tuple[Any, dict[str, Any]]:
        """Return dx, and the other gradients under the names of their arguments."""
        returned = self._backward(dout, self._cache)
        gradients = returned if isinstance(returned, (tuple, list)) else (returned,)
        if len(gradients) != 1 + len(self.params):
            raise TypeError(
                f"expected {_name(self._backward)} to return {1 + len(self.params)} gradients, of "
                f"{', '.join(['x', *self.params])}, got {len(gradients)}"
            )
        dx, *others = gradients
        return dx, dict(zip(self.params, others, strict=True))


def _require(forward: Any, backward: Any, arguments: Any) -> None:
    for name, function in (("forward", forward), ("backward", backward)):
        if not callable(function):
            raise TypeError(
                f"FunctionPair: expected {name} to be a function, got {type(function).__name__}"
            )
    if arguments is None:
        return
    if not isinstance(arguments, Mapping) or not all(isinstance(name, str) for name in arguments):
        raise TypeError(
            "FunctionPair: expected arguments to be a dict of what forward takes after x, by name, "
            f'such as {{"w": w, "b": b}}, got {type(arguments).__name__}'
        )
    for name, value in arguments.items():
        as_array("FunctionPair", name, value) if np.ma.isMaskedArray(value) else None


def _name(function: Any) -> str:
    return getattr(function, "__name__", type(function).__name__)
