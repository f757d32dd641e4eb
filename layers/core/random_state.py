"""The random generators inside a layer, and their states."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np


def generators(thing: object, seen: set[int] | None = None) -> Iterator[Any]:
    """Yield all random generators that an object holds, directly or in nested objects."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, (np.random.Generator, np.random.RandomState, random.Random)):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from generators(value, seen)
    elif isinstance(thing, (list, tuple)):
        for value in thing:
            yield from generators(value, seen)
    elif hasattr(thing, "__dict__") and not isinstance(thing, type):
        yield from generators(vars(thing), seen)


def state_of(generator: Any) -> Any:
    """Return the state of a generator, for `put_back`."""
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    if isinstance(generator, np.random.RandomState):
        return generator.get_state()
    return generator.getstate()


def global_state() -> tuple[Any, Any]:
    """Return the states of the global generators of ``np.random`` and ``random``."""
    return np.random.get_state(), random.getstate()  # noqa: NPY002, because users draw from it


def drawn_since(state: tuple[Any, Any]) -> bool:
    """Whether a global generator has drawn numbers since `global_state`."""
    (_, words, *rest), (_, words_now, *rest_now) = state[0], global_state()[0]
    unchanged = rest == rest_now and np.array_equal(words, words_now)
    return not unchanged or random.getstate() != state[1]


def put_back_global(state: tuple[Any, Any]) -> None:
    """Restore a state from `global_state`."""
    np.random.set_state(state[0])  # noqa: NPY002
    random.setstate(state[1])


def put_back(generator: Any, state: Any) -> None:
    """Restore a state, so that the generator draws the same numbers again."""
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.setstate(state)
