"""What windows see of images, as the columns of a matrix, some places at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.convolution.image_windows import Pair, Windows
from layers.core.params import Array

BYTES = 2**19  # of the columns made at a time, so that they stay in the processor's cache
Block = tuple[slice, slice, slice]  # some images, all channels, and some rows of places


class ImageColumns:
    """The columns of padded images (N, C, H, W): C kh kw numbers for each place of a window.

    With stride 1, the places of a row are followed by those where a window would run over its end
    into the next row. They count for nothing, but with them the columns of several rows are copied
    in one piece, which takes half the time.

    Parameters
    ----------
    padded : array
        The images with their border.
    windows : Windows
        What slides over them.
    count : tuple of int
        How many places there are along the rows and the columns.
    """

    def __init__(self, padded: Array, windows: Windows, count: Pair) -> None:
        self.padded, self.windows, self.count = np.ascontiguousarray(padded), windows, count
        self.in_one_piece = windows.stride == (1, 1)
        self.pitch = padded.shape[3] if self.in_one_piece else count[1]  # places of a row
        self.height = padded.shape[1] * windows.size[0] * windows.size[1]  # of a column
        # New memory for each block would cost more than the copying; the first is the largest.
        first = next(self.blocks(), None)
        self._memory = np.empty(0 if first is None else self._size(first), padded.dtype)

    def blocks(self) -> Iterator[Block]:
        """The places, in blocks of several images or of some rows of one image."""
        of_row = max(1, self.padded.itemsize * self.height * self.pitch)
        rows = self.count[0]
        tall = max(1, min(rows, BYTES // of_row))
        several = max(1, BYTES // (of_row * rows)) if tall == rows else 1
        for n in range(0, len(self.padded), several):
            for row in range(0, rows, tall):
                images = slice(n, min(n + several, len(self.padded)))
                yield images, slice(None), slice(row, min(row + tall, rows))

    def seen(self, block: Block) -> Array:
        """The columns (C kh kw, places) of a block, in memory that the next block takes over."""
        seen = self._windows(self.padded, block)
        columns = self._memory[: seen.size].reshape(seen.shape)
        np.copyto(columns, seen)
        return columns.reshape(self.height, -1)

    def add(self, dpadded: Array, block: Block, dcolumns: Array) -> None:
        """Add what comes back from the places of a block to the pixels that they see."""
        pixels = self._windows(dpadded, block)
        back = dcolumns.reshape(pixels.shape)
        for k, j in np.ndindex(self.windows.size):
            pixels[:, k, j] += back[:, k, j]

    def matrix(self, y: Array, block: Block) -> Array:
        """Numbers (N, F, rows, columns) of the places of a block, as a matrix (F, places)."""
        some = kernels_first(y[block])
        matrix = np.zeros((len(some), some.shape[1] * self._places(block)), y.dtype)
        self.images(matrix, block)[...] = some
        return matrix

    def images(self, matrix: Array, block: Block) -> Array:
        """A view (F, N, rows, columns) of a matrix (F, places), without what does not count."""
        rows, places, one = block[2].stop - block[2].start, self._places(block), matrix.itemsize
        shape = (len(matrix), matrix.shape[1] // places, rows, self.count[1])
        strides = (matrix.strides[0], places * one, self.pitch * one, one)
        view: Array = np.ndarray(shape, matrix.dtype, matrix, 0, strides)
        return view

    def _windows(self, padded: Array, block: Block) -> Array:
        """A view (C, kh, kw, N, rows, columns) of what windows see, in one piece with one row."""
        images, _, rows = block
        (down, right), (n, channels, row, column) = self.windows.stride, padded.strides
        places = (
            (1, self._places(block)) if self.in_one_piece else (rows.stop - rows.start, self.pitch)
        )
        shape = (padded.shape[1], *self.windows.size, images.stop - images.start, *places)
        strides = (channels, row, column, n, down * row, right * column)
        start = images.start * n + rows.start * down * row
        view: Array = np.ndarray(shape, padded.dtype, padded, start, strides)
        return view

    def _size(self, block: Block) -> int:
        images, places = block[0].stop - block[0].start, self._places(block)
        return int(self.height * images * places)

    def _places(self, block: Block) -> int:
        rows: int = block[2].stop - block[2].start
        return rows * self.pitch - (self.pitch - self.count[1])


def kernels_first(y: Array) -> Array:
    """(N, F, ...) as (F, N, ...), as a product with kernels (F, ...) gives it, or the reverse."""
    turned: Array = y.swapaxes(0, 1)
    return turned
