"""The endpoints of a channel between two processes, which keep shared arrays equal.

An array that was sent has a number in both processes. With each message, an endpoint sends the
arrays that have been written to since, and the other endpoint updates its own. So a layer that
changes its input in place, or an optimizer that updates the parameters of a layer in the other
process, has the same effect as in one process.
"""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator, MutableMapping
from typing import Any

import numpy as np

from layers.core.params import Array
from nets.homework.isolation.messages import (
    NUMERIC,
    Buffers,
    MessageError,
    pack,
    receive,
    send,
    unpack,
)

PLAIN = (bool, int, float, str, type(None))
GLOBAL = 0  # the number of the submission's module
DEEPEST = 50  # how far lists may be nested


class Endpoint:
    """What both endpoints do.

    Parameters
    ----------
    channel : socket
        The connection to the other process.
    first : int
        Where its numbers begin: 2, 4, ... at one endpoint and 1, 3, ... at the other.
    held : mapping
        The shared arrays, and the submission's objects or their proxies, by number.
    """

    def __init__(self, channel: socket.socket, first: int, held: MutableMapping[int, Any]) -> None:
        self.channel = channel
        self.held = held
        self._numbers = itertools.count(first, 2)
        self._known: dict[int, bytes] = {}

    def encode_object(self, value: Any) -> Any:
        """A reference to a value that is not sent itself."""
        raise NotImplementedError

    def decode_object(self, tree: dict[str, Any]) -> Any:
        """The value of a reference."""
        raise NotImplementedError

    def send(self, message: dict[str, Any], values: Any) -> None:
        """Send a message with values, with the arrays that have changed and what was dropped."""
        buffers: Buffers = []
        dropped = [number for number in self._known if number not in self.held]
        for number in dropped:
            del self._known[number]
        writes = [[number, pack(array, buffers)] for number, array in self._written()]
        tree = self.encode(values, buffers)
        send(
            self.channel,
            {**message, "values": tree, "writes": writes, "dropped": dropped},
            buffers,
        )

    def receive(self) -> tuple[dict[str, Any], Any]:
        """Receive a message and its values, and update the arrays that have changed.

        Raises
        ------
        MessageError
            If it is malformed.
        EOFError
            If the other process has ended.
        """
        try:
            message, buffers = receive(self.channel)
            arrays = dict(self.arrays())
            for number, packed in message["writes"]:
                if number in arrays:
                    self._write(number, arrays[number], unpack(packed, buffers))
            for number in message["dropped"]:
                self.held.pop(number, None)
                self._known.pop(number, None)
            return message, self.decode(message["values"], buffers)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise MessageError(f"not a message: {error}") from error
        except RecursionError as error:
            raise MessageError("not a message: it is nested too deep") from error

    def arrays(self) -> list[tuple[int, Array]]:
        """The shared arrays with their numbers."""
        return [(number, value) for number, value in self.held.items() if is_numeric(value)]

    def hold(self, number: int, value: Any) -> None:
        """Store a value under its number."""
        self.held[number] = value
        self._known[number] = value.tobytes() if is_numeric(value) else b""

    def _write(self, number: int, array: Array, value: Array) -> None:
        if array.flags.writeable and array.shape == value.shape and array.dtype == value.dtype:
            array[...] = value
        self._known[number] = array.tobytes()

    def _written(self) -> Iterator[tuple[int, Array]]:
        for number, array in self.arrays():
            data = array.tobytes()
            if data != self._known.get(number):
                self._known[number] = data
                yield number, array

    def encode(self, value: Any, buffers: Buffers, depth: int = 0) -> Any:
        """A value as JSON."""
        if depth > DEEPEST:
            raise TypeError(f"a value nested more than {DEEPEST} deep")
        if type(value) in PLAIN:
            return value
        if isinstance(value, np.generic) and value.dtype.kind in NUMERIC:
            return {"scalar": pack(np.asarray(value), buffers)}
        if type(value) in (list, tuple):
            return {type(value).__name__: [self.encode(v, buffers, depth + 1) for v in value]}
        if isinstance(value, dict):
            pairs = [[k, v] for k, v in value.items()]
            return {"dict": [[self.encode(part, buffers, depth + 1) for part in p] for p in pairs]}
        if is_numeric(value):
            return self._encode_array(value, buffers)
        if is_default(value):
            return {"generator": value.bit_generator.state}
        return self.encode_object(value)

    def _encode_array(self, array: Array, buffers: Buffers) -> Any:
        for number, shared in self.arrays():
            if shared is array:
                return {"array": number}
        packed = pack(array, buffers)
        number = next(self._numbers)
        self.hold(number, array)
        return {"array": number, "is": packed}

    def decode(self, tree: Any, buffers: Buffers) -> Any:
        """The value of some JSON."""
        if not isinstance(tree, dict):
            return tree
        kind = next(iter(tree))
        if kind in ("list", "tuple"):
            parts = [self.decode(part, buffers) for part in tree[kind]]
            return parts if kind == "list" else tuple(parts)
        if kind == "dict":
            return {self.decode(k, buffers): self.decode(v, buffers) for k, v in tree["dict"]}
        if kind == "scalar":
            return unpack(tree["scalar"], buffers)[()]
        if kind == "generator":
            return generator(tree["generator"])
        if kind == "array":
            if "is" in tree:
                self.hold(int(tree["array"]), array := unpack(tree["is"], buffers))
                return array
            return self.held[tree["array"]]
        return self.decode_object(tree)


def is_numeric(value: Any) -> bool:
    """Whether this is an array of numbers, which both processes share."""
    return isinstance(value, np.ndarray) and value.dtype.kind in NUMERIC


def is_default(value: Any) -> bool:
    """Whether this is a random generator of NumPy's default kind, the only one that is sent."""
    return isinstance(value, np.random.Generator) and isinstance(
        value.bit_generator, np.random.PCG64
    )


def generator(state: dict[str, Any]) -> np.random.Generator:
    """A random generator in this state."""
    made = np.random.default_rng(0)
    made.bit_generator.state = state
    return made
