"""The layers inside a net, found from outside, and what each was called with."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layers.core.checks import label
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.memory_layout import same_copy
from layers.gradcheck.report.finding import Finding


@dataclass
class RecordedCall:
    """One forward pass through an inner layer, and the backward pass that answered it.

    Attributes
    ----------
    name : str
        Where the layer is: its position, its name, or the attribute that holds it.
    layer, fresh : layer
        The inner layer, which has been run, and a copy of it from before.
    inputs, output, dout, returned
        Copies of what went in and came out; dout and returned are None before backward.
    written : list of Finding
        Arrays of the caller that the two passes wrote to.
    """

    name: str
    layer: Any
    inputs: tuple[Any, ...]
    output: Any
    fresh: Any = None
    dout: Any = None
    returned: Any = None
    written: list[Finding] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What findings call this layer."""
        return f"layer {self.name} ({label(self.layer)})"

    @property
    def gave_gradients(self) -> bool:
        """Whether backward returned (dx, grads)."""
        pair = self.returned
        return isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], dict)

    @property
    def grads(self) -> dict[str, Any]:
        """The gradients of the layer's parameters."""
        return self.returned[1] if self.gave_gradients else {}

    def changes(self, verb: str, name: str, before: Any, now: Any) -> None:
        """Note that a pass has changed an array of the caller."""
        if isinstance(before, np.ndarray) and before.tobytes() != now.tobytes():
            evidence = f"{verb} changes {name} in place"
            self.written.append(Finding("mutates-input", name, evidence))


def is_layer(thing: Any) -> bool:
    """Whether something has forward, backward and a dict of params."""
    verbs = (getattr(thing, name, None) for name in ("forward", "backward"))
    is_object = not isinstance(thing, type) and all(callable(verb) for verb in verbs)
    return is_object and isinstance(getattr(thing, "params", None), Mapping)


def layers_inside(layer: Any) -> dict[str, Any]:
    """The layers that a net holds, by position, by name, or by attribute.

    A net has ``layers``, yields layers when iterated, or holds some as attributes.
    """
    held = getattr(layer, "layers", None)
    if held is None and hasattr(layer, "__iter__") and hasattr(layer, "__len__"):
        held = list(layer)
    found = dict(_among(held, ""))
    if not found:
        for name, value in getattr(layer, "__dict__", {}).items():
            if is_layer(value):
                found[name] = value
            found |= dict(_among(value, f"{name}." if not isinstance(value, Mapping) else ""))
    return found


def _among(held: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    if isinstance(held, Mapping):
        items = list(held.items())
    elif isinstance(held, (list, tuple)):
        items = list(enumerate(held))
    else:
        return
    for key, value in items:
        value = value[0] if isinstance(value, tuple) and value else value
        if is_layer(value):
            yield f"{prefix}{key}", value


def recorded(experiment: Experiment) -> list[RecordedCall]:
    """The calls of the inner layers, in the order of forward, during one forward and backward.

    If a layer raises, the calls until then are returned. What returns something other than
    (dx, grads) is not a layer, and how it is used is the affair of the layer that holds it.
    """
    if not layers_inside(experiment.layer):
        return []
    other = copy.deepcopy(experiment)
    calls: list[RecordedCall] = []
    listened: list[Any] = []
    for name, layer in layers_inside(other.layer).items():
        if not any(layer is known for known in listened):
            _listen(name, layer, calls)
        listened.append(layer)
    try:
        other.run()
        other.gradients()
    except Exception:  # a user's layer may raise anything
        pass
    return [call for call in calls if call.returned is None or call.gave_gradients]


def _listen(name: str, layer: Any, calls: list[RecordedCall]) -> None:
    """Record the calls of forward and backward of a layer."""
    fresh = copy.deepcopy(layer)
    forward, backward = layer.forward, layer.backward

    def recorded_forward(*inputs: Any, **options: Any) -> Any:
        call = RecordedCall(name, layer, same_copy(inputs), None, fresh)
        output = forward(*inputs, **options)
        call.output = same_copy(output)
        for position, (before, now) in enumerate(zip(call.inputs, inputs, strict=True)):
            call.changes("forward", f"input {position}", before, now)
        calls.append(call)
        return output

    def recorded_backward(dout: Any, *others: Any, **options: Any) -> Any:
        unanswered = [call for call in calls if call.layer is layer and call.dout is None]
        call = unanswered[-1] if unanswered else RecordedCall(name, layer, (), None)
        call.dout = same_copy(dout)
        returned = backward(dout, *others, **options)
        call.returned = copy.deepcopy(returned)
        call.changes("backward", "dout", call.dout, dout)
        return returned

    try:
        layer.forward, layer.backward = recorded_forward, recorded_backward
    except AttributeError:  # an object with __slots__ takes no other methods
        return
