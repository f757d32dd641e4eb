"""One way to run an unknown layer, tried on a copy."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers.gradcheck import adapt
from layers.gradcheck.forms.held_parameters import parameters
from layers.gradcheck.forms.named_arguments import NamedArguments
from layers.gradcheck.forms.object_layer import ObjectLayer
from layers.gradcheck.forms.verbs import VALUES, has_verbs, verb
from nets.cli.unchecked_reasons import (
    AbstractError,
    UncheckedError,
)


@dataclass(frozen=True)
class Trial:
    """One way to run a layer: an object or functions with arguments, and inputs.

    Attributes
    ----------
    thing : object or function
        What is adapted.
    inputs : list of array
        What forward gets.
    call : str
        How to show it.
    options : dict
        The further arguments of `adapt`.
    """

    thing: Any
    inputs: list[Any]
    call: str
    options: dict[str, Any]

    def forward(self) -> None:
        """Run the forward pass on a copy; raise what it raises."""
        thing, options = copy.deepcopy((self.thing, self.options))
        xs = [np.array(x) for x in self.inputs]
        if "arguments" in options:
            y = NamedArguments(thing, options["arguments"])(*xs)
        elif has_verbs(thing):
            y = ObjectLayer(thing, ()).forward(*xs)
        else:
            y = NamedArguments(verb(thing, VALUES), None)(*xs)
        if y is NotImplemented or isinstance(y, NotImplementedError):
            raise AbstractError
        if y is None or (isinstance(y, tuple) and y[0] is None):
            raise UncheckedError("its forward pass returns nothing; is it still to be written?")

    def adapted(self) -> Any:
        """The layer, after both passes have run on a copy; raise what they raise."""
        layer = adapt(self.thing, *self.inputs, **self.options)
        layer = copy.deepcopy(layer)
        _move_constants(layer)
        twin = copy.deepcopy(layer)
        y = twin.forward(*[np.array(x) for x in self.inputs])
        twin.backward(_dout(y))
        return layer

    def unadapted(self) -> Any:
        """The layer in spite of a backward pass that raises, for a report that says so."""
        if "arguments" in self.options or not has_verbs(self.thing):
            return adapt(self.thing, **self.options)
        return ObjectLayer(self.thing, list(parameters(self.thing)))


def _move_constants(layer: Any) -> None:
    """Give parameters that are all equal, such as gamma = 1, other values, which hide less."""
    rng = np.random.default_rng(0)
    for array in layer.params.values():
        if array.size > 1 and array.dtype.kind == "f" and (array == array.flat[0]).all():
            array += rng.uniform(0.2, 0.8, array.shape)


def _dout(y: Any) -> Any:
    if isinstance(y, tuple):
        return tuple(map(_dout, y))
    return np.ones(np.shape(y)) if np.shape(y) else 1.0
