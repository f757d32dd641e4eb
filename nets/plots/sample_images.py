"""Images in a grid, with their labels above them."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.checks import brief
from layers.core.params import Array, as_array
from nets.arguments import items
from nets.display.figure import panels
from nets.plots.style import VERMILION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABELS = (bool, int, float, str)
MOST_ROWS = 5
TILE = 0.9  # inches across an image; a title of twelve letters fits above it


def sample_images(
    x: ArrayLike,
    y: ArrayLike,
    shape: tuple[int, ...],
    predictions: ArrayLike | None = None,
    columns: int = 10,
) -> Figure:
    """Draw the first images in a grid of at most five rows, with their labels above them.

    Parameters
    ----------
    x : array (N, ...)
        The images, flat or not. In grey ones the smallest number is black and the largest white;
        colours are numbers from 0 to 1, or integers from 0 to 255.
    y : array (N,)
        Their labels.
    shape : tuple of int
        The shape of one image: ``(height, width)`` if it is grey, ``(3, height, width)`` or
        ``(height, width, 3)`` if not.
    predictions : array (N,), optional
        The predictions of a net; the title shows a wrong one, as in "7 read as 1".
    columns : int
        The number of images in a row.

    Raises
    ------
    ValueError
        If there is no image, or the arrays or `shape` do not fit.

    Examples
    --------
    >>> figure = sample_images(np.eye(4), [7, 7, 1, 1], (2, 2), predictions=[7, 1, 1, 1])
    >>> [axes.get_title() for axes in figure.axes]
    ['7', '7 read as 1', '1', '1']
    """
    owner = "sample_images"
    size = [checks.count(owner, "each number of shape", n) for n in items(owner, "shape", shape)]
    images = _images(checks.numbers(owner, "x", x), tuple(size))
    labels = _names("y", y, len(images))
    read = labels if predictions is None else _names("predictions", predictions, len(images))
    columns = min(checks.count(owner, "columns", columns), len(images))
    most = columns * MOST_ROWS
    titles = [_title(*pair) for pair in zip(labels[:most], read[:most], strict=True)]
    lines = 1 + max(title.count("\n") for title in titles)
    rows, across = images.shape[1:3]
    height = TILE * min(rows / across, 3) + 0.17 * lines
    figure, places = panels(len(titles), columns, (TILE, height))
    # One scale for all, because brightness may be what tells two images apart.
    low, high = float(images[:most].min()), float(images[:most].max())
    for n, (axes, title) in enumerate(zip(places, titles, strict=True)):
        axes.imshow(images[n], cmap="gray", vmin=low, vmax=high)
        axes.set_axis_off()
        axes.set_title(title, fontsize=9, pad=3)
        if labels[n] != read[n]:
            axes.title.set(color=VERMILION, weight="bold")
    return figure


def _names(name: str, values: object, length: int) -> Array:
    """Labels, one for each image: numbers or words, not lists."""
    array = as_array("sample_images", name, values)
    if not all(isinstance(value, LABELS) for value in array.ravel().tolist()):
        raise TypeError(
            f"sample_images: expected {name} to be numbers or words, got {brief(values)}"
        )
    if array.shape != (length,):
        raise ValueError(
            f"sample_images: expected {name} of shape ({length},), one for each image, "
            f"got {array.shape}"
        )
    return array


def _images(x: Array, shape: tuple[int, ...]) -> Array:
    """`x` as images of the given shape."""
    if len(shape) != 2 and (len(shape) != 3 or 3 not in (shape[0], shape[2])):
        raise ValueError(
            "sample_images: expected shape to be (height, width), (3, height, width) or "
            f"(height, width, 3), got {shape}"
        )
    if not x.size or not x.ndim:
        raise ValueError(f"sample_images: expected at least one image, got x of shape {x.shape}")
    if x[0].size != math.prod(shape):
        raise ValueError(
            f"sample_images: expected images of {math.prod(shape)} numbers, because shape is "
            f"{shape}, got {x[0].size} an image in x of shape {x.shape}"
        )
    images = x.reshape(len(x), *shape).astype(np.float64)
    low, high = images.min(), images.max()
    if not np.isfinite(low + high):
        raise ValueError("sample_images: expected images of finite numbers, got nan or infinity")
    if len(shape) == 2:
        return images
    most = 255 if x.dtype.kind in "iu" else 1
    if low < 0 or high > most:
        raise ValueError(
            f"sample_images: expected colours from 0 to {most}, because x has dtype {x.dtype}, "
            f"got {low:g} to {high:g}"
        )
    channels = -1 if shape[2] == 3 else 1
    return np.moveaxis(images / most, channels, -1)


def _title(label: object, read: object) -> str:
    """The label, and a wrong prediction, in lines as wide as the image."""
    return textwrap.fill(str(label) if label == read else f"{label} read as {read}", 12)
