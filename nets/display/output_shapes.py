"""The output shapes of layers, without computing an output.

Only the layers of this library run, on an empty batch. A user-defined layer might print, write or
take long, so its output shape is unknown.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from operator import index
from typing import Any

import numpy as np

from layers.core.describe import short
from nets.errors import Place
from nets.known import is_known, is_plain_chain, only_computes

Shape = tuple[int, ...]


def empty(input_shape: Shape | None) -> Any:
    """An empty batch of examples of a shape; None if the shape is unknown."""
    if input_shape is None:
        return None
    try:
        if isinstance(input_shape, (tuple, list)) and True not in map(_is_bool, input_shape):
            return np.empty((0, *map(index, input_shape)))
    except (TypeError, ValueError):  # NumPy's, too, for negative and enormous sizes
        pass
    raise TypeError(
        "summary: expected input_shape to be the shape of one example, a tuple of integers such "
        f"as (64,), got {short(input_shape)}"
    )


def taken(layer: Any, batch: Any) -> Any:
    """The batch, or if it is unknown, one for the number of inputs that a layer expects."""
    if batch is None and is_known(layer) and hasattr(layer, "in_features"):
        return np.empty((0, layer.in_features))
    return batch


def output(layer: Any, batch: Any) -> Any:
    """The layer's output for an empty batch, which has the correct shape and costs nothing.

    None if it is unknown, because the input is unknown or does not fit, or because the layer is
    user-defined.
    """
    try:
        return fitting(layer, batch)
    except ValueError:
        return None


def fitting(layer: Any, batch: Any) -> Any:
    """The same, but a batch of a shape that does not fit raises the layer's own ValueError."""
    if is_plain_chain(layer):
        with Place() as place:
            for place.name, place.layer in enumerate(layer):
                batch = fitting(place.layer, batch)
        return batch
    batch = taken(layer, batch)
    return None if batch is None or not only_computes(layer) else _run(layer, batch)


def _is_bool(size: Any) -> bool:
    return isinstance(size, (bool, np.bool_))


def _run(layer: Any, batch: Any) -> Any:
    for kind in (float, int):  # words are integers
        with suppress(TypeError), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the mean of an empty batch
            y = layer.predict(batch.astype(kind))
            return y if isinstance(y, np.ndarray) else None
    return None


def is_chain(layer: Any) -> bool:
    """Whether it is a `Sequential`, perhaps a subclass: a net with a tuple of layers."""
    return hasattr(layer, "named_layers") and isinstance(getattr(layer, "layers", None), tuple)


def shape_text(batch: Any) -> str:
    """The shape of a batch of N examples.

    Examples
    --------
    >>> shape_text(np.empty((0, 3, 2))), shape_text(None)
    ('(N, 3, 2)', '?')
    """
    return "?" if batch is None else str(("N", *batch.shape[1:])).replace("'", "")
