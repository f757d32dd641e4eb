"""The same forward pass with log(p) where it has log(p + epsilon).

Many losses add something like 1e-7 to a probability, so that its logarithm is finite, and
differentiate log(p). The error of that is epsilon / p, which is nothing where log(p) is meant.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.memory_layout import MemoryLayout

LARGEST = 1e-6  # of an epsilon that is there for numerical reasons alone


class FollowedArray(np.ndarray):
    """An array that is followed through a computation, to the logarithm of p + epsilon."""

    before: Array | None
    met: list[float]

    def __array_finalize__(self, source: Any) -> None:
        self.before = None
        self.met = getattr(source, "met", [])

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Compute as NumPy does, but log(p) for log(p + epsilon)."""
        plain = [_plain(value) for value in inputs]
        if ufunc is np.log and (before := getattr(inputs[0], "before", None)) is not None:
            self.met.append(float(np.max(plain[0] - before)))
            plain[0] = before
        before = _before(plain) if ufunc is np.add and method == "__call__" else None
        if "out" in options:
            options["out"] = tuple(_plain(value) for value in options["out"])
        result = getattr(ufunc, method)(*plain, **options)
        if not isinstance(result, np.ndarray):
            return result
        followed = result.view(FollowedArray)
        followed.before, followed.met = before, self.met
        return followed


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, FollowedArray) else value


def _before(terms: list[Any]) -> Array | None:
    """The array to which something small is added; None for any other sum."""
    for array, added in (terms, terms[::-1]):
        if np.ndim(added) == 0 and 0 < added <= LARGEST and np.ndim(array):
            return np.array(array)
    return None


@dataclass(frozen=True)
class FollowedLayout(MemoryLayout):
    """A memory layout with copies that are followed; `met` gets the epsilons that they meet."""

    met: list[float] = field(default_factory=list)

    @cached_property
    def is_plain(self) -> bool:
        """A copy that is followed is not an ordinary one."""
        return False

    def copy(self, array: Array) -> Array:
        """The array in this layout, followed if it holds real or complex numbers."""
        found = super().copy(array)
        if found.dtype.kind not in "fc":
            return found
        followed = found.view(FollowedArray)
        followed.met = self.met
        return followed


def without_epsilons(experiment: Experiment) -> tuple[Experiment, float]:
    """The experiment with log(p) for log(p + epsilon), and the largest epsilon; 0 without one."""
    met: list[float] = []
    other = copy.copy(experiment)
    other.layouts = [
        FollowedLayout(**vars(MemoryLayout.of(x)), met=met) for x in experiment.given()
    ]
    with suppress(Exception):  # a user's layer may refuse a subclass of arrays
        other.y = other.run()
    return other, max(met, default=0.0)
