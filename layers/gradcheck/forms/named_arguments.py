"""The arguments of a function that are not its inputs: parameters, options, dicts of weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from layers.core.params import Array, as_array
from layers.gradcheck.forms.argument_roles import name_of, names_of
from layers.gradcheck.forms.gradient_names import by_name
from layers.gradcheck.forms.held_parameters import is_floating, parameters
from layers.gradcheck.forms.training_mode import call


class NamedArguments:
    """A function with some of its arguments given by name, to be called with the others.

    Parameters
    ----------
    function : callable
        A function, or a method of an object that holds parameters.
    arguments : mapping of str to object
        Floating arrays are parameters, also those in a dict of weights; the rest is passed on.
    """

    def __init__(self, function: Callable[..., Any], arguments: Mapping[str, Any] | None) -> None:
        self._function = function
        self._named = dict(arguments or {})
        self._params: dict[str, Array] = dict(_arrays(self._named))

    @property
    def params(self) -> dict[str, Array]:
        """The parameters, live: those among the arguments, or those of the method's object."""
        owner = getattr(self._function, "__self__", None)
        return self._params if owner is None else {**parameters(owner), **self._params}

    def values(self) -> dict[str, Any]:
        """The named arguments, with the parameters as they are now."""
        return {name: self._live(name, value) for name, value in self._named.items()}

    def __call__(self, *xs: Any) -> Any:
        """What the function returns for these inputs."""
        return call(self._function, xs, self.values())

    def inputs(self, xs: Sequence[Any]) -> dict[str, Any]:
        """The inputs by the names of the arguments."""
        free = [name for name in names_of(self._function) if name not in self._named]
        names = [*free, *(f"x{i}" for i in range(len(xs)))]
        return dict(zip(names, xs, strict=False))

    def gradients(self, returned: Any, xs: Sequence[Any], source: Any) -> dict[str, Any]:
        """The gradients that `source` returned, by the name of the argument they belong to.

        They are in a dict, in the order of the arguments, or a single array of the shape of one.
        """
        inputs = self.inputs(xs)
        order = [name for name in names_of(self._function) if name in {**inputs, **self.params}]
        names = list(dict.fromkeys([*order, *inputs, *self.params]))
        if isinstance(returned, Mapping):
            return by_name(names, returned)
        gradients = returned if isinstance(returned, (tuple, list)) else (returned,)
        moved = [name for name in names if name not in inputs or _is_floating(inputs[name])]
        for wanted in (names, moved, list(self.params)):
            if len(gradients) == len(wanted):
                return dict(zip(wanted, gradients, strict=True))
        raise TypeError(
            f"expected {name_of(source)} to return {len(names)} gradients, of "
            f"{', '.join(names)}, got {len(gradients)}"
        )

    def contract(self, gradients: Mapping[str, Any], xs: Sequence[Any]) -> tuple[Any, Any]:
        """(dx, grads) from the gradients by name."""
        dxs = tuple(gradients.get(name) for name in self.inputs(xs))
        grads = {name: np.array(gradients[name]) for name in self.params if name in gradients}
        return (dxs[0] if len(dxs) == 1 else dxs), grads

    def _live(self, name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._params.get(key, held) for key, held in value.items()}
        return self._params.get(name, value)


def _is_floating(x: Any) -> bool:
    return np.asarray(x).dtype.kind == "f"


def _arrays(arguments: Mapping[str, Any]) -> list[tuple[str, Array]]:
    """The floating arrays among arguments, and in dicts of weights among them."""
    found = []
    for name, value in arguments.items():
        inside = value.items() if isinstance(value, Mapping) else [(name, value)]
        found += [(key, array) for key, array in inside if is_floating(array)]
    return found


def require_arguments(owner: str, arguments: Any) -> None:
    """Raise unless `arguments` is a mapping with strings as keys, and no array in it is masked."""
    if arguments is None:
        return
    if not isinstance(arguments, Mapping) or not all(isinstance(name, str) for name in arguments):
        raise TypeError(
            f"{owner}: expected arguments to be a dict of what forward takes after x, by name, "
            f'such as {{"w": w, "b": b}}, got {type(arguments).__name__}'
        )
    for name, value in arguments.items():
        as_array(owner, name, value) if np.ma.isMaskedArray(value) else None
