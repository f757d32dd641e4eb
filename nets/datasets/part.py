"""The training part or the test part of MNIST: a file of images and a file of their labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from layers.core.params import Array
from nets.datasets.idx import read_idx

SIDE = 28
CLASSES = 10


def read_part(images_file: Path, labels_file: Path, dtype: DTypeLike) -> tuple[Array, Array]:
    """Images and labels, as rows of floats from 0 to 1 and as integers.

    Raises
    ------
    ValueError
        If a file is damaged or holds something else, or if the two do not belong together.
    """
    images, labels = read_idx(images_file), read_idx(labels_file)
    _check_images(images, images_file)
    _check_labels(labels, labels_file)
    if len(images) != len(labels):
        raise ValueError(
            f"{labels_file}: expected one label for each of the {len(images)} images in "
            f"{images_file.name}, got {len(labels)}; the files do not belong together"
        )
    x = np.divide(images.reshape(-1, SIDE * SIDE), 255, dtype=dtype)
    return x, labels.astype(np.int64)


def _check_images(images: NDArray[np.uint8], file: Path) -> None:
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"{file}: expected images of shape (N, {SIDE}, {SIDE}), got {images.shape}; "
            "this is another file than its name says"
        )


def _check_labels(labels: NDArray[np.uint8], file: Path) -> None:
    if labels.ndim != 1:
        raise ValueError(
            f"{file}: expected labels of shape (N,), got {labels.shape}; "
            "this is another file than its name says"
        )
    wrong = labels >= CLASSES
    if wrong.any():
        worst = int(wrong.argmax())
        raise ValueError(
            f"{file}: expected labels from 0 to {CLASSES - 1}, got {labels[worst]} at position "
            f"{worst}; this is another file than its name says"
        )
