"""A parameter that forward uses several times, where backward counts one use alone."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View
from layers.gradcheck.diagnosis.jacobian import slopes
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.flat import flat, varied

MOST = 6  # uses that are told apart


class Reads(dict[str, Array]):
    """Parameters that count how often one of them is read, and give another array once a pass.

    Attributes
    ----------
    key : str
        The parameter that is counted.
    count : int
        How often it was read.
    special : tuple of int, int and array
        At which read of how many another array is given, and this array.
    """

    key = ""
    count = 0
    special: tuple[int, int, Any] = (0, 0, None)

    def __getitem__(self, key: str) -> Array:
        if key != self.key:
            return super().__getitem__(key)
        which, period, array = self.special
        self.count += 1
        special = period and (self.count - 1) % period == which
        return array if special else super().__getitem__(key)


def shares(case: Case) -> Iterator[Candidate]:
    """The gradient is that of one use, or lacks that of one use."""
    if not case.first.is_parameter:
        return
    for use in range(max(len(_of_each_use(view)) for view in case.views)):
        says = f"is the share of use {use + 1} of {case.name} alone"
        yield Candidate("share-missing", _alone(use), says)
        says = f"lacks the share of use {use + 1} of {case.name}"
        yield Candidate("share-missing", _without(use), says)


def _alone(use: int) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        found = _of_each_use(view)
        return found[use] if use < len(found) else None

    return predict


def _without(use: int) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        found = _of_each_use(view)
        return view.numeric - found[use] if use < len(found) else None

    return predict


def _of_each_use(view: View) -> list[Array]:
    """The numeric gradient through each use by itself; empty where there is only one."""
    if view.name not in view.shares:
        view.shares[view.name] = _measured(view)
    return view.shares[view.name]


def _measured(view: View) -> list[Array]:
    other = copy.deepcopy(view.experiment)
    reads = _counting(other.layer, view.name)
    if reads is None:
        return []
    y = flat(other.run())
    uses = reads.count
    if not 1 < uses <= MOST:
        return []
    found = []
    for use in range(uses):
        moved = reads[view.name].copy()
        reads.count, reads.special = 0, (use, uses, moved)
        if _matters(other, moved, y):
            found.append((use, moved))
    if len(found) < 2:
        return []
    shares = []
    for use, moved in found:
        reads.count, reads.special = 0, (use, uses, moved)
        shares.append(slopes(other, moved, view.places).numeric)
    return shares


def _matters(experiment: Experiment, array: Array, y: Array) -> bool:
    """Whether the output depends on what one reading gives, and not on its shape alone."""
    start = array.copy()
    array[...] = varied(start, np.random.default_rng(0))
    moved = flat(experiment.run())
    array[...] = start
    return not np.array_equal(moved, y, equal_nan=True)


def _counting(layer: Any, key: str) -> Reads | None:
    """Put counting parameters in the place of a layer's own, if they are an ordinary dict."""
    for attribute in ("_params", "params"):
        held = vars(layer).get(attribute) if hasattr(layer, "__dict__") else None
        if isinstance(held, dict) and key in held:
            reads = Reads(held)
            reads.key = key
            setattr(layer, attribute, reads)
            return reads
    return None
