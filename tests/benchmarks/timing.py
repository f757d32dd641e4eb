"""Timing several libraries fairly: each in a process of its own, one block at a time.

In one process they disturb each other: after a product, OpenBLAS's threads wait for tens of
milliseconds by spinning, and hold the cores that the next library needs.
"""

import multiprocessing
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

Make = partial  # what makes a step, in the process that times it: partial(ours.ours, case)
PAUSE = 0.12  # seconds before a block, in which the threads of the block before fall asleep
NOISY = 0.2  # a spread above which a case is measured again


@dataclass(frozen=True)
class Timing:
    """Seconds a call, one figure for each block."""

    blocks: tuple[float, ...]

    @property
    def median(self) -> float:
        """The typical time."""
        return float(np.median(self.blocks))

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a share of the median."""
        low, high = np.percentile(self.blocks, [25, 75])
        return float((high - low) / 2 / self.median)


@dataclass(frozen=True)
class Measured:
    """The timings of one case, and what the libraries that are missing said."""

    timings: dict[str, Timing]
    missing: dict[str, str]
    again: bool = False

    @property
    def noisy(self) -> bool:
        """Whether one of them varied too much."""
        return any(timing.spread > NOISY for timing in self.timings.values())


def measured(
    makes: Mapping[str, Make], blocks: int = 15, seconds: float = 0.05, pause: float = PAUSE
) -> Measured:
    """Time what is made, each in a process of its own, and again if a figure varies too much.

    Parameters
    ----------
    makes : mapping of str to partial
        What makes the step. An attribute ``steps`` of the step says how many one call makes.
    blocks : int
        How many figures to take of each.
    seconds : float
        About how long a block lasts; at least two calls.
    pause : float
        Seconds of sleep before each block.
    """
    with ExitStack() as stack:
        asked = {name: stack.enter_context(_process(make, seconds)) for name, make in makes.items()}
        replies = {name: ask() for name, ask in asked.items()}
        missing = {name: reply for name, reply in replies.items() if isinstance(reply, str)}
        there = [name for name in asked if name not in missing]
        first = Measured(_in_turn(asked, there, blocks, pause), missing)
        if not first.noisy:
            return first
        return Measured(_in_turn(asked, there, blocks, pause), missing, again=True)


def _in_turn(
    asked: Mapping[str, Callable[[], float]], names: list[str], blocks: int, pause: float
) -> dict[str, Timing]:
    """Ask for one block after another, in alternating order."""
    figures: dict[str, list[float]] = {name: [] for name in names}
    for block in range(blocks):
        for name in names if block % 2 == 0 else reversed(names):
            time.sleep(pause)
            figures[name].append(asked[name]())
    return {name: Timing(tuple(values)) for name, values in figures.items()}


@contextmanager
def _process(make: Make, seconds: float):
    """A new process that makes the step; each call of what is yielded times a block there."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(there, make, seconds), daemon=True)
    process.start()
    there.close()

    def ask():
        here.send(None)
        return here.recv()

    try:
        yield ask
    finally:
        here.close()
        process.join()


def _serve(connection, make: Make, seconds: float) -> None:
    """Make the step, then time a block whenever one is asked for."""
    try:
        connection.recv()
        try:
            step = make()
            count = _count(step, seconds)
        except ImportError as error:
            connection.send(str(error))
            return
        connection.send(count)
        while True:
            connection.recv()
            connection.send(_block(step, count) / getattr(step, "steps", 1))
    except EOFError:  # the other end has closed
        return


def _block(step: Callable[[], object], count: int) -> float:
    """Seconds a call."""
    step()  # brings its data and its threads back
    began = time.perf_counter()
    for _ in range(count):
        step()
    return (time.perf_counter() - began) / count


def _count(step: Callable[[], object], seconds: float) -> int:
    for _ in range(3):
        step()
    return int(np.clip(seconds / _block(step, 1), 2, 2000))
