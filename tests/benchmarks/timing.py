"""Timing several things fairly on a noisy machine: interleaved, in blocks, by medians."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


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


def interleaved(
    calls: Mapping[str, Callable[[], object]], blocks: int = 15, seconds: float = 0.02
) -> dict[str, Timing]:
    """Time the calls in turn, block after block, so that a slow moment of the machine hits all.

    Parameters
    ----------
    calls : mapping of str to callable
        What to time. An attribute ``steps`` says how many steps one call makes.
    blocks : int
        How many figures to take of each.
    seconds : float
        About how long a block lasts; at least two calls.
    """
    counts = {name: _count(call, seconds) for name, call in calls.items()}
    figures: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(blocks):
        for name, call in calls.items():
            call()  # brings its data and its threads back
            began = time.perf_counter()
            for _ in range(counts[name]):
                call()
            elapsed = time.perf_counter() - began
            figures[name].append(elapsed / counts[name] / getattr(call, "steps", 1))
    return {name: Timing(tuple(values)) for name, values in figures.items()}


def _count(call: Callable[[], object], seconds: float) -> int:
    for _ in range(3):
        call()
    began = time.perf_counter()
    call()
    return int(np.clip(seconds / (time.perf_counter() - began), 2, 2000))
