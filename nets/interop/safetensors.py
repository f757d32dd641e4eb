"""The safetensors format, arrays by name in one file, read and written without its package.

A file is the length of the header (8 bytes, little-endian), the header and the data. The header
is JSON, ``{"W": {"dtype": "F64", "shape": [2, 3], "data_offsets": [0, 48]}, ...}``, where the
offsets count from the start of the data, and ``"__metadata__"`` may map strings to strings.

Nothing that a file says is used before it has been checked: each number is compared with the
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
from numpy.typing import ArrayLike

from layers.core.params import Array
from nets.interop.atomic import Path, atomic_write, path_text, refused

DTYPES = {
    **{"F64": "f8", "F32": "f4", "F16": "f2", "BOOL": "b1"},
    **{"I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1"},
    **{"U64": "u8", "U32": "u4", "U16": "u2", "U8": "u1"},
}
CODES = {kind: code for code, kind in DTYPES.items()}
METADATA = "__metadata__"
MAX_HEADER = 100_000_000  # the limit of the format
MAX_DIMENSIONS = 64  # the limit of NumPy
# How files of other formats begin.
FOREIGN = {
    b"PK\x03\x04": "a zip file such as .npz, which numpy.load reads",
    b"\x93NUMPY": "a .npy file, which numpy.load reads",
    b"\x80\x04\x95": "a pickle",
    b"\x80\x05\x95": "a pickle",
}

shown = reprlib.Repr()  # damaged text must not make a message of its own length
shown.maxstring = 120


class Span(NamedTuple):
    """A tensor of a file: its data are the bytes from `begin` to `end` of all data."""

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
        For the name ``"__metadata__"``, which the format reserves, and for text that UTF-8
        cannot encode.
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
    if not isinstance(tensors, Mapping):
        raise TypeError(f"write_tensors: expected a dict of arrays, got {type(tensors).__name__}")
    if METADATA in tensors:
        raise ValueError(
            f"write_tensors: expected names other than {METADATA!r}, which the format reserves; "
            "pass text as metadata="
        )
    arrays = {_text(k, "names to be strings"): _numbers(v, k) for k, v in tensors.items()}
    # The widest numbers first, so that each array starts at a multiple of its item size.
    order = sorted(arrays, key=lambda name: -arrays[name].itemsize)
    header = _make_header(arrays, order, metadata or {})
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
        The text stored with them; empty if the file has no text.

    Raises
    ------
    ValueError
        If the file is damaged, is of another format, or has a dtype that NumPy does not have.
    OSError
        If there is no such file, or if it is a folder.
    """
    where = path_text(path)
    if os.path.isdir(where):
        raise IsADirectoryError(f"{where!r}: expected a safetensors file, got a folder")
    try:
        with open(where, "rb") as file:
            header = _read_header(file)
            metadata = header.pop(METADATA, {})
            if not isinstance(metadata, dict) or any(type(v) is not str for v in metadata.values()):
                raise ValueError(
                    f"expected {METADATA} to map strings to strings, got {shown.repr(metadata)}"
                )
            spans = [_span(name, found) for name, found in header.items()]
            start = file.tell()
            _check_tiling(spans, os.fstat(file.fileno()).st_size - start)
            return {span.name: _load(file, start, span) for span in spans}, metadata
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
    if array.dtype.str[1:] not in CODES:
        raise TypeError(
            f"write_tensors: expected the tensor {shown.repr(name)} to hold real numbers of at "
            f"most 64 bits or booleans, got {type(value).__name__} of dtype {array.dtype}; "
            "convert it with astype"
        )
    return array


def _make_header(arrays: dict[str, Array], order: list[str], metadata: Mapping[str, str]) -> bytes:
    """The header of arrays with their data in this order; the data start at a multiple of 8."""
    header: dict[str, Any] = {
        name: {"dtype": CODES[array.dtype.str[1:]], "shape": array.shape}
        for name, array in arrays.items()
    }
    end = 0
    for name in order:
        begin, end = end, end + arrays[name].nbytes
        header[name]["data_offsets"] = [begin, end]
    if metadata:
        expected = "metadata to map strings to strings"
        texts = {_text(k, expected): _text(v, expected) for k, v in metadata.items()}
        header = {METADATA: texts, **header}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > MAX_HEADER:
        raise ValueError(
            f"write_tensors: expected names and metadata of at most {MAX_HEADER} bytes, the limit "
            f"of the format, got {len(text)}; keep long texts in a file of their own"
        )
    return len(text).to_bytes(8, "little") + text


def _text(value: str, expected: str) -> str:
    if not isinstance(value, str):
        raise TypeError(
            f"write_tensors: expected {expected}, got {shown.repr(value)} of type "
            f"{type(value).__name__}; pass str(...) of it"
        )
    if not value.isascii() and value != value.encode(errors="ignore").decode():
        raise ValueError(
            f"write_tensors: expected text that UTF-8 can encode, got {shown.repr(value)}, "
            "which holds half of a surrogate pair"
        )
    return value


def _read_header(file: BufferedReader) -> dict[str, Any]:
    """The JSON object of a header, as the standard defines it and no more."""
    size = os.fstat(file.fileno()).st_size
    if size < 8:
        raise ValueError(f"expected at least 8 bytes, the length of the header, got {size}")
    first = file.read(8)
    length, limit = int.from_bytes(first, "little"), min(size - 8, MAX_HEADER)
    if length > limit:
        known = [kind for start, kind in FOREIGN.items() if first.startswith(start)]
        raise ValueError(
            f"expected a header of at most {limit} bytes, got a length of {length} in the first 8; "
            f"it looks like {known[0] if known else 'another format, or a file that was cut short'}"
        )
    try:
        header = json.loads(
            file.read(length).decode(),
            object_pairs_hook=_unique,
            parse_int=_integer,
            parse_constant=_constant,
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


def _span(name: str, found: object) -> Span:
    """The tensor that a header describes, or a ValueError about what is wrong with it."""
    if not isinstance(found, dict) or not found.keys() >= {"dtype", "shape", "data_offsets"}:
        raise _wrong(name, "an object with dtype, shape and data_offsets", found)
    code, shape, offsets = found["dtype"], found["shape"], found["data_offsets"]
    if not isinstance(code, str) or code not in DTYPES:
        expected = f"a dtype that NumPy has ({', '.join(DTYPES)})"
        raise _wrong(name, expected, code, "; save it as F32 instead")
    if not _are_counts(shape) or len(shape) > MAX_DIMENSIONS:
        expected = f"shape to be a list of at most {MAX_DIMENSIONS} non-negative integers"
        raise _wrong(name, expected, shape)
    if not _are_counts(offsets) or len(offsets) != 2:
        raise _wrong(name, "data_offsets to be two non-negative integers", offsets)
    dtype = np.dtype(f"<{DTYPES[code]}")
    size = math.prod(shape) * dtype.itemsize
    if offsets[0] + size != offsets[1]:
        apart = f"{shown.repr(size)} bytes apart, the size of shape {shown.repr(shape)} in {code}"
        raise _wrong(name, f"data_offsets {apart}", offsets)
    return Span(name, dtype, tuple(shape), *offsets)


def _are_counts(found: object) -> bool:
    # type() and not isinstance(), because True is an int too.
    return isinstance(found, list) and all(type(n) is int and 0 <= n < 2**63 for n in found)


def _check_tiling(spans: Iterable[Span], size: int) -> None:
    """The tensors must fill the data one after the other, in any order of their names."""
    end = 0
    for span in sorted(spans, key=lambda span: (span.begin, span.end)):
        if span.begin != end:
            expected = f"its data at byte {end}, where the tensor before it ends"
            fault = "overlap" if span.begin < end else "leave a hole"
            raise _wrong(span.name, expected, span.begin, f": tensors {fault}")
        end = span.end
    if end != size:
        fault = "it was cut short" if size < end else "there are trailing bytes"
        raise ValueError(f"expected {end} bytes of data, as the header says, got {size}: {fault}")


def _load(file: BufferedReader, start: int, span: Span) -> Array:
    """The array of a tensor, from a file with its data at byte `start`."""
    where = f"the tensor {shown.repr(span.name)}"
    try:
        array = np.empty(span.shape, span.dtype)
    except ValueError:  # an empty array may claim other sides of any length
        raise ValueError(f"{where}: NumPy has no shape {shown.repr(span.shape)}") from None
    file.seek(start + span.begin)
    if file.readinto(array.data) != array.nbytes:
        raise ValueError(f"{where}: the file became shorter while it was read")
    # A NumPy boolean of any other byte is neither true nor false.
    if span.dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
        raise ValueError(f"{where}: expected booleans of 0 and 1, got other bytes")
    return array.astype(span.dtype.newbyteorder("="), copy=False)


def _wrong(name: str, expected: str, found: object, more: str = "") -> ValueError:
    where = f"the tensor {shown.repr(name)}"
    return ValueError(f"{where}: expected {expected}, got {shown.repr(found)}{more}")
