"""What a net is made of, seen from outside: the layers inside, and what each was called with."""

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
class Call:
    """One forward pass through a layer inside, and the backward pass that answered it.

    Attributes
    ----------
    name : str
        Where the layer stands: its position, its name, or the attribute that holds it.
    layer, fresh : layer
        The layer inside, which has been run, and a copy of it from before.
    inputs, output, dout, returned
        Copies of what went in and came out; dout and returned are None before backward.
    written : list of Finding
        What the two passes wrote to, though it was not theirs.
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


def is_layer(thing: Any) -> bool:
    """Whether something has the two verbs."""
    verbs = (getattr(thing, name, None) for name in ("forward", "backward"))
    return not isinstance(thing, type) and all(callable(verb) for verb in verbs)


def layers_inside(layer: Any) -> dict[str, Any]:
    """The layers that a net holds, by position, by name, or by attribute.

    A net is whatever has ``layers``, yields layers when iterated, or holds some as attributes.
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


def recorded(experiment: Experiment) -> list[Call]:
    """The calls of the layers inside, in the order of forward, during one pass and back.

    What the layers raise on the way ends the recording; what was called until then is returned.
    """
    bench = copy.deepcopy(experiment)
    calls: list[Call] = []
    inside = layers_inside(bench.layer)
    for name, layer in inside.items():
        if not any(layer is other for other, _ in _named_before(inside, name)):
            _listen(name, layer, calls)
    try:
        bench.run()
        bench.gradients()
    except Exception:  # a student's layer may raise anything
        return calls
    return calls


def _named_before(inside: dict[str, Any], name: str) -> Iterator[tuple[Any, str]]:
    for other, layer in inside.items():
        if other == name:
            return
        yield layer, other


def _listen(name: str, layer: Any, calls: list[Call]) -> None:
    """Put ears on the two verbs of a layer."""
    fresh = copy.deepcopy(layer)
    forward, backward = layer.forward, layer.backward

    def hear_forward(*inputs: Any, **options: Any) -> Any:
        call = Call(name, layer, same_copy(inputs), None, fresh)
        output = forward(*inputs, **options)
        call.output = same_copy(output)
        for position in _changed(call.inputs, inputs):
            call.written.append(_writes("forward", f"input {position}"))
        calls.append(call)
        return output

    def hear_backward(dout: Any, *others: Any, **options: Any) -> Any:
        unanswered = [call for call in calls if call.layer is layer and call.dout is None]
        call = unanswered[-1] if unanswered else Call(name, layer, (), None)
        call.dout = same_copy(dout)
        returned = backward(dout, *others, **options)
        call.returned = copy.deepcopy(returned)
        if _changed((call.dout,), (dout,)):
            call.written.append(_writes("backward", "dout"))
        return returned

    try:
        layer.forward, layer.backward = hear_forward, hear_backward
    except AttributeError:  # an object with __slots__ keeps its secrets
        return


def _writes(verb: str, what: str) -> Finding:
    return Finding("mutates-input", what, f"{verb} changes {what} in place")


def _changed(before: tuple[Any, ...], now: tuple[Any, ...]) -> list[int]:
    """Which arrays are no longer what they were."""
    return [
        position
        for position, (one, other) in enumerate(zip(before, now, strict=True))
        if isinstance(one, np.ndarray) and one.tobytes() != other.tobytes()
    ]
