"""The safetensors format, arrays by name in one file, read and written without its package.

A file is the length of the header (8 bytes, little-endian), the header and the data. The header
is JSON, ``{"W": {"dtype": "F64", "shape": [2, 3], "data_offsets": [0, 48]}, ...}``, where the
offsets count from the start of the data, and ``"__metadata__"`` may map strings to strings.

Nothing that a file says is used before it has been checked: each number is held against the
size of the file, so a damaged one costs an exception, not memory.
"""

from __future__ import annotations

import json
import math
import os
import reprlib
from collections.abc import Iterable, Mapping
from io import BufferedReader
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nets.interop.atomic import atomic_write

Array = NDArray[Any]
Path = str | os.PathLike[str]

KINDS = {
    **{"F64": "f8", "F32": "f4", "F16": "f2", "BOOL": "b1"},
    **{"I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1"},
    **{"U64": "u8", "U32": "u4", "U16": "u2", "U8": "u1"},
}
CODES = {kind: code for code, kind in KINDS.items()}
METADATA = "__metadata__"
MAX_HEADER = 100_000_000  # the limit of the format
MAX_DIMENSIONS = 64  # the limit of NumPy
# How files that are given by mistake begin.
STRANGERS = {
    b"PK\x03\x04": "a zip file such as .npz, which numpy.load reads",
    b"\x93NUMPY": "a .npy file, which numpy.load reads",
    b"\x80\x04\x95": "a pickle",
    b"\x80\x05\x95": "a pickle",
}

shown = reprlib.Repr()  # a damaged header must not become a message of its own length
shown.maxstring = 120


class Entry(NamedTuple):
    """What the header says of one tensor."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


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
    arrays = {_name(name): _numbers(value, name) for name, value in tensors.items()}
    # The widest numbers first, so that each array lies at a multiple of its item size.
    order = sorted(arrays, key=lambda name: -arrays[name].itemsize)
    header = _header(arrays, order, metadata or {})
    with atomic_write(path) as file:
        file.write(len(header).to_bytes(8, "little") + header)
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
    where = os.fspath(path)
    if os.path.isdir(path):
        raise IsADirectoryError(f"{where!r}: expected a safetensors file, got a folder")
    try:
        with open(path, "rb") as file:
            return _read(file)
    except FileNotFoundError:
        raise FileNotFoundError(f"{where!r}: there is no such file to read") from None
    except ValueError as error:
        raise ValueError(f"{where!r}: cannot be read as safetensors: {error}") from None


def _name(name: str) -> str:
    if name == METADATA:
        raise ValueError(
            f"write_tensors: expected names other than {METADATA!r}, which the format keeps for "
            "itself; pass text as metadata="
        )
    return _text(name, "names to be strings")


def _text(value: str, required: str) -> str:
    if not isinstance(value, str):
        raise TypeError(
            f"write_tensors: expected {required}, got {shown.repr(value)} of type "
            f"{type(value).__name__}; pass str(...) of it"
        )
    if not value.isascii() and value != value.encode(errors="ignore").decode():
        raise ValueError(
            f"write_tensors: expected text that UTF-8 has, got {shown.repr(value)}, "
            "which holds half of a surrogate pair"
        )
    return value


def _numbers(value: ArrayLike, name: str) -> Array:
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, object)  # rows of different lengths: refused below
    if _kind(array.dtype) not in CODES:
        raise TypeError(
            f"write_tensors: expected the tensor {shown.repr(name)} to hold real numbers of at "
            f"most 64 bits or booleans, got {type(value).__name__} of dtype {array.dtype}; "
            "convert it with astype"
        )
    return array


def _kind(dtype: np.dtype[Any]) -> str:
    return f"{dtype.kind}{dtype.itemsize}"


def _header(arrays: Mapping[str, Array], order: list[str], metadata: Mapping[str, str]) -> bytes:
    """The JSON, padded with spaces so that the data starts at a multiple of 8."""
    header: dict[str, Any] = {}
    if metadata:
        required = "metadata to map strings to strings"
        pairs = metadata.items()
        header[METADATA] = {_text(key, required): _text(text, required) for key, text in pairs}
    for name, array in arrays.items():
        header[name] = {"dtype": CODES[_kind(array.dtype)], "shape": array.shape}
    end = 0
    for name in order:
        begin, end = end, end + arrays[name].nbytes
        header[name]["data_offsets"] = [begin, end]
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > MAX_HEADER:
        raise ValueError(
            f"write_tensors: expected names and metadata of at most {MAX_HEADER} bytes, the limit "
            f"of the format, got {len(text)}; keep long texts in a file of their own"
        )
    return text


def _read(file: BufferedReader) -> tuple[dict[str, Array], dict[str, str]]:
    size = os.fstat(file.fileno()).st_size
    header = _parse(file.read(_header_length(file, size)))
    metadata = _metadata(header.pop(METADATA, {}))
    entries = [_entry(name, entry) for name, entry in header.items()]
    start = file.tell()
    _check_tiling(entries, size - start)
    return {entry.name: _load(file, start, entry) for entry in entries}, metadata


def _header_length(file: BufferedReader, size: int) -> int:
    if size < 8:
        raise ValueError(f"expected at least 8 bytes, the length of the header, got {size}")
    first = file.read(8)
    length = int.from_bytes(first, "little")
    limit = min(size - 8, MAX_HEADER)
    if length > limit:
        known = [kind for start, kind in STRANGERS.items() if first.startswith(start)]
        raise ValueError(
            f"expected a header of at most {limit} bytes, got a length of {length} in the first 8; "
            f"it looks like {known[0] if known else 'another format, or a file that was cut short'}"
        )
    return length


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(
            raw.decode(), object_pairs_hook=_unique, parse_int=_integer, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise ValueError(f"the header is not UTF-8 text: {error.reason}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the header is not JSON: {error}") from None
    except RecursionError:
        raise ValueError("the header is nested too deep to be that of a file of tensors") from None
    if not isinstance(header, dict):
        raise ValueError(f"expected the header to be a JSON object, got {shown.repr(header)}")
    return header


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; Python's own would silently keep the last of two values."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the header holds the name {shown.repr(name)} twice")
        found[name] = value
    return found


def _integer(digits: str) -> int:
    if len(digits) > 20:  # 2**64 has 20, and int() takes quadratic time
        raise ValueError(f"the header holds a number of {len(digits)} digits, which no file needs")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise ValueError(f"the header holds {name}, which is not JSON")


def _metadata(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ValueError(f"expected {METADATA} to map strings to strings, got {shown.repr(found)}")
    return found


def _entry(name: str, found: Any) -> Entry:
    where = f"the tensor {shown.repr(name)}"
    if not isinstance(found, dict) or not {"dtype", "shape", "data_offsets"} <= found.keys():
        raise ValueError(
            f"{where}: expected an object with dtype, shape and data_offsets, "
            f"got {shown.repr(found)}"
        )
    code, shape, offsets = found["dtype"], found["shape"], found["data_offsets"]
    if not isinstance(code, str) or code not in KINDS:
        known = ", ".join(KINDS)
        raise ValueError(
            f"{where}: expected a dtype that NumPy has ({known}), got {shown.repr(code)}; "
            "save it as F32 instead"
        )
    if not _are_counts(shape) or len(shape) > MAX_DIMENSIONS:
        raise ValueError(
            f"{where}: expected shape to be a list of at most {MAX_DIMENSIONS} whole numbers "
            f"from 0, got {shown.repr(shape)}"
        )
    if not _are_counts(offsets) or len(offsets) != 2:
        raise ValueError(
            f"{where}: expected data_offsets to be two whole numbers from 0, "
            f"got {shown.repr(offsets)}"
        )
    dtype = np.dtype(f"<{KINDS[code]}")
    size = math.prod(shape) * dtype.itemsize
    if offsets[0] + size != offsets[1]:
        raise ValueError(
            f"{where}: expected data_offsets {size} bytes apart, the size of shape "
            f"{shown.repr(shape)} in {code}, got {offsets}"
        )
    return Entry(name, dtype, tuple(shape), *offsets)


def _are_counts(found: Any) -> bool:
    # type() and not isinstance(), because True is an int too.
    return isinstance(found, list) and all(type(number) is int and number >= 0 for number in found)


def _check_tiling(entries: Iterable[Entry], size: int) -> None:
    """The tensors must fill the data one after the other, in any order of their names."""
    end = 0
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.end)):
        if entry.begin != end:
            raise ValueError(
                f"the tensor {shown.repr(entry.name)}: expected its data at byte {end}, where the "
                f"tensor before it ends, got {entry.begin}: tensors "
                f"{'overlap' if entry.begin < end else 'leave a hole'}"
            )
        end = entry.end
    if end != size:
        raise ValueError(
            f"expected {end} bytes of data, as the header says, got {size}: "
            f"{'it was cut short' if size < end else 'there are trailing bytes'}"
        )


def _load(file: BufferedReader, start: int, entry: Entry) -> Array:
    where = f"the tensor {shown.repr(entry.name)}"
    try:
        array = np.empty(entry.shape, entry.dtype)
    except (ValueError, OverflowError):  # an empty array may claim other sides of any length
        raise ValueError(f"{where}: NumPy has no shape {shown.repr(entry.shape)}") from None
    file.seek(start + entry.begin)
    if file.readinto(array.data) != array.nbytes:
        raise ValueError(f"{where}: the file became shorter while it was read")
    # A NumPy boolean of any other byte is neither true nor false.
    if entry.dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
        raise ValueError(f"{where}: expected booleans of 0 and 1, got other bytes")
    return array.astype(entry.dtype.newbyteorder("="), copy=False)
