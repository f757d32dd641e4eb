"""Trying an object once, to see which arrays are parameters and where their gradients are."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from layers.gradcheck.forms.argument_roles import plain
from layers.gradcheck.forms.function_pair import FunctionPair
from layers.gradcheck.forms.gradient_names import is_gradient_of
from layers.gradcheck.forms.held_parameters import container, parameters
from layers.gradcheck.forms.net_of_lists import net_of_lists
from layers.gradcheck.forms.object_layer import ObjectLayer
from layers.gradcheck.numeric.perturbation import flat, random_dout

PARAMETERS = re.compile(
    r"(w|b|u|v|weights?|bias(es)?|gamma|beta|kernels?|filters?)[a-z]?\d*(\.\d+)?"
)
STEP = 1e-6


def recognised(thing: Any, inputs: Sequence[Any]) -> Any:
    """An object as a layer, after a trial; the object itself if it keeps the contract already."""
    if keeps_contract(thing, inputs):
        return thing
    if net := net_of_lists(thing):
        return net
    thing = _with_parameters(thing, inputs)
    held = list(parameters(thing))
    names = [name for name in held if not any(is_gradient_of(name, other) for other in held)]
    trial = ObjectLayer(copy.deepcopy(thing), names)
    y = trial.forward(*_copies(inputs))
    _, grads = trial.backward(random_dout(y, _rng()))
    kept = [
        name
        for name in names
        if name in grads or container(thing) or (_is_named_so(name) and _moves(thing, name, inputs))
    ]
    used = [name for name in names if name not in kept and _moves(thing, name, inputs)]
    notes = [f"{', '.join(used)} without a gradient, taken as constant"] if used else []
    mean = np.ndim(y) == 1 and len(inputs) == 2 and _is_mean(thing, kept, inputs)
    return ObjectLayer(thing, kept, mean, [*trial.notes, *notes])


def leave_out_unused(pair: FunctionPair, inputs: Sequence[Any]) -> None:
    """Take what has no gradient and no effect, such as weights of an output without one, as fixed.

    It is passed on, and not a parameter any more.
    """
    twin = copy.deepcopy(pair)
    try:
        y = flat(twin.forward(*_copies(inputs)))
    except Exception:  # a user's functions may raise anything; the check will say so
        return
    grads: Mapping[str, Any] = {}
    with suppress(Exception):  # also because it returns none for what has no effect
        _, grads = twin.backward(random_dout(twin.forward(*_copies(inputs)), _rng()))
    for name in [name for name in pair.params if name not in grads]:
        array = twin.params[name]
        array += 0.1
        if np.array_equal(flat(twin.forward(*_copies(inputs))), y, equal_nan=True):
            del pair.params[name]
        array -= 0.1


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


def keeps_contract(thing: Any, inputs: Sequence[Any]) -> bool:
    """Whether an object has params, forward, and a backward that returns (dx, grads)."""
    if not isinstance(getattr(thing, "params", None), Mapping) or not inputs:
        return False
    if not all(callable(getattr(thing, name, None)) for name in ("forward", "backward")):
        return False
    trial = copy.deepcopy(thing)
    try:
        y = trial.forward(*_copies(inputs))
        returned = trial.backward(random_dout(y, _rng()))
    except Exception:  # a user's layer may raise anything, also because its form is another
        return False
    return isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], dict)


def _with_parameters(thing: Any, inputs: Sequence[Any]) -> Any:
    """The object; or a copy after a forward pass, if it is this that makes the parameters."""
    trial = copy.deepcopy(thing)
    ObjectLayer(trial, ()).forward(*_copies(inputs))
    is_lazy = container(trial) and not parameters(thing) and parameters(trial)
    return trial if is_lazy else thing


def _copies(inputs: Sequence[Any]) -> list[Any]:
    return [np.array(x) for x in inputs]


def _is_named_so(name: str) -> bool:
    return PARAMETERS.fullmatch(plain(name)) is not None


def _moves(thing: Any, name: str, inputs: Sequence[Any]) -> bool:
    """Whether an array of the object changes what forward returns."""
    trial = copy.deepcopy(thing)
    array = parameters(trial)[name]
    outputs = []
    state = np.random.get_state()  # noqa: NPY002, layers of courses draw from it
    for _ in range(2):
        np.random.set_state(state)  # noqa: NPY002
        outputs.append(flat(ObjectLayer(trial, ()).forward(*_copies(inputs))))
        array[...] = 1.1 * array + 0.1
    return not np.array_equal(outputs[0], outputs[1], equal_nan=True)


def _is_mean(thing: Any, names: Sequence[str], inputs: Sequence[Any]) -> bool:
    """Whether backward returns the gradient of the mean of the losses that forward returns."""
    if hasattr(thing, "calculate"):
        return True
    x, target = _copies(inputs)
    direction = np.random.default_rng(0).normal(size=x.shape)
    layer = ObjectLayer(copy.deepcopy(thing), names)
    after, before = (layer.forward(x + step * direction, target) for step in (STEP, -STEP))
    layer.forward(x, target)
    dx, _ = layer.backward(np.ones(len(x)))
    numeric = (np.sum(after) - np.sum(before)) / (2 * STEP)
    claimed = float(np.sum(np.asarray(dx[0] if isinstance(dx, tuple) else dx) * direction))
    return bool(np.isclose(claimed * len(x), numeric, 1e-3))
