"""What an object's backward returned: dx alone, dx with gradients, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.forms.gradient_names import by_name

INPUT_GRADIENTS = ("dinputs", "dinput", "dx", "dX", "input_gradient", "grad_input", "retrograde")


def taken_apart(
    returned: Any, inputs: int, tensors: Sequence[str]
) -> tuple[Any, dict[str, Any] | None]:
    """The gradient of the inputs, and those of the parameters; None where these are elsewhere."""
    if isinstance(returned, Mapping):
        named = by_name(tensors, returned)
        return by_name(("x",), returned).get("x"), named
    if not isinstance(returned, (tuple, list)):
        return returned, None
    if len(returned) == 2 and isinstance(returned[1], (dict, list, tuple)):
        return returned[0], by_name(tensors, returned[1])
    if len(returned) == inputs:
        return tuple(returned), None
    if len(returned) == inputs + len(tensors):
        dxs = tuple(returned[:inputs])
        return (dxs[0] if inputs == 1 else dxs), by_name(tensors, returned[inputs:])
    raise TypeError(
        f"backward returns {len(returned)} values for {inputs} inputs and {len(tensors)} "
        f"parameters ({', '.join(tensors) or 'none'})"
    )


def left_in(thing: Any, names: Sequence[str]) -> tuple[Any, str]:
    """The first array that an object holds under one of these names, and the name."""
    for name in names:
        array = getattr(thing, name, None)
        if isinstance(array, (np.ndarray, float, np.floating)):
            return array, name
    return None, ""


def as_shaped(gradient: Any, parameter: Array) -> Any:
    """A gradient that an update stretches to the shape of its parameter, in this shape."""
    shapes = np.shape(gradient), parameter.shape
    same = np.size(gradient) == parameter.size
    axes = [tuple(n for n in shape if n > 1) for shape in shapes]
    if same and axes[0] == axes[1] and np.broadcast_shapes(*shapes) == parameter.shape:
        return np.reshape(gradient, parameter.shape)
    return gradient


def times(factor: Any, gradient: Any) -> Any:
    """A gradient times the dout that backward did not take."""
    if factor is None or gradient is None:
        return gradient
    if isinstance(gradient, tuple):
        return tuple(times(factor, part) for part in gradient)
    spread = np.ndim(gradient) - np.ndim(factor)
    return np.reshape(factor, np.shape(factor) + (1,) * max(spread, 0)) * gradient
