"""How a rule runs over many parameters: as a compiled loop, or in blocks and threads.

A rule is written for one array. NumPy passes over memory once for every operation of it, twelve
times for Adam, and each operation costs as much as some thousand additions before it begins. So

- with numba, a rule that has a loop over the entries runs as that loop, which passes once;
- large parameters are cut into blocks, which stay in the processor's cache from the first
  operation to the last, and very large ones are shared among threads, because NumPy lets other
  threads run while it computes;
- small parameters are updated as one vector where that saves more operations than it adds.

All give the same numbers to the bit, in any layout of memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from itertools import pairwise
from operator import is_
from threading import Thread
from typing import Any

import numpy as np

from optimizers.param_arrays import Array, State

Rule = Callable[[Array, Array, State], None]
Loop = Callable[..., None]
Piece = tuple[Array, Array, State]
Arrays = Mapping[str, Array]

BLOCK = 65_536  # entries that a rule works on at a time
SHARED = 1_000_000  # entries from which on threads are worth their start
SMALL = 8_192  # entries below which parameters are joined, or an eighth of it without state
_failed: set[Loop] = set()  # compiled loops that do not work here
MANY = 16  # parameters that are joined even if the rule keeps no state
LOOPED = (np.dtype(np.float32), np.dtype(np.float64))


class Running:
    """Parameters with what a rule remembers of them, ready to be updated.

    Parameters
    ----------
    params : mapping of str to ndarray
        The parameters.
    state : mapping of str to dict of str to ndarray
        What the rule remembers; arrays of joined parameters become views of one vector.
    slots : tuple of str
        The names of the arrays that the rule keeps for each parameter.
    elementwise : bool
        Whether the rule treats each entry by itself, so that parameters may be joined and cut.
    loop : callable, optional
        The rule as a compiled loop.
    """

    def __init__(
        self,
        params: Arrays,
        state: dict[str, State],
        slots: tuple[str, ...],
        elementwise: bool,
        loop: Loop | None = None,
    ) -> None:
        self.params, self.state, self.slots = dict(params), state, slots
        for key, theta in params.items():
            state[key].update(_in_dtype(theta, state[key]))
        self.keys = list(params)
        self.apart = elementwise and _apart(params)
        self.loop = loop if self.apart and loop not in _failed else None
        together = _small(params, state) if self.apart and not self.loop else ()
        self.joined = [Joined(keys, params, state) for keys in together]
        done = {key for joined in self.joined for key in joined.keys}
        self.single = [
            Single(
                key, theta, state[key], slots, elementwise and bool(self.loop or theta.size > BLOCK)
            )
            for key, theta in params.items()
            if key not in done
        ]
        self.kept = [(key, state[key], *item) for key in params for item in state[key].items()]
        size = sum(theta.size for theta in params.values())
        self.workers = min(_cores(), 2 * size // SHARED) if self.apart and size >= SHARED else 1
        self.owners = {id(_owner(theta)) for theta in params.values()}

    def fits(self, params: Arrays, state: Mapping[str, State], slots: tuple[str, ...]) -> bool:
        """Whether nothing has changed: the parameters and the state are the same arrays."""
        return (
            state is self.state
            and slots == self.slots
            and len(params) == len(self.params)
            and all(map(is_, params.values(), self.params.values()))
            and list(params) == self.keys
            and all(
                state.get(key) is kept and kept.get(slot) is array and array.flags.writeable
                for key, kept, slot, array in self.kept
            )
        )

    def run(self, grads: Arrays, rule: Rule, numbers: Sequence[float]) -> None:
        """Apply the rule to all parameters; `numbers` are what a loop takes beside the arrays."""
        owners = [id(g if g.base is None else _owner(g)) for g in grads.values()]
        if not self.owners.isdisjoint(owners):
            # Gradients in the memory of parameters would change with them.
            grads = {key: g.copy() for key, g in grads.items()}
        left = self._left_by_the_loop(grads, numbers) if self.loop else self.single
        if not left and not self.joined:
            return
        pieces = [joined.piece(self.params, grads) for joined in self.joined]
        for single in left:
            g = grads[single.key]
            pieces += single.blocks(g) if single.flat else [(single.theta, g, single.state)]
        if self.workers > 1:
            _in_threads(rule, pieces, self.workers)
        else:
            _in_turn(rule, pieces)
        for joined in self.joined:
            joined.write_back(self.params)

    def _left_by_the_loop(self, grads: Arrays, numbers: Sequence[float]) -> list[Single]:
        """Run the loop over what it can take, and return the others."""
        left = []
        for single in self.single:
            if single.looped and self.loop:
                try:
                    g = grads[single.key]
                    g = g.T.ravel() if single.turned else g.ravel()
                    self.loop(single.theta, g, *single.kept, *numbers)
                except Exception:  # numba compiles at the first call, and may fail in any way
                    _failed.add(self.loop)
                    self.loop = None
                else:
                    continue
            left.append(single)
        return left


class Single:
    """A parameter that is updated by itself, as a vector if its layout allows it."""

    def __init__(
        self, key: str, theta: Array, state: State, slots: tuple[str, ...], flat: object
    ) -> None:
        self.key, self.theta, self.state = key, theta, state
        self.turned = not theta.flags.c_contiguous
        arrays = [self.turn(array) for array in (theta, *state.values())]
        self.flat = bool(
            flat
            and all(array.flags.c_contiguous for array in arrays)
            and all(array.shape == theta.shape for array in state.values())
        )
        if self.flat:
            self.theta, *kept = (array.reshape(-1) for array in arrays)
            self.state = dict(zip(state, kept, strict=True))
        self.looped = self.flat and theta.dtype in LOOPED
        self.kept = [self.state[slot] for slot in slots] if self.looped else []

    def turn(self, array: Array) -> Array:
        """A view in which an array in Fortran's order is one in C's."""
        return array.T if self.turned else array

    def blocks(self, g: Array) -> list[Piece]:
        """The vector in blocks that fit the cache, each with its gradient and state."""
        theta, g, state = self.theta, self.turn(g).ravel(), self.state
        blocks = [slice(start, start + BLOCK) for start in range(0, theta.size, BLOCK)]
        return [(theta[b], g[b], {slot: array[b] for slot, array in state.items()}) for b in blocks]


class Joined:
    """Small parameters of one dtype, updated as one vector, in which their state lives too."""

    def __init__(self, keys: Sequence[str], params: Arrays, state: Mapping[str, State]) -> None:
        self.keys = keys
        ends = np.cumsum([0, *(params[key].size for key in keys)])
        parts = [slice(int(start), int(stop)) for start, stop in pairwise(ends)]

        def views(vector: Array) -> list[Array]:
            shapes = [params[key].shape for key in keys]
            return [vector[part].reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

        self.theta = _joined([params[key] for key in keys])
        self.thetas = views(self.theta)
        self.state = {slot: _joined([state[key][slot] for key in keys]) for slot in state[keys[0]]}
        for slot, vector in self.state.items():
            for key, view in zip(keys, views(vector), strict=True):
                state[key][slot] = view

    def piece(self, params: Arrays, grads: Arrays) -> Piece:
        """The vectors of parameters, gradients and state."""
        np.concatenate([params[key].ravel() for key in self.keys], out=self.theta)
        return self.theta, _joined([grads[key] for key in self.keys]), self.state

    def write_back(self, params: Arrays) -> None:
        """Write the vector into the parameters."""
        for key, theta in zip(self.keys, self.thetas, strict=True):
            np.copyto(params[key], theta)


def _in_dtype(theta: Array, state: State) -> State:
    """State in the dtype of its parameter, in which the rule computes."""
    return {
        slot: array.astype(theta.dtype)
        for slot, array in state.items()
        if array.dtype != theta.dtype
    }


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])


def _small(params: Arrays, state: Mapping[str, State]) -> Iterator[list[str]]:
    """Groups of small parameters that can be one vector: of one dtype, with the same state."""
    groups: dict[Any, list[str]] = {}
    for key, theta in params.items():
        limit = SMALL if state[key] else SMALL // 8
        if theta.size < limit and all(a.shape == theta.shape for a in state[key].values()):
            groups.setdefault((theta.dtype, tuple(state[key])), []).append(key)
    # A rule without state has two operations, and it takes many parameters to save by joining.
    return (keys for (_, slots), keys in groups.items() if len(keys) >= (2 if slots else MANY))


def _apart(params: Arrays) -> bool:
    """Whether no two of the parameters lie in the same memory, where one would undo the other."""
    bounds = sorted(np.lib.array_utils.byte_bounds(theta) for theta in params.values())
    return all(low_end <= start for (_, low_end), (start, _) in pairwise(bounds))


def _owner(array: Any) -> Any:
    """What holds the memory that an array is a view of."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


def _in_threads(rule: Rule, pieces: Sequence[Piece], workers: int) -> None:
    """Apply the rule to every piece, in as many threads as there are workers."""
    own, *others = (list(pieces[worker::workers]) for worker in range(workers))
    errors: list[BaseException] = []

    def work(share: Sequence[Piece]) -> None:
        try:
            _in_turn(rule, share)
        except BaseException as error:
            errors.append(error)

    # Threads of our own, as a pool of concurrent.futures takes no work once the main thread has
    # ended, and is lost in a fork. NumPy's settings for warnings belong to the context.
    threads = []
    for share in others:
        thread = Thread(target=copy_context().run, args=(work, share), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads can be started
            own += share
        else:
            threads.append(thread)
    try:
        _in_turn(rule, own)
    finally:
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]


def _in_turn(rule: Rule, pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        rule(*piece)


@cache
def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def compiled(loop: Loop) -> Loop | None:
    """The loop in machine code, which lets other threads run; None where numba does not work."""
    try:
        from numba import njit
    except Exception:  # not installed, or made for another NumPy, which shows in many ways
        return None
    for keep in (True, False):  # there may be no folder that the machine code could be kept in
        with suppress(Exception):
            machine: Loop = njit(nogil=True, error_model="numpy", cache=keep)(loop)
            # With NUMBA_DISABLE_JIT it is the loop itself, which takes minutes in Python.
            return None if machine is loop else machine
    return None
