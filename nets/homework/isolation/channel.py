"""The endpoints of a channel between two processes, which keep shared arrays equal.

An array that was sent has a number in both processes. With each message, an endpoint sends the
arrays that have been written to since, and the other endpoint updates its own. So a layer that
changes its input in place, or an optimizer that updates the parameters of a layer in the other
process, has the same effect as in one process.
"""

from __future__ import annotations

import itertools
import socket
import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from layers.core.params import Array
from nets.homework.isolation.messages import Buffers, MessageError, pack, receive, send, unpack

PLAIN = (bool, int, float, str, type(None))
DEEPEST = 50  # how far lists may be nested


class Endpoint:
    """What both endpoints do. `first` keeps their numbers apart: 2, 4, ... and 1, 3, ..."""

    def __init__(self, channel: socket.socket, first: int) -> None:
        self.channel = channel
        self._numbers = itertools.count(first, 2)
        self._number_of: dict[int, int] = {}
        self._known: dict[int, bytes] = {}
        self._dropped: list[int] = []

    def hold(self, number: int, array: Array) -> None:
        """Store an array under its number."""
        raise NotImplementedError

    def held(self) -> list[tuple[int, Array]]:
        """The stored arrays with their numbers."""
        raise NotImplementedError

    def encode_object(self, value: Any) -> Any:
        """A reference to a value that is not sent itself."""
        raise NotImplementedError

    def decode_object(self, tree: dict[str, Any]) -> Any:
        """The value of a reference."""
        raise NotImplementedError

    def send(self, message: dict[str, Any], values: Any) -> None:
        """Send a message with values, and with the arrays that have changed."""
        buffers: Buffers = []
        writes = [[number, pack(array, buffers)] for number, array in self._written()]
        tree = self.encode(values, buffers)
        dropped, self._dropped = self._dropped, []
        send(
            self.channel,
            {**message, "values": tree, "writes": writes, "dropped": dropped},
            buffers,
        )

    def receive(self) -> tuple[dict[str, Any], Any]:
        """Receive a message and its values, and update the arrays that have changed."""
        message, buffers = receive(self.channel)
        try:
            arrays = dict(self.held())
            for number, packed in message["writes"]:
                if number in arrays:
                    self._write(number, arrays[number], unpack(packed, buffers))
            for number in message["dropped"]:
                self.forget(number)
            return message, self.decode(message["values"], buffers)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise MessageError(f"not a message: {error}") from error

    def _write(self, number: int, array: Array, value: Array) -> None:
        if array.flags.writeable and array.shape == value.shape and array.dtype == value.dtype:
            array[...] = value
        self._known[number] = array.tobytes()

    def _written(self) -> Iterable[tuple[int, Array]]:
        for number, array in self.held():
            data = array.tobytes()
            if data != self._known[number]:
                self._known[number] = data
                yield number, array

    def forget(self, number: int) -> None:
        """Drop an array or an object that the other endpoint has dropped."""
        self._known.pop(number, None)

    def encode(self, value: Any, buffers: Buffers, depth: int = 0) -> Any:
        """A value as JSON."""
        if depth > DEEPEST:
            raise TypeError(f"a value nested more than {DEEPEST} deep")
        if type(value) in PLAIN:
            return value
        if isinstance(value, np.generic) and value.dtype.kind in "fiubc":
            return {"scalar": pack(np.asarray(value), buffers)}
        if type(value) in (list, tuple):
            return {type(value).__name__: [self.encode(v, buffers, depth + 1) for v in value]}
        if isinstance(value, dict):
            pairs = [[k, v] for k, v in value.items()]
            return {"dict": [[self.encode(part, buffers, depth + 1) for part in p] for p in pairs]}
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiubc":
            return self._encode_array(value, buffers)
        if is_default(value):
            return {"generator": state_of(value)}
        return self.encode_object(value)

    def _encode_array(self, array: Array, buffers: Buffers) -> Any:
        number = self._number_of.get(id(array))
        if number is not None:
            return {"array": number}
        packed = pack(array, buffers)
        number = next(self._numbers)
        self._hold(number, array)
        return {"array": number, "is": packed}

    def _hold(self, number: int, array: Array) -> None:
        self._number_of[id(array)] = number
        self._known[number] = array.tobytes()
        self.hold(number, array)

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
            return self._decode_array(tree, buffers)
        return self.decode_object(tree)

    def _decode_array(self, tree: dict[str, Any], buffers: Buffers) -> Array:
        if "is" in tree:
            array = unpack(tree["is"], buffers)
            self._hold(int(tree["array"]), array)
            return array
        return dict(self.held())[tree["array"]]


def is_default(value: Any) -> bool:
    """Whether this is a random generator of NumPy's default kind, the only one that is sent."""
    return isinstance(value, np.random.Generator) and isinstance(
        value.bit_generator, np.random.PCG64
    )


def state_of(source: np.random.Generator) -> list[int]:
    """The state of a generator, as integers."""
    state = source.bit_generator.state
    return [*state["state"].values(), state["has_uint32"], state["uinteger"]]


def set_state(target: np.random.Generator, numbers: list[int]) -> None:
    """Set the state of a generator."""
    state, inc, has, left = map(int, numbers)
    target.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": inc},
        "has_uint32": has,
        "uinteger": left,
    }


def generator(numbers: list[int]) -> np.random.Generator:
    """A random generator in this state."""
    made = np.random.default_rng(0)
    set_state(made, numbers)
    return made


class WeakArrays:
    """Arrays by number, without keeping them alive."""

    def __init__(self, gone: Any) -> None:
        self._references: dict[int, weakref.ref[Array]] = {}
        self._gone = gone

    def add(self, number: int, array: Array) -> None:
        """Store an array for as long as it lives."""
        key = id(array)
        self._references[number] = weakref.ref(array)
        weakref.finalize(array, self._drop, number, key).atexit = False

    def _drop(self, number: int, key: int) -> None:
        self._references.pop(number, None)
        self._gone(number, key)

    def alive(self) -> list[tuple[int, Array]]:
        """Those that still live."""
        found = [(number, reference()) for number, reference in self._references.items()]
        return [(number, array) for number, array in found if array is not None]
