"""The table that `net.summary()` shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layers.core.notebook import title
from layers.core.params import buffers
from nets.display.output_shapes import Shape, empty, fitting, output, shape_text
from nets.display.text import WordTable, aligned
from nets.errors import located

HEADER = ("layer", "output", "parameters")


class Summary(WordTable):
    """Layers, output shapes and parameter counts of a net, as text or as an HTML table."""

    left = 2

    def __init__(self, net: Any, input_shape: Shape | None = None) -> None:
        self.parameters = sum(array.size for array in net.params.values())
        self.total = total(net)
        super().__init__(HEADER, list(_rows(net, input_shape)), [self.total])

    def __repr__(self) -> str:
        cells = [(name, shape, f"  {size}") for name, shape, size in (self.header, *self.rows)]
        return "\n".join([*aligned(cells, self.left, gap=" "), self.total])


def total(net: Any) -> str:
    """The number of parameters of a net, and their memory."""
    arrays = list(net.params.values())
    frozen = sum(array.size for array in buffers(net).values())
    beside = f", beside {frozen:,} frozen numbers" if frozen else ""
    if not (size := sum(array.size for array in arrays)):
        return f"no parameters{beside}"
    kinds = " and ".join(sorted({str(array.dtype) for array in arrays}))
    return f"{size:,} parameters, {_memory(arrays)} in {kinds}{beside}"


def _memory(arrays: list[Any]) -> str:
    size = sum(array.nbytes for array in arrays)
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def _rows(net: Any, input_shape: Shape | None) -> Iterator[tuple[str, str, str]]:
    batch = empty(input_shape)
    for index, layer in enumerate(net):
        try:
            batch = fitting(layer, batch) if input_shape is not None else output(layer, batch)
        except ValueError as error:
            place = located(error, index, layer)
            raise ValueError(f"summary: input_shape {input_shape} does not fit: {place}") from None
        size = sum(np.size(array) for array in layer.params.values())
        yield f"{index} {title(layer)}", shape_text(batch), f"{size:,}"
