"""A tensor of a safetensors file: what the header says of it, checked, and then its data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from io import BufferedReader
from typing import Any, NamedTuple

import numpy as np

from layers.core.params import Array
from nets.interop.strict_json import shown

KINDS = {
    **{"F64": "f8", "F32": "f4", "F16": "f2", "BOOL": "b1"},
    **{"I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1"},
    **{"U64": "u8", "U32": "u4", "U16": "u2", "U8": "u1"},
}
KEYS = {"dtype", "shape", "data_offsets"}
MAX_DIMENSIONS = 64  # the limit of NumPy


class Entry(NamedTuple):
    """A tensor of a file: its data lies from byte `begin` to byte `end` of all data."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


def parse_entry(name: str, found: Any) -> Entry:
    """The tensor that a header describes, or a ValueError about what is wrong with it."""
    if not isinstance(found, dict) or not found.keys() >= KEYS:
        raise _wrong(name, "an object with dtype, shape and data_offsets", found)
    code, shape, offsets = found["dtype"], found["shape"], found["data_offsets"]
    if not isinstance(code, str) or code not in KINDS:
        expected = f"a dtype that NumPy has ({', '.join(KINDS)})"
        raise _wrong(name, expected, code, "; save it as F32 instead")
    if not _are_counts(shape) or len(shape) > MAX_DIMENSIONS:
        expected = f"shape to be a list of at most {MAX_DIMENSIONS} whole numbers from 0"
        raise _wrong(name, expected, shape)
    if not _are_counts(offsets) or len(offsets) != 2:
        raise _wrong(name, "data_offsets to be two whole numbers from 0", offsets)
    dtype = np.dtype(f"<{KINDS[code]}")
    size = math.prod(shape) * dtype.itemsize
    if offsets[0] + size != offsets[1]:
        apart = f"{shown.repr(size)} bytes apart, the size of shape {shown.repr(shape)} in {code}"
        raise _wrong(name, f"data_offsets {apart}", offsets)
    return Entry(name, dtype, tuple(shape), *offsets)


def check_tiling(entries: Iterable[Entry], size: int) -> None:
    """The tensors must fill the data one after the other, in any order of their names."""
    end = 0
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.end)):
        if entry.begin != end:
            expected = f"its data at byte {end}, where the tensor before it ends"
            fault = "overlap" if entry.begin < end else "leave a hole"
            raise _wrong(entry.name, expected, entry.begin, f": tensors {fault}")
        end = entry.end
    if end != size:
        fault = "it was cut short" if size < end else "there are trailing bytes"
        raise ValueError(f"expected {end} bytes of data, as the header says, got {size}: {fault}")


def load(file: BufferedReader, start: int, entry: Entry) -> Array:
    """The array of a tensor, from a file whose data starts at byte `start`."""
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


def _are_counts(found: Any) -> bool:
    # type() and not isinstance(), because True is an int too.
    return isinstance(found, list) and all(type(number) is int and number >= 0 for number in found)


def _wrong(name: str, expected: str, found: Any, more: str = "") -> ValueError:
    where = f"the tensor {shown.repr(name)}"
    return ValueError(f"{where}: expected {expected}, got {shown.repr(found)}{more}")
