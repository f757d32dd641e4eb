"""The shapes of what layers give, without computing any of it."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import Any

import numpy as np

from layers.base import predict

Shape = tuple[int, ...]


def empty(input_shape: Shape | None) -> Any:
    """An empty batch of examples of a shape; None if it is not known."""
    if input_shape is None:
        return None
    sizes = input_shape if isinstance(input_shape, (tuple, list)) else [None]
    if not all(isinstance(size, (int, np.integer)) and size >= 0 for size in sizes):
        raise TypeError(
            "summary: expected input_shape to be the shape of one example, a tuple of whole "
            f"numbers such as (64,), got {input_shape!r}"
        )
    return np.empty((0, *input_shape))


def taken(layer: Any, batch: Any) -> Any:
    """What a layer takes: where nobody has told, it may know the number of its inputs."""
    if batch is None and hasattr(layer, "in_features"):
        return np.empty((0, layer.in_features))
    return batch


def output(layer: Any, batch: Any) -> Any:
    """The layer's output for an empty batch, which has the right shape and costs nothing."""
    batch = taken(layer, batch)
    if batch is None and is_chain(layer):
        for inner in layer.layers:
            batch = output(inner, batch)
        return batch
    for kind in () if batch is None else (float, int):  # words are whole numbers
        # A layer of somebody's own may not take empty batches; show "?" then.
        with suppress(Exception), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a mean over nothing is not the user's mistake here
            y = predict(layer, batch.astype(kind))
            return y if isinstance(y, np.ndarray) else None
    return None


def is_chain(layer: Any) -> bool:
    """Whether it is a `Sequential`: a net whose layers stand in a row."""
    return hasattr(layer, "named_layers") and isinstance(getattr(layer, "layers", None), tuple)


def shape_text(batch: Any) -> str:
    """The shape of a batch of N examples.

    Examples
    --------
    >>> shape_text(np.empty((0, 3, 2))), shape_text(None)
    ('(N, 3, 2)', '?')
    """
    return "?" if batch is None else str(("N", *batch.shape[1:])).replace("'", "")
