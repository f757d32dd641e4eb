"""Pictures of a training run and of images; they need matplotlib, the optional extra `plots`."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from layers import checks
from layers.params import Array
from nets.canvas import blank, png
from nets.interop.atomic import Path, atomic_write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from nets.training.history import History

# Of the palette of Okabe and Ito (2008), which colour-blind readers can tell apart.
BLUE, VERMILION = "#0072B2", "#D55E00"
CURVES = (("", "training", BLUE), ("validation_", "validation", VERMILION))
MOST_ROWS = 5
TILE = 0.9  # inches across an image; a title of twelve letters fits above it


def training_curves(history: History) -> Figure:
    """Draw the loss of every epoch and, beside it, the accuracy if there is one.

    Parameters
    ----------
    history : History
        What `fit` returned.

    Returns
    -------
    matplotlib.figure.Figure
        The last line of a notebook cell shows it; `save` writes it to a file.

    Raises
    ------
    ValueError
        If there is no epoch to draw.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from nets.training.history import History
    >>> history = History()
    >>> history.append(epoch=1, loss=2.25, accuracy=0.5, seconds=0.5)
    >>> [axes.get_ylabel() for axes in training_curves(history).axes]
    ['loss', 'accuracy']
    """
    if not len(history):
        raise ValueError("training_curves: the history has no epochs yet; train for one first")
    measures = [
        name
        for name in ("loss", "accuracy")
        if any(prefix + name in history.columns for prefix, _, _ in CURVES)
    ]
    figure = blank(4.5 * len(measures), 3.2)
    for index, name in enumerate(measures):
        _draw(figure.add_subplot(1, len(measures), index + 1), history, name)
    figure.axes[0].legend(frameon=False)
    return figure


def sample_images(
    x: ArrayLike,
    y: ArrayLike,
    shape: tuple[int, ...],
    predictions: ArrayLike | None = None,
    columns: int = 10,
) -> Figure:
    """Draw the first images in a grid of at most five rows, each below its label.

    Parameters
    ----------
    x : array (N, ...)
        The images, flat or not. In grey ones the smallest number is black and the largest white;
        colours are numbers from 0 to 1, or integers from 0 to 255.
    y : array (N,)
        Their labels.
    shape : tuple of int
        The shape of one image: ``(height, width)`` if it is grey, ``(height, width, 3)`` if not.
    predictions : array (N,), optional
        What a net read; where that is not the label, the title says so ("7 read as 1").
    columns : int
        The images in a row.

    Returns
    -------
    matplotlib.figure.Figure
        The last line of a notebook cell shows it; `save` writes it to a file.

    Raises
    ------
    ValueError
        If there is no image, or the arrays do not fit each other or `shape`.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> figure = sample_images(np.eye(4), [7, 7, 1, 1], (2, 2), predictions=[7, 1, 1, 1])
    >>> [axes.get_title() for axes in figure.axes]
    ['7', '7 read as 1', '1', '1']
    """
    images, labels = _images(np.asarray(x), tuple(shape)), np.asarray(y)
    read = labels if predictions is None else np.asarray(predictions)
    _check_length("y", labels, len(images))
    _check_length("predictions", read, len(images))
    columns = min(checks.count(columns, "columns", "sample_images"), len(images))
    most = columns * MOST_ROWS
    images, labels, read = images[:most], labels[:most], read[:most]
    titles = [_title(*pair) for pair in zip(labels, read, strict=True)]
    figure = _grid(titles, columns, shape[0] / shape[1])
    # One scale for all, because brightness may be what tells two images apart.
    low, high = float(images.min()), float(images.max())
    for axes, image, label, said in zip(figure.axes, images, labels, read, strict=True):
        axes.imshow(image, cmap="gray", vmin=low, vmax=high)
        if label != said:
            axes.title.set(color=VERMILION, weight="bold")
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure to a PNG file, which appears under its name only once it is complete."""
    image = png(figure)  # complete before the file is touched
    with atomic_write(path) as file:
        file.write(image)


def _draw(axes: Axes, history: History, name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    marker = "o" if len(history) <= 20 else ""  # a single epoch makes no line
    for prefix, text, colour in CURVES:
        if prefix + name in history.columns:
            values = history[prefix + name]
            axes.plot(history.epoch, values, color=colour, label=text, marker=marker, ms=4)
    axes.set(xlabel="epoch", ylabel=name)
    axes.xaxis.set_major_locator(MaxNLocator("auto", integer=True, min_n_ticks=1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", alpha=0.25)


def _grid(titles: list[str], columns: int, aspect: float) -> Figure:
    """Places for images that are `aspect` times as high as they are wide, below their titles."""
    rows = math.ceil(len(titles) / columns)
    lines = 1 + max(title.count("\n") for title in titles)
    figure = blank(TILE * columns, rows * (TILE * min(aspect, 3) + 0.17 * lines))
    for index, title in enumerate(titles):
        axes = figure.add_subplot(rows, columns, index + 1)
        axes.set_axis_off()
        axes.set_title(title, fontsize=9, pad=3)
    return figure


def _images(x: Array, shape: tuple[int, ...]) -> Array:
    """`x` as images of the given shape."""
    if len(shape) != 2 and (len(shape) != 3 or shape[2] != 3):
        raise ValueError(
            "sample_images: expected shape to be (height, width) or (height, width, 3), "
            f"got {shape}"
        )
    if not x.size or not x.ndim:
        raise ValueError(f"sample_images: expected at least one image, got x of shape {x.shape}")
    if x[0].size != math.prod(shape):
        raise ValueError(
            f"sample_images: expected images of {math.prod(shape)} numbers, because shape is "
            f"{shape}, got {x[0].size} an image in x of shape {x.shape}"
        )
    return x.reshape(len(x), *shape)


def _check_length(name: str, values: Array, length: int) -> None:
    if values.shape != (length,):
        raise ValueError(
            f"sample_images: expected {name} of shape ({length},), one for each image, "
            f"got {values.shape}"
        )


def _title(label: Any, read: Any) -> str:
    """The label and, where something else was read, what; in lines as wide as the image."""
    return textwrap.fill(str(label) if label == read else f"{label} read as {read}", 12)
