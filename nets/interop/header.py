"""The header of a safetensors file: its length in 8 bytes, and JSON of that length."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from io import BufferedReader
from typing import Any

import numpy as np

from layers.core.params import Array
from nets.interop.entry import KINDS, Entry, check_tiling, parse_entry
from nets.interop.strict_json import parse, shown

CODES = {kind: code for code, kind in KINDS.items()}
METADATA = "__metadata__"
MAX_HEADER = 100_000_000  # the limit of the format
# How files that are given by mistake begin.
STRANGERS = {
    b"PK\x03\x04": "a zip file such as .npz, which numpy.load reads",
    b"\x93NUMPY": "a .npy file, which numpy.load reads",
    b"\x80\x04\x95": "a pickle",
    b"\x80\x05\x95": "a pickle",
}


def code_of(dtype: np.dtype[Any]) -> str | None:
    """What the format calls a dtype of either byte order; None where it has no name for it."""
    return CODES.get(f"{dtype.kind}{dtype.itemsize}")


def make_header(
    arrays: Mapping[str, Array], order: list[str], metadata: Mapping[str, str]
) -> bytes:
    """The header of arrays whose data follows it in this order, at a multiple of 8 bytes."""
    header: dict[str, Any] = {
        _name(name): {"dtype": code_of(array.dtype), "shape": array.shape}
        for name, array in arrays.items()
    }
    end = 0
    for name in order:
        begin, end = end, end + arrays[name].nbytes
        header[name]["data_offsets"] = [begin, end]
    if metadata:
        header = {METADATA: _texts(metadata), **header}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > MAX_HEADER:
        raise ValueError(
            f"write_tensors: expected names and metadata of at most {MAX_HEADER} bytes, the limit "
            f"of the format, got {len(text)}; keep long texts in a file of their own"
        )
    return len(text).to_bytes(8, "little") + text


def read_header(file: BufferedReader) -> tuple[list[Entry], dict[str, str]]:
    """The tensors and the metadata of a file, which is left at the start of its data."""
    size = os.fstat(file.fileno()).st_size
    header = parse(file.read(_length(file, size)))
    metadata = header.pop(METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise ValueError(
            f"expected {METADATA} to map strings to strings, got {shown.repr(metadata)}"
        )
    entries = [parse_entry(name, found) for name, found in header.items()]
    check_tiling(entries, size - file.tell())
    return entries, metadata


def _length(file: BufferedReader, size: int) -> int:
    """The length of the JSON, held against the size of the file."""
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


def _name(name: str) -> str:
    if name == METADATA:
        raise ValueError(
            f"write_tensors: expected names other than {METADATA!r}, which the format keeps for "
            "itself; pass text as metadata="
        )
    return _text(name, "names to be strings")


def _texts(metadata: Mapping[str, str]) -> dict[str, str]:
    required = "metadata to map strings to strings"
    return {_text(key, required): _text(text, required) for key, text in metadata.items()}


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
