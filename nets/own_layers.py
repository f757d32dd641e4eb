"""Which layers are this library's own, and so known to do nothing but compute."""

from __future__ import annotations

from typing import Any

import layers
from nets.net import parts


def is_known(layer: Any) -> bool:
    """Whether a layer's class is one of `layers`, and not one derived from it.

    Examples
    --------
    >>> is_known(layers.ReLU()), is_known(type("ReLU", (layers.ReLU,), {})())
    (True, False)
    """
    kind = type(layer)
    return getattr(layers, kind.__name__, None) is kind


def is_plain_chain(net: Any) -> bool:
    """Whether it is a `Sequential` that runs its layers in a row, and no class derived from it."""
    from nets.sequential import Sequential  # which shows itself by what is known here

    return type(net) is Sequential


def only_computes(layer: Any) -> bool:
    """Whether running a layer or a net runs nothing but what this library knows."""
    from nets.graph.graph import Graph

    return all(
        is_known(part) or is_plain_chain(part) or type(part) is Graph
        for _, part in parts(layer, "")
    )
