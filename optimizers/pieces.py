"""How a rule that is written for one array runs over many, in few operations and in the cache.

A net's parameters are a few large arrays and many small ones. The fixed cost of a NumPy operation
is that of some thousand additions, so small parameters are gathered into one vector, updated
there and written back. A large one is updated in blocks, which stay in the processor's cache from
the first operation of the rule to the last; the blocks of very large ones are shared among
threads, because NumPy lets other threads run while it computes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from itertools import pairwise
from operator import is_
from typing import Any

import numpy as np

from optimizers.loops import Array, Loop

State = dict[str, Array]
Rule = Callable[[Array, Array, State], None]
Piece = tuple[Array, Array, State]
Numbers = tuple[float, ...]

SMALL = 32_768  # entries: parameters below this size are gathered
BLOCK = 65_536  # entries that a rule works on at a time
SHARED = 1_000_000  # entries from which on threads are worth their start


class Arrangement:
    """Which parameters are updated together, and which alone, with state for all of them.

    Parameters
    ----------
    params : mapping of str to ndarray
        The parameters.
    state : mapping of str to dict of str to ndarray
        What the rule remembers of them.
    slots : tuple of str
        The names of the arrays that the rule keeps for each parameter.
    elementwise : bool
        Whether the rule treats each entry by itself, so that parameters may be joined and cut.
    loop : callable, optional
        The rule as a compiled loop.
    """

    def __init__(
        self,
        params: Mapping[str, Array],
        state: dict[str, State],
        slots: tuple[str, ...],
        elementwise: bool,
        loop: Loop | None = None,
    ) -> None:
        keys = list(params)
        self.parts: list[Looped | Gathered | Alone] = []
        self.looped = loop is not None and _apart(params, keys)
        if loop and self.looped:
            looped = Looped(params, state, slots, loop)
            keys = [key for key in keys if key not in looped.keys]
            self.parts.append(looped)
        groups = list(_small(params, state, keys)) if elementwise else []
        self.parts += [Gathered(group, params, state) for group in groups]
        together = {key for group in groups for key in group}
        alone = [key for key in keys if key not in together]
        if alone:
            self.parts.append(Alone(alone, params, state, elementwise))
        self.state, self.slots, self.keys = state, slots, list(params)
        self.thetas, self.kept = list(params.values()), list(_entries(params, state))

    def fits(
        self, params: Mapping[str, Array], state: Mapping[str, State], slots: tuple[str, ...]
    ) -> bool:
        """Whether nothing has changed: the parameters and the state are the same arrays."""
        return (
            state is self.state
            and slots == self.slots
            and len(params) == len(self.thetas)
            and all(map(is_, params.values(), self.thetas))
            and list(params) == self.keys
            and self._keeps(state)
        )

    def _keeps(self, state: Mapping[str, State]) -> bool:
        """Whether the rule remembers the same arrays under the same names."""
        for key, slots, slot, array in self.kept:
            if state.get(key) is not slots or slots.get(slot) is not array:
                return False
        return True

    def run(
        self,
        params: Mapping[str, Array],
        grads: Mapping[str, Array],
        rule: Rule,
        numbers: Numbers = (),
    ) -> None:
        """Apply the rule to all parameters; `numbers` are what the loop takes beside arrays."""
        for part in self.parts:
            part.update(params, grads, rule, numbers)


class Gathered:
    """Small parameters of one dtype, updated as one vector.

    Their state lives in vectors too; the entries of `state` become views of these.

    Parameters
    ----------
    keys : sequence of str
        The parameters' names.
    params : mapping of str to ndarray
        The parameters.
    state : mapping of str to dict of str to ndarray
        What the rule remembers of them.
    """

    def __init__(
        self, keys: Sequence[str], params: Mapping[str, Array], state: Mapping[str, State]
    ) -> None:
        self.keys = keys
        shapes = [params[key].shape for key in keys]
        ends = np.cumsum([0, *(params[key].size for key in keys)])
        parts = [slice(int(start), int(stop)) for start, stop in pairwise(ends)]

        def views(vector: Array) -> list[Array]:
            return [vector[part].reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

        self.theta = _joined([params[key] for key in keys])
        self.thetas = views(self.theta)
        self.state = {slot: _joined([state[key][slot] for key in keys]) for slot in state[keys[0]]}
        for slot, vector in self.state.items():
            for key, view in zip(keys, views(vector), strict=True):
                state[key][slot] = view

    def update(
        self, params: Mapping[str, Array], grads: Mapping[str, Array], rule: Rule, _: Numbers
    ) -> None:
        """Run the rule once for all of them."""
        np.concatenate([params[key].ravel() for key in self.keys], out=self.theta)
        rule(self.theta, _joined([grads[key] for key in self.keys]), self.state)
        for key, theta in zip(self.keys, self.thetas, strict=True):
            np.copyto(params[key], theta)


class Alone:
    """Parameters updated one by one, large ones in blocks if the rule allows it."""

    def __init__(
        self,
        keys: Sequence[str],
        params: Mapping[str, Array],
        state: Mapping[str, State],
        elementwise: bool,
    ) -> None:
        self.keys, self.state, self.elementwise = keys, state, elementwise
        self.threaded = elementwise and _apart(params, keys)

    def update(
        self, params: Mapping[str, Array], grads: Mapping[str, Array], rule: Rule, _: Numbers
    ) -> None:
        """Run the rule for each of them."""
        pieces = [(params[key], grads[key], self.state[key]) for key in self.keys]
        if self.elementwise:
            pieces = [block for piece in pieces for block in blocks(*piece)]
        (in_threads if self.threaded else in_turn)(rule, pieces)


class Looped:
    """Parameters updated by a compiled loop, one by one: calling it costs next to nothing."""

    def __init__(
        self,
        params: Mapping[str, Array],
        state: Mapping[str, State],
        slots: tuple[str, ...],
        loop: Loop,
    ) -> None:
        self.loop = loop
        self.flat: list[tuple[str, list[Array]]] = []
        for key, theta in params.items():
            arrays = [theta, *(state[key][slot] for slot in slots)]
            if all(map(_can_loop, arrays)):
                self.flat.append((key, [array.reshape(-1) for array in arrays]))
        self.keys = [key for key, _ in self.flat]

    def update(self, _: Any, grads: Mapping[str, Array], __: Rule, numbers: Numbers) -> None:
        """Run the loop over each of them."""
        for key, (theta, *kept) in self.flat:
            self.loop(theta, grads[key].ravel(), *kept, *numbers)


def blocks(theta: Array, g: Array, state: State) -> Iterator[Piece]:
    """One parameter as pieces that fit the cache, each with its gradient and state."""
    arrays = [theta, g, *state.values()]
    if theta.size <= BLOCK or not all(array.flags.c_contiguous for array in arrays):
        yield theta, g, state
        return
    flat = [array.reshape(-1) for array in arrays]
    for start in range(0, theta.size, BLOCK):
        theta_block, g_block, *rest = [array[start : start + BLOCK] for array in flat]
        yield theta_block, g_block, dict(zip(state, rest, strict=True))


def in_threads(rule: Rule, pieces: Sequence[Piece]) -> None:
    """Apply the rule to every piece, in several threads where there is much to do."""
    workers = _cores() if sum(theta.size for theta, _, _ in pieces) >= SHARED else 1
    shares = [pieces[worker::workers] for worker in range(workers)]
    # NumPy's settings for warnings belong to the context, which a thread has to be given.
    others = [_pool().submit(copy_context().run, in_turn, rule, share) for share in shares[1:]]
    in_turn(rule, shares[0])
    for other in others:
        other.result()


def in_turn(rule: Rule, pieces: Sequence[Piece]) -> None:
    """Apply the rule to one piece after the other."""
    for piece in pieces:
        rule(*piece)


def _entries(
    params: Mapping[str, Array], state: Mapping[str, State]
) -> Iterator[tuple[str, State, str, Array]]:
    """What the rule remembers: the parameter's name, its slots, and each with its array."""
    for key in params:
        for slot, array in state[key].items():
            yield key, state[key], slot, array


def _small(
    params: Mapping[str, Array], state: Mapping[str, State], keys: Sequence[str]
) -> Iterator[list[str]]:
    """Groups of small parameters that can be one vector: of one dtype, with the same state."""
    groups: dict[Any, list[str]] = {}
    for key in keys:
        if params[key].size < SMALL:
            groups.setdefault((params[key].dtype, tuple(state[key])), []).append(key)
    for group in groups.values():
        if len(group) > 1 and _apart(params, group):
            yield group


def _can_loop(array: Array) -> bool:
    return array.flags.c_contiguous and array.dtype in (np.float32, np.float64)


def _apart(params: Mapping[str, Array], keys: Sequence[str]) -> bool:
    """Whether no two of the parameters lie in the same memory, where one would undo the other."""
    bounds = sorted(np.lib.array_utils.byte_bounds(params[key]) for key in keys)
    return all(low_end <= start for (_, low_end), (start, _) in pairwise(bounds))


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])


@cache
def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores() - 1, thread_name_prefix="handgrad")


if hasattr(os, "register_at_fork"):  # a forked process has none of its parent's threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
