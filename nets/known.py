"""Whether something is a layer, what it is made of, and which layers this library defines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import layers
from layers.core.checks import label
from layers.core.composite import Composite

# The kinds of nets by what a saved file calls them. `Net` enters them, as saving and displaying
# come before the nets, which use both.
NETS: dict[str, Any] = {}


def is_known(layer: object) -> bool:
    """Whether a layer's class is defined in `layers`, and not derived from one that is.

    Examples
    --------
    >>> is_known(layers.ReLU()), is_known(type("ReLU", (layers.ReLU,), {})())
    (True, False)
    """
    kind = type(layer)
    return vars(layers).get(kind.__name__) is kind


def is_plain_chain(net: object) -> bool:
    """Whether it is a `Sequential` itself, and not of a derived class."""
    return type(net) is NETS["net"]


def only_computes(layer: object) -> bool:
    """Whether running a layer or a net only runs code of this library."""
    return all(is_known(part) or type(part) in NETS.values() for _, part in parts(layer, ""))


def parts(layer: object, name: str) -> Iterator[tuple[str, Any]]:
    """Yield a layer and, if it is made of layers, all of these, each with its path."""
    yield name, layer
    if isinstance(layer, Composite):
        for inner_name, inner in layer.named_layers():
            yield from parts(inner, f"{name}.{inner_name}")


def check_layer(place: str, layer: Any, hint: str = "") -> None:
    """Raise unless this is a layer; `place` says where it was used, and `hint` what to do."""
    if isinstance(layer, type):
        hint = f"; make one: {layer.__name__}(...)"
    elif all(hasattr(layer, name) for name in ("params", "forward", "backward")):
        if not isinstance(layer.params, Mapping):
            raise TypeError(
                f"{place} ({label(layer)}): expected params to be a dict, "
                f"got {type(layer.params).__name__}"
            )
        return
    kind = f"the class {layer.__name__}" if isinstance(layer, type) else type(layer).__name__
    raise TypeError(
        f"{place}: expected an object with params, forward and backward, got {kind}{hint}"
    )
