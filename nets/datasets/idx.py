"""The IDX format, in which MNIST and its relatives are published.

A file starts with two zero bytes, a byte for the type and one for the number of dimensions. Then
come the sizes, four bytes each, most significant first, and then the values in C order.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nets.datasets.data_paths import SQUEEZED, existing, is_packed, unpacked

STARTS = {b"\x00\x00\x08" + bytes([ndim]): ndim for ndim in (1, 2, 3)}  # of unsigned bytes


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
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels")
    ...     size = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    path = existing(path, "read_idx")
    packed = is_packed(path)
    largest = path.stat().st_size * (SQUEEZED if packed else 1)
    with unpacked(path, packed) as file:
        start = file.read(4)
        if start not in STARTS:
            raise ValueError(
                f"{path}: expected an IDX file of unsigned bytes in 1 to 3 dimensions, which "
                "starts with the bytes 00 00 08 and 01, 02 or 03, got "
                f"{start.hex(' ') or 'an empty file'}"
            )
        sizes = file.read(4 * STARTS[start])
        before = 4 + 4 * STARTS[start]
        _check_length(path, 4 + len(sizes), before, "a header")
        shape = tuple(np.frombuffer(sizes, ">u4").tolist())
        size = math.prod(shape)
        # A header may claim anything, and `read` takes the memory for all of it.
        values = bytearray(file.read(min(size, largest) + 1))
    _check_length(path, before + len(values), before + size, f"values of shape {shape}")
    return np.frombuffer(values, np.uint8).reshape(shape)


def _check_length(path: Path, found: int, required: int, what: str) -> None:
    if found != required:
        fault = "cut short" if found < required else "too long"
        raise ValueError(
            f"{path}: expected {required} bytes for {what}, got {found}: the file is {fault}; "
            "delete it and fetch it again"
        )
