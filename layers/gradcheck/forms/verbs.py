"""The names under which courses write the two passes of a layer."""

from __future__ import annotations

from inspect import isclass
from typing import Any

FORWARD = (
    "forward",
    "forward_pass",
    "forward_propagation",
    "forward_prop",
    "feed_forward",
    "feedforward",
    "fprop",
    "__call__",
)
BACKWARD = (
    "backward",
    "backward_pass",
    "backward_propagation",
    "backward_prop",
    "back_propagation",
    "backpropagation",
    "backpropagate",
    "backprop",
    "back_prop",
    "bprop",
)
VALUES = ("loss", "forward", "__call__", "call", "compute", "activate", "function", "fn")
SLOPES = ("gradient", "grad", "derivative", "prime", "backward")


def has_verbs(thing: Any) -> bool:
    """Whether an object, or a class, has a forward and a backward pass."""
    return all(verb(thing, names) is not None for names in (FORWARD, BACKWARD))


def verb(thing: Any, names: tuple[str, ...]) -> Any:
    """The method under the first of these names; None without one."""
    kinds = (thing if isclass(thing) else type(thing)).__mro__
    called = any("__call__" in vars(kind) for kind in kinds)  # a class itself can always be called
    own = [name for name in names if name != "__call__" or called]
    return next((v for name in own if callable(v := getattr(thing, name, None))), None)
