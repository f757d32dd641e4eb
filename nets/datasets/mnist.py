"""MNIST and Fashion-MNIST: 60000 training and 10000 test images of 28 x 28 pixels."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from layers.core.cast import floating_dtype
from layers.core.checks import flag
from layers.core.params import Array
from nets.datasets.dataset import Dataset
from nets.datasets.idx import read_idx
from nets.datasets.mnist_files import FASHION_MNIST, MNIST, Source, fetch, find
from nets.datasets.published import locate

SIDE = 28
CLASSES = 10


def mnist(
    path: str | os.PathLike[str] | None = None,
    *,
    images: bool = False,
    dtype: DTypeLike = np.float32,
) -> Dataset:
    """MNIST: handwritten digits, 60000 for training and 10000 for testing.

    The four files are looked for in ``$HANDGRAD_DATA/mnist``, then in the user's cache
    (``~/.cache/handgrad/mnist``, or the system's equivalent). If they are in neither, they are
    downloaded into the cache once (11.6 MB).

    Parameters
    ----------
    path : str or path-like, optional
        A folder with ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``,
        ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``, each with or without ``.gz``.
        If it is given, no other folder is searched.
    images : bool
        Whether x has the shape (N, 1, 28, 28) that convolutions take, in place of rows.
    dtype : dtype
        A floating dtype for the images.

    Returns
    -------
    Dataset
        Images as rows of 784 values from 0 (paper) to 1 (ink), and the digits that they show.

    Raises
    ------
    FileNotFoundError
        If the folder `path` lacks a file.
    ConnectionError
        If the files have to be downloaded and cannot be.
    ValueError
        If a file is damaged, or does not hold what its name promises.
    TypeError
        If `dtype` is not floating.

    Examples
    --------
    >>> from nets import datasets
    >>> datasets.mnist()  # doctest: +SKIP
    mnist: 60000 training and 10000 test images of 28 x 28, 10 classes

    Notes
    -----
    Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", 1998.
    See ``SOURCES.md`` beside this file.
    """
    return _load(MNIST, path, images, dtype)


def fashion_mnist(
    path: str | os.PathLike[str] | None = None,
    *,
    images: bool = False,
    dtype: DTypeLike = np.float32,
) -> Dataset:
    """Fashion-MNIST: pieces of clothing in ten classes, in the form of MNIST but harder.

    Everything else is as in `mnist`; the folders are called ``fashion-mnist``, and the download is
    30.9 MB.

    Parameters
    ----------
    path, images, dtype
        As in `mnist`; the four files have the same names.

    Returns
    -------
    Dataset
        Images as rows of 784 values from 0 to 1, and their classes, named in ``classes``.

    Raises
    ------
    FileNotFoundError, ConnectionError, ValueError, TypeError
        As in `mnist`.

    Examples
    --------
    >>> from nets import datasets
    >>> datasets.fashion_mnist()  # doctest: +SKIP
    fashion-mnist: 60000 training and 10000 test images of 28 x 28, 10 classes

    Notes
    -----
    Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for
    benchmarking machine learning algorithms", 2017, arXiv:1708.07747.
    """
    return _load(FASHION_MNIST, path, images, dtype)


def _load(
    source: Source, path: str | os.PathLike[str] | None, images: bool, dtype: DTypeLike
) -> Dataset:
    dtype = floating_dtype(dtype)  # before anything is downloaded
    one = (1, SIDE, SIDE) if flag(source.name, "images", images) else (SIDE * SIDE,)
    files = locate(source.name, path, partial(find, source), partial(fetch, source))
    pairs = files[:2], files[2:]
    (x_train, y_train), (x_test, y_test) = (_part(x, y, dtype) for x, y in pairs)
    return Dataset(
        source.name,
        x_train.reshape(-1, *one),
        y_train,
        x_test.reshape(-1, *one),
        y_test,
        (SIDE, SIDE),
        source.classes,
    )


def _part(images_file: Path, labels_file: Path, dtype: DTypeLike) -> tuple[Array, Array]:
    """Images and labels, as rows of floats from 0 to 1 and as integers.

    Raises
    ------
    ValueError
        If a file is damaged or holds something else, or if the two do not belong together.
    """
    images, labels = read_idx(images_file), read_idx(labels_file)
    n, promise = len(images), "the file does not hold what its name promises"
    if images.shape != (n, SIDE, SIDE):
        raise ValueError(
            f"{images_file}: expected images of shape (N, {SIDE}, {SIDE}), got {images.shape}; "
            f"{promise}"
        )
    if labels.ndim != 1:
        raise ValueError(
            f"{labels_file}: expected labels of shape (N,), got {labels.shape}; {promise}"
        )
    if n != len(labels):
        raise ValueError(
            f"{labels_file}: expected one label for each of the {n} images in {images_file.name}, "
            f"got {len(labels)}; the files do not belong together"
        )
    if (labels >= CLASSES).any():
        place = int((labels >= CLASSES).argmax())
        raise ValueError(
            f"{labels_file}: expected labels from 0 to {CLASSES - 1}, got {labels[place]} at "
            f"position {place}; {promise}"
        )
    return np.divide(images.reshape(n, -1), 255, dtype=dtype), labels.astype(np.int64)
