"""NumPy archives (.npz), checked before they are read."""

from __future__ import annotations

import io
import math
import zipfile
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from layers.core.params import Array
from nets.datasets.data_paths import SQUEEZED, readable

LARGEST = 1 << 32  # bytes of all arrays together
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_archive(path: Path) -> dict[str, Array]:
    """The arrays of an archive by their names in lower case; pickles are refused.

    Raises
    ------
    ValueError
        If it is damaged, larger than 4 GiB unpacked, or holds objects or two arrays of one name.
        Sizes are compared with those of the file before memory is taken.
    OSError
        If the file cannot be read.
    """
    found: dict[str, Array] = {}
    with readable(path), open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                _check_sizes(archive)
                for entry in archive.infolist():
                    name = entry.filename.removesuffix(".npy").lower()
                    if name in found:
                        raise ValueError(f"two arrays are called {name}; delete one of them")
                    found[name] = _array(entry, archive.read(entry))
        # Damaged content makes the parsers raise errors of many kinds.
        except Exception as error:
            reason = str(error) or type(error).__name__
            raise ValueError(
                f"{path}: cannot be read as a NumPy archive: {reason}; write it again with "
                "np.savez(path, x=x, y=y)"
            ) from None
    return found


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


def _array(entry: zipfile.ZipInfo, content: bytes) -> Array:
    file, name = io.BytesIO(content), entry.filename
    version = npy.read_magic(file)
    if version not in HEADERS:
        raise ValueError(f"{name} has the version {version} of the format, not (1, 0) or (2, 0)")
    shape, in_columns, dtype = HEADERS[version](file)
    if dtype.hasobject:
        raise ValueError(f"{name} holds Python objects, which are not loaded; save numbers or text")
    if any(length < 0 for length in shape):
        raise ValueError(f"{name} has a negative length")
    left, required = entry.file_size - file.tell(), math.prod(shape) * dtype.itemsize
    if left != required:
        raise ValueError(f"{name} announces {required:,} bytes of values, and has {left:,}")
    flat = np.frombuffer(content, dtype, offset=file.tell())
    array = flat.reshape(shape, order="F" if in_columns else "C")
    return array.astype(dtype.newbyteorder("="), order="C", copy=False)
