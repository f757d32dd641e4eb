"""The laws that a layer must obey in addition to returning the correct gradient.

Each law runs an experiment and yields a finding if it is broken.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.held_arrays import held_arrays
from layers.gradcheck.numeric.in_place_writes import WriteGuard
from layers.gradcheck.numeric.perturbation import flat, perturbed
from layers.gradcheck.numeric.raised_errors import raised
from layers.gradcheck.numeric.returned_gradients import Tensor, arrays, gradients_by_name
from layers.gradcheck.numeric.slopes import UNDERFLOW
from layers.gradcheck.report.finding import Finding

Law = Callable[[Experiment], Iterator[Finding]]

MARK = 1234567.0  # a number that no layer computes, exact in any floating dtype but the shortest
# Signs and spreads of earlier inputs: some may give the same mask, others lie outside the domain.
OTHERWISE = ((-1, 0.0), (1, 0.0), (1, 1.0))
LAST_DIGITS = 1e-9  # two ways to compute one number may differ by this share of the largest


def broken_laws(experiment: Experiment, differing: Sequence[Finding] = ()) -> Iterator[Finding]:
    """All laws, for a layer that returns gradients of the right form.

    `differing` are the findings of `differing_by_call`, which hold unless a law says why.
    """
    broken = list(dict.fromkeys(found for law in LAWS for found in _tried(law, experiment)))
    changing = {f.tensor for f in broken if f.mistake in ("accumulates", "another-mask")}
    for finding in broken:  # what differs from call to call cannot be linear in dout either
        if finding.mistake != "ignores-dout" or finding.tensor not in changing:
            yield finding
    explained = {finding.tensor for finding in broken}
    yield from (finding for finding in differing if finding.tensor not in explained)
    if not (broken or differing):
        yield from answers_the_latest(experiment)


def unsteady(experiment: Experiment) -> list[Finding]:
    """Whether forward gives another output the second time, so that nothing can be compared."""
    return _tried(repeatable, experiment)


def differing_by_call(experiment: Experiment, first: Sequence[Tensor]) -> Iterator[Finding]:
    """Whether the first backward of all gives the same gradients as those after other calls."""
    try:
        experiment.run()
        again = gradients_by_name(experiment)
    except Exception:  # an error that the laws report
        return
    for tensor in first:
        later = again.get(tensor.name)
        if later and not close(later.gradient, tensor.gradient):
            evidence = (
                f"the first backward returns a different gradient of {tensor.name} than a later "
                "one for the same input and dout"
            )
            yield Finding("differs-by-call", tensor.name, evidence)


def _tried(law: Law, experiment: Experiment) -> list[Finding]:
    """The findings of a law; an error that the layer raises is a finding too."""
    try:
        return list(law(experiment))
    except Exception as error:  # a user's layer may raise anything
        return [raised(f"a second {_verb_that_raises(experiment)}", error)]


def _verb_that_raises(experiment: Experiment) -> str:
    try:
        experiment.run()
    except Exception:
        return "forward"
    return "backward"


def written(experiment: Experiment) -> list[Finding]:
    """What the first forward wrote to."""
    return [
        Finding("mutates-input", name, f"forward changes {name} in place")
        for name in experiment.written
    ]


def arguments_untouched(experiment: Experiment) -> Iterator[Finding]:
    """No pass writes to inputs, dout, parameters, or an output that was returned.

    Only forward may write into the layer's buffers.
    """
    yield from written(experiment)
    given, dout = experiment.given(), experiment.sent()
    with WriteGuard(experiment.named_parameters()):
        handed = {"dout": dout, "the output": experiment.run(given)}
    watched = {name: array for name, array in handed.items() if isinstance(array, np.ndarray)}
    watched |= {**experiment.named_inputs(given), **experiment.named_parameters()}
    watched |= {f"the buffer {name}": array for name, array in experiment.buffers().items()}
    with WriteGuard(watched) as guard:
        experiment.backward(dout)
    for name in guard.written:
        yield Finding("mutates-input", name, f"backward changes {name} in place")


def repeatable(experiment: Experiment) -> Iterator[Finding]:
    """The same inputs give the same output."""
    before, now = np.shape(experiment.y), np.shape(experiment.run())
    if before != now:
        evidence = f"forward returns outputs of shapes {before} and {now} for the same input"
        yield Finding("changes-shape", "", evidence)
    elif not np.array_equal(flat(experiment.run()), flat(experiment.y), equal_nan=True):
        yield _unsteady_output(experiment)


def _unsteady_output(experiment: Experiment) -> Finding:
    """Two runs from one state that agree show that forward computes with what it changes."""
    other = copy.deepcopy(experiment)
    same = np.array_equal(flat(experiment.run()), flat(other.run()), equal_nan=True)
    if same and (moved := experiment.moved_by_forward()):
        evidence = (
            f"forward computes with {', '.join(moved)}, which every forward changes, and so "
            "returns different outputs for the same input"
        )
        return Finding("running-statistics", "", evidence)
    evidence = (
        "forward returns two different outputs for the same input; random numbers must come "
        "from a numpy.random.Generator that the layer holds"
    )
    return Finding("not-repeatable", "", evidence)


def same_twice(experiment: Experiment) -> Iterator[Finding]:
    """A second backward returns the same gradients as the first."""
    experiment.run()
    first, second = _gradients(experiment), _gradients(experiment)
    for name, g in first.items():
        if not close(second[name], g):
            mistake, why = _why_different(experiment, close(second[name], 2 * g))
            yield Finding(
                mistake, name, f"a second backward returns a different gradient of {name}{why}"
            )


def _why_different(experiment: Experiment, is_double: bool) -> tuple[str, str]:
    """The mistake that makes a second backward different, and what to say of it."""
    if is_double:
        return "accumulates", ": 2 times the first, because it is added to the earlier one"
    if _draws_in_backward(experiment):
        return "another-mask", ", because backward draws its own random numbers"
    if changed := _changed_by_backward(experiment):
        return "cache-changed", f", because backward changes {changed}, which forward cached"
    return "accumulates", ""


def _gradients(experiment: Experiment, dout: Any = None) -> dict[str, Array]:
    """Copies of the gradients by name, which a later call cannot overwrite."""
    return {name: g.copy() for name, g in arrays(experiment.gradients(dout)).items()}


def _draws_in_backward(experiment: Experiment) -> bool:
    """Whether backward gives the same gradients twice once the random states are put back."""
    if not experiment.is_random:
        return False
    experiment.run()
    found = []
    for _ in range(2):
        experiment.rewind()
        found.append(_gradients(experiment))
    return all(close(found[1][name], g) for name, g in found[0].items())


def _changed_by_backward(experiment: Experiment) -> str:
    """The name of an array that forward makes for backward, and backward changes."""
    experiment.run()
    kept = {name: array.copy() for name, array in held_arrays(experiment.layer).items()}
    experiment.gradients()
    changed = _unequal(kept, experiment)
    experiment.run()
    remade = changed - _unequal(kept, experiment)
    return min(remade, default="")


def _unequal(kept: dict[str, Array], experiment: Experiment) -> set[str]:
    now = held_arrays(experiment.layer)
    return {name for name, was in kept.items() if not np.array_equal(now.get(name, MARK), was)}


def nothing_overwritten(experiment: Experiment) -> Iterator[Finding]:
    """Later calls do not change arrays that were returned earlier."""
    other = copy.deepcopy(experiment)  # returned arrays get marked, and may be the layer's own
    outputs = _marked({"the output": other.run()})
    other.run()
    yield from _overwritten(outputs, "a second forward", "the output of the first")
    gradients = _marked(arrays(other.gradients()))
    other.gradients()
    for name, g in gradients.items():
        where = f"the gradient of {name} that the first returned"
        yield from _overwritten({name: g}, "a second backward", where)


def _marked(returned: dict[str, Any]) -> dict[str, Array]:
    """The returned arrays, filled with a number that no layer computes."""
    found = {
        name: array
        for name, array in returned.items()
        if isinstance(array, np.ndarray) and array.flags.writeable and array.dtype.kind == "f"
    }
    for array in found.values():
        array[...] = MARK
    return found


def _overwritten(marked: dict[str, Array], who: str, what: str) -> Iterator[Finding]:
    for name, array in marked.items():
        if not (array == MARK).all():
            yield Finding("overwrites", name, f"{who} overwrites {what}")


def linear_in_dout(experiment: Experiment) -> Iterator[Finding]:
    """backward(-2 * dout) is -2 * backward(dout)."""
    experiment.run()
    once, dout = _gradients(experiment), experiment.dout
    twice = tuple(-2.0 * part for part in dout) if isinstance(dout, tuple) else -2.0 * dout
    again = _gradients(experiment, twice)
    for name, g in once.items():
        if not close(again[name], -2 * g):
            evidence = f"backward(-2 * dout) is not -2 * backward(dout) in the gradient of {name}"
            yield Finding("ignores-dout", name, evidence)


def answers_the_latest(experiment: Experiment) -> Iterator[Finding]:
    """Backward answers for the forward just before it, whatever was run earlier."""
    experiment.run()
    latest = _gradients(experiment)
    for sign, spread in OTHERWISE:
        earlier = [_another(array, sign, spread) for array in experiment.inputs]
        try:
            after = experiment.after(earlier)
            found = _gradients(after)
        except Exception:  # the layer takes no such inputs, and nothing is known
            continue
        if not close(flat(after.y), flat(experiment.y)):
            return  # forward itself remembers earlier inputs; backward is not to blame
        stale = [name for name, g in latest.items() if not close(found[name], g)]
        for name in stale:
            evidence = (
                f"after forward of one input and then of another, the gradient of {name} is not "
                "that of the second"
            )
            yield Finding("stale-cache", name, evidence)
        if stale:
            return


def _another(array: Array, sign: int, spread: float) -> Array:
    """Another input of the same kind: other numbers, or the same integers in other places."""
    rolled = np.roll(array, 1)
    if array.dtype.kind != "f":
        return rolled
    rng = np.random.default_rng(0)
    other: Array = perturbed(sign * rolled, rng) * 10 ** rng.uniform(-spread, spread, array.shape)
    return other


LAWS = (arguments_untouched, same_twice, linear_in_dout, nothing_overwritten)


def close(a: Array, b: Array) -> bool:
    """Whether two arrays hold the same numbers, except for their last digits."""
    if a.shape != b.shape:
        return False
    allowed = LAST_DIGITS * np.abs(b).max(initial=0.0) + UNDERFLOW
    return bool((np.abs(a - b) <= allowed).all())
