"""Figures of matplotlib without pyplot, which need no screen and are freed after use."""

from __future__ import annotations

import functools
import importlib
import io
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHARP = 200  # dots per inch of a PNG


def blank(width: float, height: float) -> Figure:
    """An empty figure of a size in inches."""
    try:
        importlib.import_module("matplotlib")
    except ImportError as error:
        raise ImportError('pictures need matplotlib: pip install "handgrad[plots]"') from error
    return _figure_class()(figsize=(width, height), layout="constrained")


def panels(
    count: int, columns: int, size: tuple[float, float], above: float = 0.0
) -> tuple[Figure, list[Axes]]:
    """A figure of `count` axes in rows of at most `columns`, each of a size in inches."""
    columns = min(count, columns)
    rows = math.ceil(count / columns)
    figure = blank(size[0] * columns, size[1] * rows + above)
    return figure, [figure.add_subplot(rows, columns, n + 1) for n in range(count)]


def png(figure: Figure) -> bytes:
    """A figure as the bytes of a PNG file."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=SHARP)
    return image.getvalue()


@functools.cache
def _figure_class() -> type[Figure]:
    from matplotlib.figure import Figure

    class NotebookFigure(Figure):
        """A figure that notebooks show without pyplot."""

        def _repr_png_(self) -> tuple[bytes, dict[str, float]]:
            width, height = (self.get_size_inches() * 100).tolist()
            return png(self), {"width": width, "height": height}

    return NotebookFigure
