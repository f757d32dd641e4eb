"""Sums and multiples of each channel of a batch, some rows at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from layers.core import sums
from layers.core.params import Array

BYTES = 2**19  # of the rows taken at a time, so that they stay in the processor's cache


class ChannelRows:
    """Examples of shape (N, C, ...) as rows (N, C pixels), one an example.

    What holds for a channel is repeated for each of its pixels, so that NumPy runs along whole
    rows, however few pixels there are.

    Attributes
    ----------
    images : array (N, C, ...)
        The examples.
    count : int
        How many numbers each channel has in the batch.

    Examples
    --------
    >>> rows = ChannelRows(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> rows.sums(), rows.sums_with(rows)
    (array([4., 6.]), array([10., 20.]))
    >>> rows.affine(np.array([1.0, 10.0]), np.array([0.0, 0.5])).images
    array([[ 1. , 20.5],
           [ 3. , 40.5]])
    """

    def __init__(self, images: Array) -> None:
        self.images, self.shape = images, images.shape
        self.channels, self.pixels = images.shape[1], math.prod(images.shape[2:])
        self.count = len(images) * self.pixels
        self._rows = images.reshape(len(images), self.channels * self.pixels)

    def sums(self) -> Array:
        """The sum of each channel, (C,)."""
        return self._by_channel(sums.over_rows(self._rows))

    def sums_with(self, other: ChannelRows) -> Array:
        """The sum of each channel's products with the numbers of other examples, (C,)."""
        total = np.zeros(self._rows.shape[1], self._rows.dtype)
        for some in self._blocks():
            total += sums.over_rows(self._rows[some] * other._rows[some])
        return self._by_channel(total)

    def minus(self, shift: Array) -> ChannelRows:
        """The numbers of each channel less one of (C,)."""
        found = self._rows - self._along(shift)
        return ChannelRows(found.reshape(self.shape))

    def affine(
        self, factor: Array, shift: Array, plus: tuple[Array, ChannelRows] | None = None
    ) -> ChannelRows:
        """The numbers of each channel times a factor plus a shift, both of (C,).

        With ``plus=(factor, other)``, a multiple of other examples is added.
        """
        factors, shifts = self._along(factor), self._along(shift)
        found = np.empty(self._rows.shape, self._rows.dtype)
        for some in self._blocks():
            y = np.multiply(self._rows[some], factors, out=found[some])
            if plus is not None:
                y += plus[1]._rows[some] * self._along(plus[0])
            y += shifts
        return ChannelRows(found.reshape(self.shape))

    def _blocks(self) -> Iterator[slice]:
        size = max(1, BYTES // max(1, self._rows[:1].nbytes))
        return (slice(start, start + size) for start in range(0, len(self._rows), size))

    def _along(self, values: Array) -> Array:
        return values.repeat(self.pixels)

    def _by_channel(self, totals: Array) -> Array:
        found: Array = totals.reshape(self.channels, self.pixels).sum(axis=1)
        return found
