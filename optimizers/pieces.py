"""Large parameters in blocks that fit the cache, shared among threads.

A large parameter is updated in blocks, which stay in the processor's cache from the first
operation of the rule to the last; the blocks of very large ones are shared among threads, because
NumPy lets other threads run while it computes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from itertools import pairwise

import numpy as np

from optimizers.loops import Array

State = dict[str, Array]
Rule = Callable[[Array, Array, State], None]
Piece = tuple[Array, Array, State]

BLOCK = 65_536  # entries that a rule works on at a time
SHARED = 1_000_000  # entries from which on threads are worth their start


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


def apart(params: Mapping[str, Array], keys: Sequence[str]) -> bool:
    """Whether no two of the parameters lie in the same memory, where one would undo the other."""
    bounds = sorted(np.lib.array_utils.byte_bounds(params[key]) for key in keys)
    return all(low_end <= start for (_, low_end), (start, _) in pairwise(bounds))


@cache
def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores() - 1, thread_name_prefix="handgrad")


if hasattr(os, "register_at_fork"):  # a forked process has none of its parent's threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
