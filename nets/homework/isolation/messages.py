"""Messages between the grader and a submission's process: JSON and the bytes of arrays, no code.

A pickle could run code in the process that reads it. These messages hold numbers, strings, lists,
tuples, dicts and arrays of numbers, and nothing else.
"""

from __future__ import annotations

import json
import math
import socket
import struct
from typing import Any

import numpy as np

from layers.core.params import Array

NUMERIC = "fiubc"  # the kinds of dtype that are sent
LARGEST = 1 << 27  # bytes of one message
Buffers = list[bytes]


class MessageError(Exception):
    """A malformed message."""


def send(channel: socket.socket, message: dict[str, Any], buffers: Buffers) -> None:
    """Send one message with the bytes of its arrays."""
    header = json.dumps([message, [len(b) for b in buffers]]).encode()
    channel.sendall(struct.pack(">Q", len(header)) + header + b"".join(buffers))


def receive(channel: socket.socket) -> tuple[Any, Buffers]:
    """Read one message and the bytes of its arrays; EOFError if the other process has ended."""
    (size,) = struct.unpack(">Q", _exactly(channel, 8))
    message, sizes = json.loads(_exactly(channel, size))
    if sum(sizes) > LARGEST:
        raise MessageError(f"arrays of {sum(sizes)} bytes are too large")
    return message, [_exactly(channel, n) for n in sizes]


def _exactly(channel: socket.socket, size: int) -> bytes:
    if not 0 <= size <= LARGEST:
        raise MessageError(f"a message of {size} bytes is too large")
    parts = []
    while size:
        part = channel.recv(min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def pack(array: Array, buffers: Buffers) -> dict[str, Any]:
    """An array of numbers as JSON; its bytes follow the message."""
    if array.dtype.kind not in NUMERIC:
        raise TypeError(f"expected an array of numbers, got one of dtype {array.dtype}")
    if array.nbytes > LARGEST:
        raise TypeError(f"an array of {array.nbytes} bytes is too large to be handed over")
    buffers.append(array.tobytes())
    return {"dtype": array.dtype.str, "shape": array.shape, "bytes": len(buffers) - 1}


def unpack(packed: dict[str, Any], buffers: Buffers) -> Array:
    """The array of a message, as a writable copy."""
    dtype, shape = np.dtype(str(packed["dtype"])), tuple(map(int, packed["shape"]))
    data = buffers[packed["bytes"]]
    if dtype.kind not in NUMERIC or len(data) != math.prod(shape) * dtype.itemsize:
        raise MessageError("an array whose bytes do not fit its shape")
    array: Array = np.frombuffer(data, dtype).reshape(shape).copy()
    return array
