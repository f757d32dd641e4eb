"""The safetensors format, arrays by name in one file, read and written without its package.

A file is the length of the header (8 bytes, little-endian), the header and the data. The header
is JSON, ``{"W": {"dtype": "F64", "shape": [2, 3], "data_offsets": [0, 48]}, ...}``, where the
offsets count from the start of the data, and ``"__metadata__"`` may map strings to strings.

Nothing that a file says is used before it has been checked: each number is held against the
size of the file, so a damaged one costs an exception, not memory.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from layers.core.params import Array
from nets.interop.atomic import atomic_write
from nets.interop.entry import load
from nets.interop.file_paths import Path, path_text, refused
from nets.interop.header import code_of, make_header, read_header
from nets.interop.strict_json import shown


def write_tensors(
    path: Path, tensors: Mapping[str, ArrayLike], metadata: Mapping[str, str] | None = None
) -> None:
    """Write arrays by name to a safetensors file, all of it or none.

    Parameters
    ----------
    path : str or path-like
        The file. It is replaced in one step: see `nets.interop.atomic.atomic_write`.
    tensors : mapping of str to array
        Arrays of real numbers or booleans, of any shape, strides and byte order.
    metadata : mapping of str to str, optional
        Text to keep beside them.

    Raises
    ------
    TypeError
        For an array of another dtype, and for names or metadata that are not strings.
    ValueError
        For the name ``"__metadata__"``, which the format keeps for itself, and for text that
        UTF-8 does not have.
    OSError
        If the folder does not exist, `path` is a folder, or the disk refuses.

    Examples
    --------
    >>> import os, tempfile
    >>> W = np.arange(6.0).reshape(2, 3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "net.safetensors")
    ...     write_tensors(path, {"W": W.T}, {"format": "example"})
    ...     read_tensors(path)
    ({'W': array([[0., 3.],
           [1., 4.],
           [2., 5.]])}, {'format': 'example'})
    """
    arrays = {name: _numbers(value, name) for name, value in tensors.items()}
    # The widest numbers first, so that each array lies at a multiple of its item size.
    order = sorted(arrays, key=lambda name: -arrays[name].itemsize)
    header = make_header(arrays, order, metadata or {})
    with atomic_write(path) as file:
        file.write(header)
        for name in order:
            array = arrays[name]
            file.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data)


def read_tensors(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """Read the arrays and the metadata of a safetensors file.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    tensors : dict of str to ndarray
        Arrays of their own memory, writable, C-contiguous and in this machine's byte order.
    metadata : dict of str to str
        The text beside them; empty where there is none.

    Raises
    ------
    ValueError
        If the file is damaged, is of another format, or holds a dtype that NumPy does not have.
    OSError
        If there is no such file, or if it is a folder.
    """
    where = path_text(path)
    if os.path.isdir(where):
        raise IsADirectoryError(f"{where!r}: expected a safetensors file, got a folder")
    try:
        with open(where, "rb") as file:
            entries, metadata = read_header(file)
            start = file.tell()
            return {entry.name: load(file, start, entry) for entry in entries}, metadata
    except FileNotFoundError:
        raise FileNotFoundError(f"{where!r}: there is no such file to read") from None
    except OSError as error:
        raise refused(error, where, "read") from error
    except ValueError as error:
        raise ValueError(f"{where!r}: cannot be read as safetensors: {error}") from None


def _numbers(value: ArrayLike, name: str) -> Array:
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, object)  # rows of different lengths: refused below
    if code_of(array.dtype) is None:
        raise TypeError(
            f"write_tensors: expected the tensor {shown.repr(name)} to hold real numbers of at "
            f"most 64 bits or booleans, got {type(value).__name__} of dtype {array.dtype}; "
            "convert it with astype"
        )
    return array
