"""The windows that a convolution or a pooling slides over an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from layers.core import checks
from layers.core.params import Array

Pair = tuple[int, int]


class Windows(NamedTuple):
    """Windows of one size, ``stride`` apart, on an image with a border.

    Attributes
    ----------
    size, stride : tuple of int
        Along the rows and the columns.
    border : tuple of two tuples of int
        How many rows are added before and after, and how many columns.
    """

    size: Pair
    stride: Pair
    border: tuple[Pair, Pair]

    @property
    def can_turn(self) -> bool:
        """Whether `turned` windows can do for the gradient of these."""
        sides = zip(self.size, self.border, strict=True)
        return self.stride == (1, 1) and all(max(border) < size for size, border in sides)

    def turned(self) -> Windows:
        """The windows through which a pixel sees the places of the windows that see it."""
        rows, columns = (
            (size - 1 - before, size - 1 - after)
            for size, (before, after) in zip(self.size, self.border, strict=True)
        )
        return Windows(self.size, (1, 1), (rows, columns))

    def grid(self, owner: object, x: Array) -> Pair:
        """How many windows fit along the rows and the columns of images (N, C, H, W)."""
        (height, width), (kh, kw) = self.padded_size(x.shape), self.size
        if height < kh or width < kw:
            raise ValueError(
                f"{checks.label(owner)}: expected images of at least {kh} x {kw} with their "
                f"padding, the size of the window, got {height} x {width} from x of shape {x.shape}"
            )
        return (height - kh) // self.stride[0] + 1, (width - kw) // self.stride[1] + 1

    def padded_size(self, shape: tuple[int, ...]) -> Pair:
        """The height and the width of an image with its border."""
        return shape[-2] + sum(self.border[0]), shape[-1] + sum(self.border[1])

    def padded(self, x: Array, value: float = 0.0) -> Array:
        """Images with a border of some value; the same array if there is no border."""
        if self.border == ((0, 0), (0, 0)):
            return x
        padded = np.full((*x.shape[:2], *self.padded_size(x.shape)), value, x.dtype)
        self.inside(padded)[...] = x
        return padded

    def inside(self, padded: Array) -> Array:
        """A view of padded images without their border."""
        (top, bottom), (left, right) = self.border
        height, width = padded.shape[-2:]
        return padded[..., top : height - bottom, left : width - right]

    def places(self, padded: Array) -> Iterator[Array]:
        """For each place in the window a view (N, C, rows, columns) of what all windows see there.

        Examples
        --------
        >>> x = np.arange(4.0).reshape(1, 1, 1, 4)
        >>> for view in Windows((1, 2), (1, 2), ((0, 0), (0, 0))).places(x):
        ...     print(view.ravel())
        [0. 2.]
        [1. 3.]
        """
        (kh, kw), (down, right) = self.size, self.stride
        height, width = padded.shape[-2:]
        for i in range(kh):
            for j in range(kw):
                yield padded[..., i : height - kh + i + 1 : down, j : width - kw + j + 1 : right]


def pair(owner: str, name: str, value: Any, least: int = 1) -> Pair:
    """One size for both directions, or a pair of them.

    Examples
    --------
    >>> pair("Conv2D", "stride", 2), pair("Conv2D", "stride", (2, 1))
    ((2, 2), (2, 1))
    """
    both = value if isinstance(value, (tuple, list)) else (value, value)
    if len(both) != 2:
        raise ValueError(f"{owner}: expected {name} to be a number or a pair, got {value!r}")
    rows, columns = (checks.whole(owner, name, size) for size in both)
    if min(rows, columns) < least:
        raise ValueError(f"{owner}: expected {name} of at least {least}, got {value!r}")
    return rows, columns


def images(owner: object, x: Any, dtype: Any = None, channels: int | None = None) -> Array:
    """`x` as images (N, C, H, W), with as many channels as asked for."""
    found = checks.floating(owner, "x", x, dtype)
    if found.ndim != 4 or channels not in (None, found.shape[1]):
        raise ValueError(
            f"{checks.label(owner)}: expected x of shape (N, {channels or 'C'}, H, W), got "
            f"{found.shape}"
        )
    return found


def pooling(owner: str, size: Any, stride: Any, padding: Any) -> Windows:
    """The windows of a pooling, which by default do not overlap."""
    window = pair(owner, "size", size)
    border = pair(owner, "padding", padding, least=0)
    if 2 * border[0] > window[0] or 2 * border[1] > window[1]:
        raise ValueError(
            f"{owner}: expected padding of at most half a window, so that each window has an entry "
            f"of x, got {padding!r} for windows of {window[0]} x {window[1]}"
        )
    steps = window if stride is None else pair(owner, "stride", stride)
    return Windows(window, steps, ((border[0],) * 2, (border[1],) * 2))
