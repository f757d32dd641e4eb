"""Values of another moment, and a tensor used several times of which one use is counted.

A gradient may fit an input of an earlier call or parameters after their update. Of a parameter that
forward reads several times, or looks up at several places, each use has a share in the gradient.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View, own_slopes
from layers.gradcheck.diagnosis.measurement import single_example
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.held_arrays import held_arrays
from layers.gradcheck.numeric.output_slopes import output_slopes
from layers.gradcheck.numeric.perturbation import flat, perturbed
from layers.gradcheck.numeric.returned_gradients import gradients_by_name

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
    arrays = [*view.experiment.inputs, view.y, view.dout, *_kept_of_one_call(view.experiment)]
    present = [array.reshape(-1) for array in arrays]
    for held in held_arrays(view.experiment.layer).values():
        if held.shape != x.shape or held.dtype != x.dtype:
            continue
        if any(np.array_equal(held.reshape(-1), array) for array in present):
            continue
        found = view.slopes_at({0: held})
        if found and np.allclose(found.numeric, view.analytic, rtol=1e-5, atol=1e-9):
            return found.numeric
    return None


def _kept_of_one_call(experiment: Experiment) -> list[Array]:
    """What a layer that was never called before keeps of these inputs."""
    layer, _ = experiment.unrun()
    for key, array in experiment.tensors().items():
        layer.params[key][...] = array
    layer.forward(*experiment.given())
    return list(held_arrays(layer).values())


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


def quadratic_forms(case: Case) -> Iterator[Candidate]:
    """Of x.T A x, whose gradient is (A + A.T) x, only one share, or one of them twice."""
    layer, _ = case.first.experiment.unrun()
    inputs = case.first.experiment.named_inputs(case.first.experiment.inputs)
    for name, array in {**inputs, **held_arrays(layer)}.items():
        if array.ndim == 2 and array.shape[0] == array.shape[1] > 1:
            claim = f"one use of {case.name}; with {name}.T it is that of the other,"
            yield Candidate("share-missing", _half_of_form(name, 1.0), f"is the share of {claim}")
            yield Candidate("share-missing", _half_of_form(name, 0.5), f"counts twice {claim}")


def _half_of_form(name: str, share: float) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        other = copy.deepcopy(view.experiment)
        array = {**other.named_inputs(other.inputs), **held_arrays(other.layer)}[name]
        array[...] = array.T.copy()
        if not np.allclose(flat(other.run()), view.y, rtol=1e-9):
            return None
        theirs = view.at(gradients_by_name(other)[view.name].gradient)
        if np.allclose(theirs, view.analytic, rtol=1e-6):
            return None
        return np.asarray(view.numeric / share - theirs)

    return predict


def steps(case: Case) -> Iterator[Candidate]:
    """In a sequence: the path from step to step is lost, or a state is that of another step."""
    first = case.first
    x = first.experiment.inputs[0] if first.experiment.inputs else np.zeros(0)
    if x.ndim not in (2, 3) or isinstance(first.experiment.y, tuple):
        return
    if first.is_parameter and _is_sequence(first.experiment):
        claim = "takes the state after each step where it needs that before it"
        yield Candidate("off-by-one-step", _with_state_after(case), claim)
    elif not first.is_parameter and first.position == 0:
        for axis in (1, 0):
            claim = "is correct at the last step alone: the path from step to step is lost or wrong"
            yield Candidate("time-path", _correct_at_the_end(axis), claim, general=True)


def _is_sequence(experiment: Experiment) -> bool:
    """Whether a state goes in beside x, or what comes first in x moves what comes out later."""
    x, *others = experiment.inputs
    shape = np.shape(experiment.y)
    if any(array.shape == shape for array in others):
        return True
    for axis in range(x.ndim - 1):
        other = copy.deepcopy(experiment)
        first = other.inputs[0].swapaxes(0, axis)[:1]
        first[...] = perturbed(first.copy(), np.random.default_rng(0))
        moved = np.asarray(other.run()) != experiment.y
        if shape[: axis + 1] != x.shape[: axis + 1] or moved.swapaxes(0, axis)[1:].any():
            return True
    return False


def _with_state_after(case: Case) -> Callable[[View], Array | None]:
    """Of one step, the gradient of W_h has the output of this step as a factor."""

    def predict(view: View) -> Array | None:
        one = single_example(view.measurement, step=True)
        if one is None or view.name not in one.tensors or view.tensor.array.ndim != 2:
            return None
        g, layer = one.tensors[view.name].gradient, one.experiment.layer
        inputs = [flat(x) for x in (*one.experiment.inputs, one.experiment.dout)]
        kept = [flat(one.experiment.y), *map(flat, held_arrays(layer).values())]
        states = [h for h in kept if not any(np.array_equal(h, x) for x in inputs)]
        numeric = one.numeric_at(view.name, np.arange(g.size)).reshape(g.shape)
        for (mine, right), h in product(((g, numeric), (g.T, numeric.T)), states):
            if len(mine) == h.size > 1 and _is_along(h, mine) and not _is_along(h, right):
                return view.analytic
        return None

    return predict


def _is_along(h: Array, matrix: Array) -> bool:
    """Whether each column of a matrix is a multiple of a vector, and not all are 0."""
    along = np.outer(h, h @ matrix) / (h @ h)
    return bool(matrix.any() and np.allclose(along, matrix, rtol=1e-6, atol=1e-9))


def _correct_at_the_end(axis: int) -> Callable[[View], Array | None]:
    def predict(view: View) -> Array | None:
        step = np.unravel_index(view.places, view.shape)[axis]
        last = view.shape[axis] - 1
        if last < 1 or view.output_shape[axis : axis + 1] != (last + 1,):
            return None
        of_output = np.indices(view.output_shape)[axis].reshape(-1)
        earlier, later = of_output < step[:, None], of_output > step[:, None]
        if np.abs(view.rows[earlier]).max(initial=0.0) > 1e-9 or not view.rows[later].any():
            return None  # not a sequence in which each step acts on later ones
        off = ~np.isclose(
            view.analytic, view.numeric, rtol=1e-5, atol=1e-8 * np.abs(view.numeric).max()
        )
        return view.analytic if off.any() and not off[step == last].any() else None

    return predict
