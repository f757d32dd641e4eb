"""Layers written as objects, with verbs, outputs and gradients where courses put them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.argument_roles import (
    CACHES,
    LEARNING_RATES,
    TARGETS,
    is_upstream,
    name_of,
    names_of,
    plain,
    positional,
    required,
    takes_anything,
)
from layers.gradcheck.forms.cached_outputs import split
from layers.gradcheck.forms.held_parameters import parameters
from layers.gradcheck.forms.left_gradients import copied, in_attributes, in_container
from layers.gradcheck.forms.parameter_updates import LEARNING_RATE, ParameterUpdates
from layers.gradcheck.forms.returned_values import (
    INPUT_GRADIENTS,
    as_shaped,
    left_in,
    taken_apart,
    times,
)
from layers.gradcheck.forms.training_mode import call
from layers.gradcheck.forms.verbs import BACKWARD, FORWARD

NO_DX = "without dx, which is not checked: return it"
OUTPUTS = ("output", "outputs", "out", "y")


class Held:
    """The object of the course. It is no layer, so that the check does not look for one inside."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def verb(self, names: Sequence[str]) -> Callable[..., Any]:
        """The method under the first of these names."""
        found: Callable[..., Any] = getattr(self.thing, self.name(names))
        return found

    def name(self, names: Sequence[str]) -> str:
        """The first of these names that is a method."""
        return next(name for name in names if callable(getattr(self.thing, name, None)))


class ObjectLayer:
    """An object that computes a layer in its own form, as a layer.

    Parameters
    ----------
    thing : object
        It has a method for each of the two passes.
    names : sequence of str
        Which of the arrays that it holds are its parameters.
    mean : bool
        Whether the output is the mean of the losses that forward returns.
    notes : sequence of str
        What was recognised before.

    Attributes
    ----------
    form : str
        What was recognised in the passes so far.
    """

    def __init__(
        self, thing: Any, names: Sequence[str], mean: bool = False, notes: Sequence[str] = ()
    ) -> None:
        self._held, self._names, self._mean = Held(thing), names, mean
        self.label = type(thing).__name__
        self.notes = list(notes)

    @property
    def params(self) -> dict[str, Array]:
        """The parameters, live."""
        found = parameters(self._held.thing)
        return {name: array for name, array in found.items() if name in self._names}

    @property
    def form(self) -> str:
        """What was recognised, in words."""
        return "; ".join(self.notes) or "an object with forward and backward"

    def forward(self, *xs: Any) -> Any:
        """Run the forward pass, and return its output wherever it is."""
        verb, self._xs = self._held.verb(FORWARD), xs
        returned = call(verb, xs, {})
        self._note(f"{self._held.name(FORWARD)} and {self._held.name(BACKWARD)}")
        if self._takes(CACHES):
            returned, self._cache = split(returned, 1, name_of(verb))
            self._note("a cache that is passed on")
        if returned is None:
            returned, name = left_in(self._held.thing, OUTPUTS)
            self._note(f"the output in {name}")
            if not name:
                raise TypeError(f"{name_of(verb)} returns nothing, and leaves no output")
        self._y = returned = float(np.mean(returned)) if self._mean else returned
        return np.array(returned) if isinstance(returned, np.ndarray) else returned

    def backward(self, dout: Any) -> tuple[Any, dict[str, Any]]:
        """Run the backward pass, and return the gradients wherever they are."""
        names = list(self.params)
        updates = ParameterUpdates(self._held.thing, names)
        factor, arguments = self._arguments(dout)
        try:
            returned = self._held.verb(BACKWARD)(*arguments)
        finally:
            changes = updates.undone(LEARNING_RATE)
        dx, grads = taken_apart(returned, len(self._xs), names)
        if dx is None:
            dx, name = left_in(self._held.thing, INPUT_GRADIENTS)
            self._note(f"dx in {name}" if name else NO_DX)
            dx = dx if name else (None,) * len(self._xs)  # a first layer needs none
        if grads is None:
            grads = changes if self._takes(LEARNING_RATES) else self._left(names) or changes
        if changes:
            self._note("gradients by the change of the parameters")
        params = self.params
        fitted = {name: as_shaped(g, params[name]) for name, g in copied(grads).items()}
        return times(factor, dx), {name: times(factor, g) for name, g in fitted.items()}

    def _left(self, names: Sequence[str]) -> dict[str, Any]:
        for place in (in_container, in_attributes):
            found, note = place(self._held.thing, names)
            if found:
                self._note(note)
                return found
        return {}

    def _takes(self, roles: Sequence[str]) -> bool:
        """Whether backward takes an argument of one of these names."""
        names = [parameter.name for parameter in positional(self._held.verb(BACKWARD))]
        return any(plain(name) in roles for name in names)

    def _arguments(self, dout: Any) -> tuple[Any, list[Any]]:
        """What backward gets, and the factor of what it returns."""
        verb = self._held.verb(BACKWARD)
        names = [parameter.name for parameter in positional(verb)]
        if takes_anything(verb):
            return None, [dout]
        if isinstance(dout, tuple):
            return None, list(dout)
        optional = not required(verb) and (np.ndim(self._y) == 0 or not is_upstream(names[:1]))
        if optional:
            self._note("backward without dout")
            return dout, []
        further = {plain(name) for name in names[1:]}
        if further & set(TARGETS) and len(self._xs) == 2 and required(verb)[1:]:
            self._note("a loss that gets prediction and target again")
            output, _ = left_in(self._held.thing, OUTPUTS)
            prediction = self._xs[0] if np.shape(output) != np.shape(self._xs[0]) else output
            return dout, [prediction, self._xs[1]]
        if len(names) == 2 and names[0] in names_of(self._held.verb(FORWARD)):
            self._note("backward gets the input again")
            return None, [self._xs[0], dout]
        return None, [dout, *(self._further(p) for p in positional(verb)[1:] if self._needed(p))]

    def _needed(self, parameter: Any) -> bool:
        known = (*CACHES, *LEARNING_RATES)
        return parameter.default is parameter.empty or plain(parameter.name) in known

    def _further(self, parameter: Any) -> Any:
        name = plain(parameter.name)
        if name in LEARNING_RATES:
            return LEARNING_RATE
        if name in CACHES:
            return self._cache
        raise TypeError(f"backward takes {parameter.name} after dout, which is not known")

    def _note(self, text: str) -> None:
        if text not in self.notes and text != "forward and backward":
            self.notes.append(text)
