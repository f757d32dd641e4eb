"""The kernels of a convolution as small images: what each looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from layers.core import checks
from layers.core.checks import allowed
from layers.core.params import Array
from nets.display.figure import panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TILE = 0.6  # inches across a kernel
MOST_ROWS = 16


def filters(W: ArrayLike, columns: int = 8) -> Figure:
    """Draw kernels in a grid, one image each.

    Kernels of three channels are drawn in colours, and kernels of one channel in grey. Of any
    other number there is a row for each kernel, with its first channels in the columns.

    Parameters
    ----------
    W : array (F, C, kh, kw)
        The weights of a convolution: ``net.params["0.W"]`` where it is the first layer.
    columns : int
        The number of images in a row, of which there are at most 16.

    Returns
    -------
    Figure
        One scale for all: 0 is in the middle between black and white, so that a grey area does
        not count.

    Raises
    ------
    ValueError
        If W does not have four axes, is empty, or has numbers that are not finite.

    Examples
    --------
    >>> from layers import Conv2D
    >>> len(filters(Conv2D(1, 6, 5, rng=0).params["W"]).axes)
    6
    """
    kernels = checks.floating("filters", "W", W)
    if kernels.ndim != 4 or not kernels.size:
        raise ValueError(
            "filters: expected the weights of a convolution, an array of shape (kernels, channels, "
            f"height, width), got {kernels.shape}; pass net.params['0.W'], for instance"
        )
    allowed("filters", "finite weights", kernels, np.isfinite(kernels))
    columns = checks.count("filters", "columns", columns)
    tiles = _tiles(
        kernels / max(float(np.abs(kernels).max()), np.finfo(kernels.dtype).tiny), columns
    )
    if kernels.shape[1] not in (1, 3):
        columns = min(columns, kernels.shape[1])
    height = TILE * min(kernels.shape[2] / kernels.shape[3], 3)
    figure, places = panels(len(tiles), columns, (TILE, height))
    for axes, tile in zip(places, tiles, strict=True):
        axes.imshow((tile + 1) / 2, cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
    return figure


def _tiles(kernels: Array, columns: int) -> Array:
    """Images (n, kh, kw), or (n, kh, kw, 3) in colours, as many as there is room for."""
    channels = kernels.shape[1]
    if channels == 3:
        kernels = kernels.transpose(0, 2, 3, 1)
    else:
        kernels = kernels[: MOST_ROWS if channels > 1 else None, :columns]
        kernels = kernels.reshape(-1, *kernels.shape[2:])
    return kernels[: columns * MOST_ROWS]
