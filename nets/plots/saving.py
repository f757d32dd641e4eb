"""Writing a figure to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.core.checks import brief
from nets.display.figure import png
from nets.interop.atomic import Path, atomic_write, path_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure to a PNG file, which appears under its name only once it is complete."""
    path = path_text(path, "save: ")
    if isinstance(figure, type) or not hasattr(figure, "savefig"):
        raise TypeError(f"save: expected a figure of matplotlib, got {brief(figure)}")
    image = png(figure)  # complete before the file is touched
    with atomic_write(path) as file:
        file.write(image)
