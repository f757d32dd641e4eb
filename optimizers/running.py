"""How a rule runs over many parameters: as a compiled loop, or in blocks and threads.

A rule is written for one array. NumPy passes over memory once for each of its operations, twelve
times for Adam, and the overhead of an operation is that of some thousand additions. So

- with numba, a rule that has a loop over the entries runs as that loop, which passes once;
- large parameters are cut into blocks, which stay in the processor's cache from the first
  operation to the last, and very large ones are shared among threads, because NumPy lets other
  threads run while it computes;
- small parameters are updated as one vector where that saves more operations than it adds.

All give bitwise identical results, in any memory layout.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from itertools import pairwise
from threading import Thread
from typing import Any

import numpy as np

from optimizers.param_arrays import Array, Shapes, State

Rule = Callable[[Array, Array, State, float], None]
Loop = Callable[..., None]
Piece = tuple[Array, Array, State]
Arrays = Mapping[str, Array]

BLOCK = 65_536  # entries that a rule works on at a time
SHARED = 1_000_000  # entries above which threads are worth starting
SMALL = 8_192  # entries below which parameters with state are joined
_failed: set[Loop] = set()  # compiled loops that do not work here


class Running:
    """Parameters with what a rule remembers of them, ready to be updated.

    Parameters
    ----------
    params : mapping of str to ndarray
        The parameters.
    state : mapping of str to dict of str to ndarray
        What the rule remembers; arrays of joined parameters become views of one vector.
    shapes : callable
        The names and shapes of the arrays that the rule keeps for a parameter of a shape.
    elementwise : bool
        Whether the rule is elementwise, so that parameters may be joined and split.
    loop : callable, optional
        The rule as a compiled loop.
    """

    def __init__(
        self,
        params: Arrays,
        state: dict[str, State],
        shapes: Shapes,
        elementwise: bool,
        loop: Loop | None = None,
    ) -> None:
        self.state = state
        thetas = list(params.values())
        self.forms = [(key, theta, theta.dtype, theta.shape) for key, theta in params.items()]
        self.owners = {id(_owner(theta)) for theta in thetas}
        for key, theta in params.items():  # the rule computes in the dtype of the parameter
            changed = {s: a for s, a in state[key].items() if a.dtype != theta.dtype}
            state[key].update({slot: a.astype(theta.dtype) for slot, a in changed.items()})
        cut = elementwise and _are_apart(thetas)
        self.loop = loop if cut and loop not in _failed else None
        small = _small(params, state) if cut and not self.loop else []
        self.joined = [Joined(keys, params, state) for keys in small]
        alone = [
            Single(key, theta, state[key], shapes(theta.shape), elementwise)
            for key, theta in params.items()
            if not any(key in keys for keys in small)
        ]
        self.looped = [single for single in alone if self.loop and single.is_plain]
        self.single = [single for single in alone if single not in self.looped]
        self.kept = [(key, state[key], *item) for key in params for item in state[key].items()]
        size = sum(theta.size for theta in thetas)
        self.workers = min(_cores(), 2 * size // SHARED) if cut and size >= SHARED else 1

    def fits(self, params: Arrays, grads: Arrays, state: Mapping[str, State]) -> bool:
        """Whether the parameters and the state are the same arrays, and the gradients fit them."""
        if state is not self.state or not len(params) == len(grads) == len(self.forms):
            return False
        for key, theta, dtype, shape in self.forms:  # as for-loops, this is twice as fast
            g = grads.get(key)
            if (
                params.get(key) is not theta
                or not theta.flags.writeable
                or type(g) is not np.ndarray
                or g.dtype != dtype
                or g.shape != shape
            ):
                return False
        for key, kept, slot, array in self.kept:
            if (
                state.get(key) is not kept
                or kept.get(slot) is not array
                or not array.flags.writeable
            ):
                return False
        return True

    def run(self, grads: Arrays, rule: Rule, rate: float, numbers: Sequence[float]) -> None:
        """Apply the rule to all parameters; `numbers` are the loop's arguments after the arrays."""
        owners = [id(g if g.base is None else _owner(g)) for g in grads.values()]
        if not self.owners.isdisjoint(owners):
            # Gradients that share memory with parameters would change with them.
            grads = {key: g.copy() for key, g in grads.items()}
        left = self._left_by_the_loop(self.loop, grads, numbers) if self.loop else self.single
        pieces = [joined.piece(grads) for joined in self.joined]
        for single in left:
            pieces += single.pieces(grads[single.key])
        if self.workers > 1:
            _in_threads(rule, pieces, rate, self.workers)
        else:
            _in_turn(rule, pieces, rate)
        for joined in self.joined:
            joined.write_back()

    def _left_by_the_loop(
        self, loop: Loop, grads: Arrays, numbers: Sequence[float]
    ) -> list[Single]:
        """Run the loop over what it can take, and return the rest."""
        for at, single in enumerate(self.looped):
            g = grads[single.key]
            try:
                loop(single.theta, single.turn(g).ravel(), *single.kept, *numbers)
            except Exception:  # numba compiles at the first call, and may fail in any way
                _failed.add(loop)
                self.loop, left = None, self.looped[at:] + self.single
                self.single = self.looped + self.single
                return left
        return self.single


class Single:
    """A parameter that is updated on its own, as a vector if its layout allows it."""

    def __init__(
        self, key: str, theta: Array, state: State, slots: Iterable[str], elementwise: bool
    ) -> None:
        self.key, self.theta, self.state = key, theta, state
        self.turned = not theta.flags.c_contiguous
        arrays = [self.turn(array) for array in (theta, *state.values())]
        self.flat = elementwise and all(
            array.flags.c_contiguous and array.shape == arrays[0].shape for array in arrays
        )
        if self.flat:
            self.theta, *kept = (array.reshape(-1) for array in arrays)
            self.state = dict(zip(state, kept, strict=True))
        self.is_plain = self.flat and theta.dtype in (np.dtype("f4"), np.dtype("f8"))
        self.kept = [self.state[slot] for slot in slots]

    def turn(self, array: Array) -> Array:
        """Return a view in which a Fortran-ordered array is C-ordered."""
        return array.T if self.turned else array

    def pieces(self, g: Array) -> list[Piece]:
        """Yield blocks of the vector that fit the cache, each with its gradient and state."""
        if not self.flat:
            return [(self.theta, g, self.state)]
        theta, g, state = self.theta, self.turn(g).ravel(), self.state
        if theta.size <= BLOCK:
            return [(theta, g, state)]
        blocks = [slice(start, start + BLOCK) for start in range(0, theta.size, BLOCK)]
        return [(theta[b], g[b], {slot: array[b] for slot, array in state.items()}) for b in blocks]


class Joined:
    """Small parameters of one dtype, updated as one vector; their state is views of vectors."""

    def __init__(self, keys: Sequence[str], params: Arrays, state: Mapping[str, State]) -> None:
        self.keys, self.params = keys, [params[key] for key in keys]
        self.theta, self.thetas = self._vector(self.params)
        self.state = {}
        for slot in state[keys[0]]:
            self.state[slot], views = self._vector([state[key][slot] for key in keys])
            for key, view in zip(keys, views, strict=True):
                state[key][slot] = view

    def _vector(self, arrays: Sequence[Array]) -> tuple[Array, list[Array]]:
        """Return arrays joined into one vector, and views of it in their shapes."""
        vector = np.concatenate(arrays, axis=None)
        parts = np.split(vector, np.cumsum([array.size for array in arrays])[:-1])
        return vector, [p.reshape(a.shape) for p, a in zip(parts, arrays, strict=True)]

    def piece(self, grads: Arrays) -> Piece:
        """The vectors of parameters, gradients and state."""
        np.concatenate(self.params, axis=None, out=self.theta)
        g = np.concatenate([grads[key] for key in self.keys], axis=None)
        return self.theta, g, self.state

    def write_back(self) -> None:
        """Write the vector into the parameters."""
        for param, theta in zip(self.params, self.thetas, strict=True):
            np.copyto(param, theta)


def _small(params: Arrays, state: Mapping[str, State]) -> list[list[str]]:
    """Groups of small parameters that can be one vector: of one dtype, with the same state."""
    groups: dict[Any, list[str]] = {}
    for key, theta in params.items():
        alike = all(array.shape == theta.shape for array in state[key].values())
        if state[key] and alike and theta.size < SMALL:
            groups.setdefault((theta.dtype, tuple(state[key])), []).append(key)
    return [keys for keys in groups.values() if len(keys) > 1]


def _are_apart(arrays: Sequence[Array]) -> bool:
    """Whether no two arrays share memory, in which one update would overwrite another."""
    bounds = sorted(np.lib.array_utils.byte_bounds(array) for array in arrays)
    return all(low_end <= start for (_, low_end), (start, _) in pairwise(bounds))


def _owner(array: Any) -> Any:
    """Return the object that owns the memory of an array."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array


def _in_threads(rule: Rule, pieces: Sequence[Piece], rate: float, workers: int) -> None:
    """Apply the rule to every piece, in as many threads as there are workers."""
    own, *rest = (list(pieces[worker::workers]) for worker in range(workers))
    errors: list[BaseException] = []

    def work(share: Sequence[Piece]) -> None:
        try:
            _in_turn(rule, share, rate)
        except BaseException as error:
            errors.append(error)

    # Plain threads, because a concurrent.futures pool takes no work once the main thread has ended,
    # and is lost in a fork. NumPy's settings for warnings belong to the context.
    threads = []
    for share in rest:
        thread = Thread(target=copy_context().run, args=(work, share), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads can be started
            own += share
        else:
            threads.append(thread)
    try:
        _in_turn(rule, own, rate)
    finally:
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]


def _in_turn(rule: Rule, pieces: Sequence[Piece], rate: float) -> None:
    for theta, g, state in pieces:
        rule(theta, g, state, rate)


@cache
def _cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def compiled(loop: Loop) -> Loop | None:
    """Return the compiled loop, which lets other threads run; None if numba does not work."""
    try:
        from numba import njit
    except Exception:  # not installed, or built for another NumPy, which shows in many ways
        return None
    for keep in (True, False):  # there may be no folder in which to cache the compiled code
        with suppress(Exception):
            machine: Loop = njit(nogil=True, error_model="numpy", cache=keep)(loop)
            # With NUMBA_DISABLE_JIT this is the loop itself, which takes minutes in Python.
            return None if machine is loop else machine
    return None
