"""The handwritten digits that come with the library."""

from __future__ import annotations

import io
from importlib.resources import files

import numpy as np
from numpy.typing import DTypeLike

from layers.core.cast import floating_dtype
from layers.core.checks import flag
from nets.datasets.dataset import Dataset

TEST = 360  # a fifth of the 1797 images
BRIGHTEST = 16  # a pixel counts the dark ones among 4 x 4 of the scanned form


def digits(*, images: bool = False, dtype: DTypeLike = np.float32) -> Dataset:
    """1797 handwritten digits of 8 x 8 pixels, without a download.

    A fifth of them, always the same 360 images, is held out for testing.

    Parameters
    ----------
    images : bool
        Whether x has the shape (N, 1, 8, 8) that convolutions take, in place of rows.
    dtype : dtype
        A floating dtype for the images.

    Returns
    -------
    Dataset
        Images as rows of 64 values from 0 (paper) to 1 (ink), and the digits that they show.

    Raises
    ------
    TypeError
        If `dtype` is not floating.

    Examples
    --------
    >>> from nets import datasets
    >>> x_train, y_train, x_test, y_test = datasets.digits()
    >>> x_train.shape, x_test.shape, x_train.dtype
    ((1437, 64), (360, 64), dtype('float32'))
    >>> y_test[:10]
    array([6, 6, 6, 2, 5, 6, 6, 2, 2, 1])

    Notes
    -----
    The test images are the first 360 of ``np.random.default_rng(0).permutation(1797)``. The
    permutation is stored with the images, because NumPy does not guarantee the same random numbers
    in all versions. The same 13 people wrote both parts, so the test measures how well a net reads
    new digits by known writers.

    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", 1998, in the
    copy of scikit-learn; CC BY 4.0. See ``SOURCES.md`` beside this file.
    """
    dtype = floating_dtype(dtype)
    one = (1, 8, 8) if flag("digits", "images", images) else (64,)
    # Through importlib.resources and memory, so that a package inside a zip file works too.
    bundled = files("nets.datasets").joinpath("digits.npz").read_bytes()
    with np.load(io.BytesIO(bundled)) as arrays:
        x = np.divide(arrays["images"], BRIGHTEST, dtype=dtype).reshape(-1, *one)
        y = arrays["labels"].astype(np.int64)
        test, train = np.split(arrays["order"], [TEST])
    classes = tuple(str(digit) for digit in range(10))
    return Dataset("digits", x[train], y[train], x[test], y[test], (8, 8), classes)
