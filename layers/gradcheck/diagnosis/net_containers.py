"""Mistakes of a net whose layers are correct: how it passes gradients on and collects them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from layers.core.random_state import generators
from layers.gradcheck.diagnosis.recording import RecordedCall, layers_inside
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.memory_layout import same_copy
from layers.gradcheck.numeric.returned_gradients import arrays
from layers.gradcheck.report.finding import Finding


def broken_chain(experiment: Experiment, calls: Sequence[RecordedCall]) -> Iterator[Finding]:
    """What is lost between the layers, from the output back."""
    if not any(call.dout is not None for call in calls):
        return
    for position in reversed(range(len(calls))):
        call = calls[position]
        if call.dout is None:
            evidence = f"{call.label}: forward was called, backward was not"
            yield Finding("layer-skipped", f"{call.name}.dout", evidence)
        elif evidence := _not_passed_on(experiment, calls, position):
            yield Finding("chain-broken", f"{call.name}.dout", f"{call.label}: {evidence}")
    yield from _overwritten(calls)
    yield from _misplaced(experiment, calls)


def _overwritten(calls: Sequence[RecordedCall]) -> Iterator[Finding]:
    """A layer that is used several times and keeps only what it needs for the last use."""
    for call in calls:
        uses = sum(other.layer is call.layer for other in calls)
        if uses < 2 or call.dout is None or not call.gave_gradients:
            continue
        alone = _alone(call)
        if all(_same(alone.get(name), g) for name, g in arrays(call.returned).items()):
            continue
        evidence = (
            f"{call.label}: it is used {uses} times, and when backward runs for an earlier "
            "use, what forward had kept of that is overwritten by a later one"
        )
        yield Finding("cache-overwritten", call.name, evidence)
        return


def _alone(call: RecordedCall) -> dict[str, Any]:
    """What the layer returns if it is used only here; as recorded where that is random."""
    if any(True for _ in generators(call.fresh)):
        return arrays(call.returned)
    layer = copy.deepcopy(call.fresh)
    layer.forward(*same_copy(call.inputs))
    return arrays(layer.backward(same_copy(call.dout)))


def _not_passed_on(experiment: Experiment, calls: Sequence[RecordedCall], position: int) -> str:
    """What a layer got as dout, if that is not dx of the one layer that takes its output."""
    call = calls[position]
    takers = [
        later for later in calls[position + 1 :] if any(_same(x, call.output) for x in later.inputs)
    ]
    if len(takers) != 1 or _same(call.output, experiment.y) or len(takers[0].inputs) != 1:
        return ""
    (taker,) = takers
    if not isinstance(taker.returned, tuple) or _same(call.dout, taker.returned[0]):
        return ""
    got = " but the gradient of the net's output" if _same(call.dout, experiment.dout) else ""
    return f"its dout is not dx of {taker.label}, which takes its output{got}"


def _misplaced(experiment: Experiment, calls: Sequence[RecordedCall]) -> Iterator[Finding]:
    """Gradients of parameters that are not what the layers returned."""
    try:
        experiment.run()
        _, grads = experiment.gradients()
    except Exception:  # what is returned is not a pair, or backward raises
        return
    inside = layers_inside(experiment.layer)
    returned = [(f"{call.name}.{key}", g) for call in calls for key, g in call.grads.items()]
    for key, array in experiment.tensors().items():
        if key not in grads:
            continue
        shares = list(_shares(inside, calls, array))
        if len(shares) > 1 and not _same(grads[key], sum(shares)):
            which = [i for i, share in enumerate(shares) if _same(share, grads[key])]
            what = f"that of use {which[0] + 1} alone" if which else "not their sum"
            evidence = f"{key} is used {len(shares)} times, and its gradient is {what}"
            yield Finding("share-missing", key, evidence)
            return
        owners = [name for name, g in returned if _same(g, grads[key])]
        if len(shares) == 1 and owners and not _same(grads[key], shares[0]):
            evidence = f"the gradient under {key} belongs to {min(owners)}"
            yield Finding("gradient-misplaced", key, evidence)


def _shares(inside: dict[str, Any], calls: Sequence[RecordedCall], array: Any) -> Iterator[Any]:
    """The gradients that the uses of a parameter returned."""
    for call in calls:
        for key, value in getattr(inside.get(call.name), "params", {}).items():
            if isinstance(value, np.ndarray) and np.shares_memory(value, array):
                yield from [call.grads[key]] if key in call.grads else []


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None or np.shape(one) != np.shape(other):
        return False
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12))
