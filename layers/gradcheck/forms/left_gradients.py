"""The gradients of parameters that backward leaves in the object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from layers.gradcheck.forms.gradient_names import by_name, is_gradient_of
from layers.gradcheck.forms.held_parameters import contents

CONTAINERS = ("grads", "gradients", "_grads", "_gradients", "get_grads", "get_gradients")


def in_container(thing: Any, tensors: Sequence[str]) -> tuple[dict[str, Any], str]:
    """The gradients in ``self.grads``, a dict or a list in the order of the parameters."""
    for name in CONTAINERS:
        held = contents(thing, name)
        if isinstance(held, Mapping) and (found := by_name(tensors, held)):
            return found, f"gradients in {name}"
        if isinstance(held, (list, tuple)) and held and len(held) == len(tensors):
            return by_name(tensors, held), f"gradients in the list {name}"
    return {}, ""


def in_attributes(thing: Any, tensors: Sequence[str]) -> tuple[dict[str, Any], str]:
    """The gradients in ``self.dW``, ``self.dweights``, ``self.grad_b``."""
    found, names = {}, []
    held = {
        name: value for name, value in getattr(thing, "__dict__", {}).items() if name not in tensors
    }
    for tensor in tensors:
        whole, _, position = tensor.partition(".")
        name = next((key for key in held if is_gradient_of(key, whole)), None)
        if name is not None and held[name] is not None:
            found[tensor] = held[name][int(position)] if position else held[name]
            names.append(name)
    return found, f"gradients in {', '.join(dict.fromkeys(names))}"


def copied(gradients: Mapping[str, Any]) -> dict[str, Any]:
    """Copies, because the next pass may overwrite what stays in the object."""
    return {name: np.array(g) for name, g in gradients.items() if g is not None}
