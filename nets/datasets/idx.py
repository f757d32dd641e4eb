"""The IDX format, in which MNIST and its relatives are published.

A file starts with two zero bytes, a byte for the type and one for the number of dimensions. Then
come the sizes, four bytes each, most significant first, and then the values in C order.
"""

from __future__ import annotations

import gzip
import math
import os
import zlib

import numpy as np
from numpy.typing import NDArray

GZIP = b"\x1f\x8b"
UNSIGNED_BYTES = b"\x00\x00\x08"


def read_idx(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, compressed by gzip or not.

    Parameters
    ----------
    path : str or path-like
        The file. Whether it is compressed is told by its first two bytes, not by its name.

    Returns
    -------
    ndarray of uint8
        The values, in the shape that the file announces: 1 to 3 dimensions.

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
    name = os.fspath(path)
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith(GZIP):
        content = _unpacked(content, name)
    shape = _shape(content, name)
    start = 4 + 4 * len(shape)
    _check_length(len(content), start + math.prod(shape), shape, name)
    values = np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    return np.array(values)  # a copy, as what lies in a bytes object could not be written to


def _unpacked(content: bytes, name: str) -> bytes:
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(
            f"{name}: expected a whole gzip file, got a damaged one ({error}); "
            "delete it and fetch it again"
        ) from error


def _shape(content: bytes, name: str) -> tuple[int, ...]:
    """The shape that the header announces."""
    start = content[:4]
    if start[:3] != UNSIGNED_BYTES or start[3:] not in (b"\x01", b"\x02", b"\x03"):
        raise ValueError(
            f"{name}: expected an IDX file of unsigned bytes in 1 to 3 dimensions, which starts "
            f"with the bytes 00 00 08 and 01, 02 or 03, got {start.hex(' ') or 'an empty file'}"
        )
    ndim = start[3]
    _check_length(min(len(content), 4 + 4 * ndim), 4 + 4 * ndim, None, name)
    return tuple(int(size) for size in np.frombuffer(content, ">u4", ndim, offset=4))


def _check_length(found: int, required: int, shape: tuple[int, ...] | None, name: str) -> None:
    if found != required:
        what = f"values of shape {shape}" if shape is not None else "a header"
        fault = "cut short" if found < required else "too long"
        raise ValueError(
            f"{name}: expected {required} bytes for {what}, got {found}: the file is {fault}; "
            "delete it and fetch it again"
        )
