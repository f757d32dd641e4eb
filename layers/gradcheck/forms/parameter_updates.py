"""Gradients read from an update: backward changes the parameters by -learning_rate * gradient."""

from __future__ import annotations

from typing import Any

from layers.core.params import Array
from layers.gradcheck.forms.held_parameters import parameters, put

LEARNING_RATE = 1.0  # given to backward: the change is then the gradient itself


class ParameterUpdates:
    """The parameters of an object before a pass, to see what the pass has changed."""

    def __init__(self, thing: Any, names: list[str]) -> None:
        self._thing = thing
        held = parameters(thing)
        self._arrays = {name: held[name] for name in names}
        self._before = {name: array.copy() for name, array in self._arrays.items()}

    def undone(self, learning_rate: float) -> dict[str, Array]:
        """The gradients by the changes, after the parameters are as they were."""
        now = parameters(self._thing)
        gradients = {}
        for name, before in self._before.items():
            changed = now.get(name)
            if changed is None or changed.shape != before.shape:
                shape = None if changed is None else changed.shape
                self._put_back(name)
                raise ValueError(
                    f"backward changes {name} from shape {before.shape} to {shape}: its gradient "
                    "has another shape than the parameter"
                )
            if (changed != before).any():
                gradients[name] = (before - changed) / learning_rate
            self._put_back(name)
        return gradients

    def _put_back(self, name: str) -> None:
        array = self._arrays[name]
        array[...] = self._before[name]
        put(self._thing, name, array)


class UnitStep:
    """An optimizer of learning rate 1, for layers that hold one: the change is the gradient."""

    learning_rate = lr = LEARNING_RATE

    def update(self, params: Any, grads: Any) -> Any:
        """The parameter less its gradient; lists of parameters are changed in place."""
        if isinstance(params, (list, tuple)):
            for array, gradient in zip(params, grads, strict=True):
                array -= gradient
            return params
        return params - grads

    step = __call__ = update
