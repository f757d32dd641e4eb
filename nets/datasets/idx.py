"""The IDX format, in which MNIST and its relatives are published.

A file starts with two zero bytes, a byte for the type and one for the number of dimensions. Then
come the sizes, four bytes each, most significant first, and then the values in C order.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from nets.datasets.data_paths import existing, readable

GZIP = b"\x1f\x8b"
UNSIGNED_BYTES = b"\x00\x00\x08"
SQUEEZED = 1032  # times that gzip can make a file smaller, at most


def read_idx(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, compressed by gzip or not.

    It is taken as compressed if its first two bytes say so, whatever its name. The values have 1
    to 3 dimensions.

    Raises
    ------
    ValueError
        If the file is not of this format, damaged, cut short or too long.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels")
    ...     size = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    path = existing(path, "read_idx")
    name, size = str(path), path.stat().st_size
    with readable(path), open(path, "rb") as file:
        packed = file.read(2) == GZIP
    try:
        with gzip.open(path) if packed else open(path, "rb") as file:
            shape = _shape(file.read(4), file, name)
            required = math.prod(shape)
            # Before memory is taken: a header may claim anything.
            if required > (SQUEEZED if packed else 1) * size:
                _check_length(size, 4 + 4 * len(shape) + required, shape, name)
            values = file.read(required + 1)
            start = 4 + 4 * len(shape)
            _check_length(start + len(values), start + required, shape, name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(
            f"{name}: expected a whole gzip file, got a damaged one ({error}); "
            "delete it and fetch it again"
        ) from error
    return np.frombuffer(bytearray(values), np.uint8).reshape(
        shape
    )  # a bytearray, so that the array is writeable


def _shape(start: bytes, file: BinaryIO | gzip.GzipFile, name: str) -> tuple[int, ...]:
    """The shape that the header announces."""
    if start[:3] != UNSIGNED_BYTES or start[3:] not in (b"\x01", b"\x02", b"\x03"):
        raise ValueError(
            f"{name}: expected an IDX file of unsigned bytes in 1 to 3 dimensions, which starts "
            f"with the bytes 00 00 08 and 01, 02 or 03, got {start.hex(' ') or 'an empty file'}"
        )
    ndim = start[3]
    sizes = file.read(4 * ndim)
    _check_length(4 + len(sizes), 4 + 4 * ndim, None, name)
    return tuple(int(size) for size in np.frombuffer(sizes, ">u4"))


def _check_length(found: int, required: int, shape: tuple[int, ...] | None, name: str) -> None:
    if found != required:
        what = f"values of shape {shape}" if shape is not None else "a header"
        fault = "cut short" if found < required else "too long"
        raise ValueError(
            f"{name}: expected {required} bytes for {what}, got {found}: the file is {fault}; "
            "delete it and fetch it again"
        )
