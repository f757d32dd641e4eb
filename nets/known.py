"""Which layers are this library's own, and so known to do nothing but compute."""

from __future__ import annotations

from typing import Any

import layers


def is_known(layer: Any) -> bool:
    """Whether a layer's class is one of `layers`, and not one derived from it.

    Examples
    --------
    >>> is_known(layers.ReLU()), is_known(type("ReLU", (layers.ReLU,), {})())
    (True, False)
    """
    kind = type(layer)
    return getattr(layers, kind.__name__, None) is kind
