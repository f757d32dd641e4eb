"""The two ends of the channel: how values cross it, and how arrays stay one on both sides.

An array that has crossed is known to both ends under a number. Before each message, either end
looks which of these arrays have been written to, and the other end writes the same into its own.
So a layer that changes its input in place, or an optimizer that moves the parameters of a layer in
the other process, does what it would do in one process.
"""

from __future__ import annotations

import itertools
import socket
import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np

from layers.core.params import Array
from nets.homework.isolation.messages import Buffers, WireError, pack, receive, send, unpack

PLAIN = (bool, int, float, str, type(None))
DEEPEST = 50  # how far lists may be nested


class End:
    """What both ends share. `first` keeps their numbers apart: one counts 2, 4, ..., one 1, 3."""

    def __init__(self, channel: socket.socket, first: int) -> None:
        self.channel = channel
        self._numbers = itertools.count(first, 2)
        self._number_of: dict[int, int] = {}
        self._known: dict[int, bytes] = {}
        self._dropped: list[int] = []

    def hold(self, number: int, array: Array) -> None:
        """Know an array under a number from here on."""
        raise NotImplementedError

    def held(self) -> list[tuple[int, Array]]:
        """The arrays that are known, with their numbers."""
        raise NotImplementedError

    def encode_object(self, value: Any) -> Any:
        """A value that does not cross, as something that stands for it."""
        raise NotImplementedError

    def decode_object(self, tree: dict[str, Any]) -> Any:
        """What stands for a value that does not cross."""
        raise NotImplementedError

    def say(self, message: dict[str, Any], values: Any) -> None:
        """Send a message with values, after what has been written to arrays."""
        buffers: Buffers = []
        writes = [[number, pack(array, buffers)] for number, array in self._written()]
        tree = self.encode(values, buffers)
        dropped, self._dropped = self._dropped, []
        send(
            self.channel,
            {**message, "values": tree, "writes": writes, "dropped": dropped},
            buffers,
        )

    def hear(self) -> tuple[dict[str, Any], Any]:
        """Receive a message and its values, and write what the other end has written."""
        message, buffers = receive(self.channel)
        try:
            here = dict(self.held())
            for number, packed in message["writes"]:
                if number in here:
                    self._write(number, here[number], unpack(packed, buffers))
            for number in message["dropped"]:
                self.forget(number)
            return message, self.decode(message["values"], buffers)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise WireError(f"not a message: {error}") from error

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
        """Let go of an array or an object that the other end has let go of."""
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
    """Whether this is a random generator of NumPy's default kind, the only one that crosses."""
    return isinstance(value, np.random.Generator) and isinstance(
        value.bit_generator, np.random.PCG64
    )


def state_of(source: np.random.Generator) -> list[int]:
    """What a generator will draw next."""
    state = source.bit_generator.state
    return [*state["state"].values(), state["has_uint32"], state["uinteger"]]


def set_state(target: np.random.Generator, numbers: list[int]) -> None:
    """Let a generator go on from here."""
    state, inc, has, left = map(int, numbers)
    target.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": inc},
        "has_uint32": has,
        "uinteger": left,
    }


def generator(numbers: list[int]) -> np.random.Generator:
    """A random generator that goes on from a state."""
    made = np.random.default_rng(0)
    set_state(made, numbers)
    return made


class WeakArrays:
    """Arrays by number, kept only as long as somebody else keeps them."""

    def __init__(self, gone: Any) -> None:
        self._references: dict[int, weakref.ref[Array]] = {}
        self._gone = gone

    def add(self, number: int, array: Array) -> None:
        """Know an array while it lives."""
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
