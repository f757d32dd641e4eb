"""Layers written as two functions, as in many courses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import CACHES, name_of, names_of, plain
from layers.gradcheck.forms.cached_outputs import split
from layers.gradcheck.forms.named_arguments import NamedArguments, require_arguments


class FunctionPair:
    """A layer made of ``f_forward(x, w, b) -> (out, cache)`` and ``f_backward(dout, cache)``.

    The backward function returns the gradients in the order of the forward function's arrays,
    ``(dx, dw, db)``, the array dx alone where there is only one, or a dict of gradients, with keys
    such as ``"dw"``. Forward may return several outputs before the cache, for which backward takes
    as many gradients, or the cache first. Further arguments of backward get the values that forward
    got under the same names.

    Parameters
    ----------
    forward, backward : callable
        The two functions.
    arguments : mapping of str to object
        The arguments of forward other than x, by name. Floating arrays are the parameters, also
        those in a dict of weights; anything else, such as a dict of options, is passed through.

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
        for name, function in (("forward", forward), ("backward", backward)):
            if not callable(function):
                raise TypeError(
                    f"FunctionPair: expected {name} to be a function, got {type(function).__name__}"
                )
        require_arguments("FunctionPair", arguments)
        self._forward, self._backward = NamedArguments(forward, arguments), backward
        self._name = name_of(forward)
        self.params: dict[str, Array] = self._forward.params
        self.label = self._name.replace("_forward", "")

    @property
    def form(self) -> str:
        """What was recognised."""
        return f"the functions {self._name} and {name_of(self._backward)}"

    def forward(self, *xs: Any) -> Any:
        """Return the output of the forward function, or a tuple of several."""
        self._xs, self._values = xs, self._forward.values()
        y, self._cache = split(self._forward(*xs), len(self._douts()), self._name)
        return y

    def backward(self, dout: Any) -> tuple[Any, dict[str, Any]]:
        """Return dx, and the other gradients under the names of their arguments."""
        douts = dout if isinstance(dout, tuple) else (dout,)
        returned = self._backward(*douts, self._cache, **self._further())
        gradients = self._forward.gradients(returned, self._xs, self._backward)
        return self._forward.contract(gradients, self._xs)

    def _douts(self) -> list[str]:
        """The arguments of backward before the cache."""
        names = names_of(self._backward)
        cache = next((i for i, name in enumerate(names) if plain(name) in CACHES), 1)
        return names[:cache]

    def _further(self) -> dict[str, Any]:
        """The arguments of backward after the cache that forward takes too."""
        names = names_of(self._backward)[len(self._douts()) + 1 :]
        return {name: self._values[name] for name in names if name in self._values}
