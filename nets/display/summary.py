"""The table that `net.summary()` shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from layers.core.notebook import title
from layers.core.params import buffers
from nets.display.output_shapes import Shape, outputs, shape_text
from nets.display.text import WordTable, aligned


class Summary(WordTable):
    """Layers, output shapes and parameter counts of a net, as text or as an HTML table."""

    left = 2

    def __init__(self, net: Any, shapes: Sequence[Shape | None] = (), kind: str = "layer") -> None:
        self.parameters = sum(array.size for array in net.params.values())
        self.total = total(net)
        header = (kind, "output", "parameters")
        super().__init__(header, list(_rows(net, shapes, kind)), [self.total])

    def __repr__(self) -> str:
        cells = [(name, shape, f"  {size}") for name, shape, size in (self.header, *self.rows)]
        return "\n".join([*aligned(cells, self.left, gap=" "), self.total])


def total(net: Any) -> str:
    """The number of parameters of a net, and their memory."""
    arrays = list(net.params.values())
    untrained = sum(array.size for array in buffers(net).values())
    beside = f", beside {untrained:,} numbers that are not trained" if untrained else ""
    if not (size := sum(array.size for array in arrays)):
        return f"no parameters{beside}"
    kinds = " and ".join(sorted({str(array.dtype) for array in arrays}))
    return f"{size:,} parameters, {_memory(arrays)} in {kinds}{beside}"


def _memory(arrays: list[Any]) -> str:
    size = sum(array.nbytes for array in arrays)
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def _rows(net: Any, shapes: Sequence[Shape | None], kind: str) -> Iterator[tuple[str, str, str]]:
    batches = outputs(net.wiring(), shapes, kind)
    first: dict[int, str] = {}
    for name, (layer, *_) in net.wiring().nodes.items():
        shared = first.setdefault(id(layer), name)
        size = sum(np.size(array) for array in layer.params.values())
        counted = f"{size:,}" if shared == name or not size else f"those of {shared}"
        yield f"{name} {title(layer)}", shape_text(batches[name]), counted
