"""NumPy archives (.npz), checked before they are read."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from layers.core.params import Array
from nets.datasets.data_paths import readable

LARGEST = 1 << 32  # bytes of all arrays together
SQUEEZED = 1032  # times that deflate can make a file smaller, at most
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_archive(path: Path) -> dict[str, Array]:
    """The arrays of an archive by their names, none of which is a pickle.

    Raises
    ------
    ValueError
        If it is damaged, larger than 4 GiB unpacked, or holds objects. Sizes are compared with
        those of the file before memory is taken.
    OSError
        If the file cannot be read.
    """
    with readable(path), open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                _check_sizes(archive)
                return {
                    name.removesuffix(".npy"): _array(archive, name) for name in archive.namelist()
                }
        # Damaged content makes the parsers raise errors of many kinds.
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise ValueError(
                f"{path}: cannot be read as a NumPy archive: {reason}; write it again with "
                "np.savez(path, x=x, y=y)"
            ) from None


def _check_sizes(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if not entries:
        raise ValueError("it is empty")
    for entry in entries:
        if entry.flag_bits & 1:
            raise ValueError(f"{entry.filename} is encrypted")
        if entry.file_size > SQUEEZED * entry.compress_size:
            raise ValueError(
                f"{entry.filename} claims {entry.file_size:,} bytes, which cannot be packed into "
                f"{entry.compress_size:,}"
            )
    if (total := sum(entry.file_size for entry in entries)) > LARGEST:
        raise ValueError(f"unpacked, it has {total:,} bytes, more than {LARGEST:,}")


def _array(archive: zipfile.ZipFile, name: str) -> Array:
    with archive.open(name) as stream:
        left, required = _header(stream, name, archive.getinfo(name).file_size)
        if left != required:
            raise ValueError(f"{name} announces {required:,} bytes of values, and has {left:,}")
    with archive.open(name) as stream:
        found: Array = npy.read_array(stream, allow_pickle=False)
    return np.ascontiguousarray(found, found.dtype.newbyteorder("=")).reshape(found.shape)


def _header(stream: IO[bytes], name: str, size: int) -> tuple[int, int]:
    """How many bytes follow the header, and how many should."""
    version = npy.read_magic(stream)
    if version not in HEADERS:
        raise ValueError(f"{name} has the version {version} of the format, not (1, 0) or (2, 0)")
    shape, _, dtype = HEADERS[version](stream)
    if dtype.hasobject:
        raise ValueError(f"{name} holds Python objects, which are not loaded; save numbers or text")
    if any(length < 0 for length in shape):
        raise ValueError(f"{name} has a negative length")
    return size - stream.tell(), math.prod(shape) * dtype.itemsize
