"""The output shapes of layers, without computing an output.

Only the layers of this library run, on an empty batch. A user-defined layer might print, write or
take long, so its output shape is unknown.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from layers.core.checks import whole
from layers.core.describe import short
from layers.core.frozen import Frozen
from nets.errors import Place, located
from nets.known import is_known, is_plain_chain, only_computes

Shape = tuple[int, ...]


def empty(input_shape: Shape | None) -> Any:
    """An empty batch of examples of a shape; None if the shape is unknown."""
    if input_shape is None:
        return None
    if isinstance(input_shape, (tuple, list)):
        with suppress(TypeError, ValueError):  # NumPy's, too, for negative and enormous sizes
            return np.empty((0, *(whole("summary", "input_shape", size) for size in input_shape)))
    raise TypeError(
        "summary: expected input_shape to be the shape of one example, a tuple of integers such "
        f"as (64,), got {short(input_shape)}"
    )


def taken(layer: object, batch: object) -> Any:
    """The batch, or if it is unknown, one for the number of inputs that a layer expects."""
    if batch is None and is_known(layer) and hasattr(layer, "in_features"):
        return np.empty((0, layer.in_features))
    return batch


def output(layer: object, *batches: object) -> Any:
    """The layer's output for an empty batch, which has the correct shape and costs nothing.

    None if it is unknown, because the input is unknown or does not fit, or because the layer is
    user-defined.
    """
    try:
        return fitting(layer, *batches)
    except ValueError:
        return None


def fitting(layer: Any, *batches: Any) -> Any:
    """The same, but a batch of a shape that does not fit raises the layer's own ValueError."""
    while type(layer) is Frozen:
        layer = layer.layer
    if is_plain_chain(layer):
        (batch,) = batches
        with Place() as place:
            for place.name, place.layer in enumerate(layer):
                batch = fitting(place.layer, batch)
        return batch
    if len(batches) == 1:
        batches = (taken(layer, *batches),)
    if any(batch is None for batch in batches) or not only_computes(layer):
        return None
    return _run(layer, batches)


def _run(layer: Any, batches: tuple[Any, ...]) -> Any:
    count = len(batches)
    if count > 1:  # perhaps a loss, which needs an example
        batches = tuple(np.zeros(batch.shape and (1, *batch.shape[1:])) for batch in batches)
    # Words and labels are integers.
    for kinds in ((float,) * count, (float,) * (count - 1) + (int,), (int,) * count):
        with suppress(TypeError), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the mean of an empty batch
            y = layer.predict(*map(np.ndarray.astype, batches, kinds))
            return np.asarray(y) if isinstance(y, (np.ndarray, float)) else None
    return None


def outputs(wiring: Any, shapes: Sequence[Shape | None], kind: str) -> dict[str, Any]:
    """The empty batches that the inputs and layers of a net give, by name; None if unknown.

    With shapes for the inputs, they must fit.
    """
    run = fitting if any(shape is not None for shape in shapes) else output
    inputs, _, nodes = wiring
    batches = dict.fromkeys(inputs) | dict(zip(inputs, map(empty, shapes), strict=False))
    for name, (layer, *sources) in nodes.items():
        if len(sources) == 1 and sources[0] in inputs:
            batches[sources[0]] = taken(layer, batches[sources[0]])
        try:
            batches[name] = run(layer, *(batches[source] for source in sources))
        except ValueError as error:
            place = located(error, name, layer, kind)
            given = ", ".join(map(str, shapes))
            raise ValueError(f"summary: input_shape {given} does not fit: {place}") from None
    return batches


def is_chain(layer: object) -> bool:
    """Whether it is a `Sequential`, perhaps a subclass: a net with a tuple of layers."""
    return hasattr(layer, "named_layers") and isinstance(getattr(layer, "layers", None), tuple)


def shape_text(batch: Any) -> str:
    """The shape of a batch of N examples.

    Examples
    --------
    >>> shape_text(np.empty((0, 3, 2))), shape_text(np.array(0.5)), shape_text(None)
    ('(N, 3, 2)', 'number', '?')
    """
    if batch is not None and batch.ndim == 0:
        return "number"
    return "?" if batch is None else str(("N", *batch.shape[1:])).replace("'", "")
