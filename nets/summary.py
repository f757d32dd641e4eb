"""The table that `net.summary()` shows."""

from __future__ import annotations

import html
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from layers.base import predict
from layers.params import buffers

Shape = tuple[int, ...]
HEADER = ("layer", "output", "parameters")


class Summary:
    """Layers, output shapes and parameter counts of a net, as text or as an HTML table."""

    def __init__(self, net: Any, input_shape: Shape | None = None) -> None:
        arrays = net.params.values()
        self.rows = list(_rows(net, input_shape))
        self.parameters = sum(array.size for array in arrays)
        self.kilobytes = sum(array.nbytes for array in arrays) / 1000
        self.dtypes = sorted({str(array.dtype) for array in arrays})
        self.frozen = sum(array.size for array in buffers(net).values())

    @property
    def total(self) -> str:
        """The last line."""
        beside = f", beside {self.frozen:,} frozen numbers" if self.frozen else ""
        if not self.parameters:
            return f"no parameters{beside}"
        kinds = " and ".join(self.dtypes)
        return f"{self.parameters:,} parameters, {self.kilobytes:,.1f} kB in {kinds}{beside}"

    def __repr__(self) -> str:
        table = [HEADER, *self.rows]
        wide = [max(len(row[column]) for row in table) for column in range(3)]
        lines = [f"{a:{wide[0]}} {b:{wide[1]}} {c:>{wide[2] + 2}}" for a, b, c in table]
        return "\n".join([*lines, self.total])

    def _repr_html_(self) -> str:
        def cells(row: tuple[str, ...], tag: str) -> str:
            left = 'style="text-align:left"'
            kinds = (left, left, 'style="text-align:right"')
            pairs = zip(row, kinds, strict=True)
            inside = "".join(f"<{tag} {kind}>{html.escape(c)}</{tag}>" for c, kind in pairs)
            return f"<tr>{inside}</tr>"

        body = "".join(cells(row, "td") for row in self.rows)
        return (
            f"<table><thead>{cells(HEADER, 'th')}</thead><tbody>{body}</tbody></table>"
            f"<p>{html.escape(self.total)}</p>"
        )


def _rows(net: Any, input_shape: Shape | None) -> Iterator[tuple[str, str, str]]:
    batch = None if input_shape is None else np.empty((0, *input_shape))
    for index, layer in enumerate(net):
        batch = _output(layer, batch)
        size = sum(array.size for array in layer.params.values())
        lines = repr(layer).split("\n")
        name = lines[0] if len(lines) == 1 else f"{lines[0]}...)"
        shape = "?" if batch is None else str(("N", *batch.shape[1:])).replace("'", "")
        yield f"{index} {name}", shape, f"{size:,}"


def _output(layer: Any, batch: Any) -> Any:
    """The layer's output for an empty batch, which has the right shape and costs nothing."""
    if batch is None and hasattr(layer, "in_features"):
        batch = np.empty((0, layer.in_features))
    for kind in () if batch is None else (float, int):  # words are whole numbers
        # A layer of somebody's own may not take empty batches; show "?" then.
        with suppress(Exception), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a mean over nothing is not the user's mistake here
            y = predict(layer, batch.astype(kind))
            return y if isinstance(y, np.ndarray) else None
    return None
