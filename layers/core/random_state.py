"""The random generators inside a layer, and their states."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np


def generators(thing: Any, seen: set[int] | None = None) -> Iterator[Any]:
    """All random generators that an object holds, directly or in objects inside."""
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
    """The state of a generator, for `put_back`."""
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator.state
    if isinstance(generator, np.random.RandomState):
        return generator.get_state()
    return generator.getstate()


def put_back(generator: Any, state: Any) -> None:
    """Restore a state, so that the generator draws the same numbers again."""
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.setstate(state)
