"""Values of another moment, and a tensor used several times of which one use is counted.

A gradient may fit an input of an earlier call or parameters after their update. Of a parameter that
forward reads several times, or looks up at several places, each use has a share in the gradient.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, own_slopes
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.held_arrays import held_arrays
from layers.gradcheck.numeric.output_slopes import output_slopes
from layers.gradcheck.numeric.perturbation import flat, perturbed

MOST = 6  # uses that are told apart


def updated_parameters(case: Case) -> Iterator[Candidate]:
    """The gradient fits the parameters as backward leaves them."""
    if not case.first.is_parameter and case.first.experiment.tensors():
        claim = "fits the parameters as they are after backward has changed them"
        yield Candidate("updated-before-dx", _with_parameters_after, claim)


def _with_parameters_after(view: View) -> Array | None:
    other = copy.deepcopy(view.experiment)
    before = {name: array.copy() for name, array in other.tensors().items()}
    other.run()
    other.backward(other.sent())
    if all((array == before[name]).all() for name, array in other.tensors().items()):
        return None
    return view.slopes_in(other).numeric


def earlier_calls(case: Case) -> Iterator[Candidate]:
    """The gradient fits an input that the layer still holds from an earlier call."""
    if case.first.experiment.inputs:
        claim = "fits the input of an earlier call, which the layer still holds,"
        yield Candidate("stale-cache", _with_held_inputs, claim)


def _with_held_inputs(view: View) -> Array | None:
    x = view.experiment.inputs[0]
    present = [array.reshape(-1) for array in [*view.experiment.inputs, view.y, view.dout]]
    for held in held_arrays(view.experiment.layer).values():
        if held.shape != x.shape or held.dtype != x.dtype:
            continue
        if any(np.array_equal(held.reshape(-1), array) for array in present):
            continue
        found = view.slopes_at({0: held})
        if found and np.allclose(found.numeric, view.analytic, rtol=1e-5, atol=1e-9):
            return found.numeric
    return None


def repeated_lookups(case: Case) -> Iterator[Candidate]:
    """An entry that is used at several places counts only once: the last use overwrites."""
    view = case.first
    if view.is_parameter and any(array.dtype.kind in "iu" for array in view.experiment.inputs):
        claim = "counts only the last of several uses of an entry"
        yield Candidate("duplicates-overwritten", _last_use, claim)


def _last_use(view: View) -> Array:
    used = np.abs(view.rows) > 1e-6
    last = used.shape[1] - 1 - used[:, ::-1].argmax(axis=1)
    return np.asarray(own_slopes(view.rows, last) * view.dout[last])


class CountedParameters(dict[str, Array]):
    """Parameters that count how often one of them is read, and replace it at one read of a pass.

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


def shared_parameters(case: Case) -> Iterator[Candidate]:
    """The gradient of a parameter that is used several times is that of one use, or lacks one."""
    if not case.first.is_parameter:
        return
    shares = {id(view): _shares(view) for view in case.views}
    for use in range(max(map(len, shares.values()))):
        claim = f"is the share of use {use + 1} of {case.name} alone"
        yield Candidate("share-missing", _share(shares, use), claim)
        claim = f"lacks the share of use {use + 1} of {case.name}"
        yield Candidate("share-missing", _without_share(shares, use), claim)


def _share(shares: dict[int, list[Array]], use: int) -> Callable[[View], Array | None]:
    return lambda view: shares[id(view)][use] if use < len(shares[id(view)]) else None


def _without_share(shares: dict[int, list[Array]], use: int) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        share = _share(shares, use)(view)
        return None if share is None else view.numeric - share

    return predict


def _shares(view: View) -> list[Array]:
    """The numeric gradient through each use by itself; empty where there is only one."""
    other = copy.deepcopy(view.experiment)
    counted = _counted(other.layer, view.name)
    if counted is None:
        return []
    y = flat(other.run())
    uses = counted.count
    if not 1 < uses <= MOST:
        return []
    found = []
    for use in range(uses):
        moved = counted[view.name].copy()
        counted.count, counted.special = 0, (use, uses, moved)
        if _matters(other, moved, y):
            found.append((use, moved))
    shares = []
    for use, moved in found if len(found) > 1 else []:
        counted.count, counted.special = 0, (use, uses, moved)
        shares.append(output_slopes(other, moved, view.places).numeric)
    return shares


def _matters(experiment: Experiment, array: Array, y: Array) -> bool:
    """Whether the output depends on the values that one read gives, and not only on the shape."""
    start = array.copy()
    array[...] = perturbed(start, np.random.default_rng(0))
    moved = flat(experiment.run())
    array[...] = start
    return not np.array_equal(moved, y, equal_nan=True)


def _counted(layer: Any, key: str) -> CountedParameters | None:
    """Put counted parameters in the place of a layer's own, if they are an ordinary dict."""
    for attribute in ("_params", "params"):
        held = vars(layer).get(attribute) if hasattr(layer, "__dict__") else None
        if isinstance(held, dict) and key in held:
            counted = CountedParameters(held)
            counted.key = key
            setattr(layer, attribute, counted)
            return counted
    return None
