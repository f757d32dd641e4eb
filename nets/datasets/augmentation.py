"""Data augmentation: images that are changed a little, so that a net learns from more of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import Rng, count, generator, numbers, real
from layers.core.params import Array


class RandomFlip:
    """Mirrors each image of a batch left to right, with a given probability.

    Parameters
    ----------
    p : float
        The probability, from 0 to 1.
    rng : None, int or numpy.random.Generator
        The source of the random choices.

    Raises
    ------
    ValueError
        If `p` is not a probability, or the batch is not of shape (N, ..., height, width).

    Examples
    --------
    >>> RandomFlip(1.0)(np.array([[[[1, 2], [3, 4]]]]))
    array([[[[2, 1],
             [4, 3]]]])
    """

    def __init__(self, p: float = 0.5, *, rng: Rng = None) -> None:
        if not 0 <= real("RandomFlip", "p", p) <= 1:
            raise ValueError(f"RandomFlip: expected p, a probability, from 0 to 1, got {p!r}")
        self.p, self._rng = p, generator("RandomFlip", rng)

    def __call__(self, x: ArrayLike) -> Array:
        """Return a new batch with some of the images mirrored."""
        y: Array = _batch("RandomFlip", x).copy()
        chosen = self._rng.random(len(y)) < self.p
        y[chosen] = y[chosen][..., ::-1]
        return y

    def __repr__(self) -> str:
        return f"RandomFlip({self.p})"


class RandomShift:
    """Moves each image of a batch up or down and left or right, by at most a number of pixels.

    All shifts are equally likely. Pixels that move out are lost, and those that move in are 0.

    Parameters
    ----------
    pixels : int
        The largest shift in each direction.
    rng : None, int or numpy.random.Generator
        The source of the random shifts.

    Raises
    ------
    ValueError
        If `pixels` is not a positive integer, or the batch is not of shape
        (N, ..., height, width).

    Examples
    --------
    >>> RandomShift(2, rng=0)(np.ones((64, 3, 32, 32))).shape
    (64, 3, 32, 32)
    """

    def __init__(self, pixels: int, *, rng: Rng = None) -> None:
        self.pixels = count("RandomShift", "pixels", pixels)
        self._rng = generator("RandomShift", rng)

    def __call__(self, x: ArrayLike) -> Array:
        """Return a new batch with each image moved."""
        batch, most = _batch("RandomShift", x), self.pixels
        margins = [(0, 0)] * (batch.ndim - 2) + [(most, most)] * 2
        padded = np.pad(batch, margins)
        height, width = batch.shape[-2:]
        y = np.empty_like(batch, order="C")
        for image, place, (down, right) in zip(
            y, padded, self._rng.integers(2 * most + 1, size=(len(batch), 2)), strict=True
        ):
            image[...] = place[..., down : down + height, right : right + width]
        return y

    def __repr__(self) -> str:
        return f"RandomShift({self.pixels})"


def _batch(owner: str, x: ArrayLike) -> Array:
    batch = numbers(owner, "x", x)
    if batch.ndim < 3:
        raise ValueError(
            f"{owner}: expected a batch of images of shape (N, ..., height, width), got "
            f"{batch.shape}; reshape rows to images first: x.reshape(-1, 1, height, width)"
        )
    return batch
