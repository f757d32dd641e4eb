"""Mistakes of a net whose layers are all right: how it hands gradients on and gathers them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from layers.core.random_state import generators
from layers.gradcheck.diagnosis.inner_layers import Call, layers_inside
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.memory_layout import same_copy
from layers.gradcheck.report.finding import Finding


def broken_chain(experiment: Experiment, calls: Sequence[Call]) -> Iterator[Finding]:
    """What is lost between the layers, from the output back."""
    if not any(call.dout is not None for call in calls):
        return
    for position in reversed(range(len(calls))):
        call = calls[position]
        if call.dout is None:
            evidence = f"{call.label}: forward was called, backward was not"
            yield Finding("layer-skipped", f"{call.name}.dout", evidence)
        elif evidence := _not_handed_on(experiment, calls, position):
            yield Finding("chain-broken", f"{call.name}.dout", f"{call.label}: {evidence}")
    yield from _overwritten(calls)
    yield from _misplaced(experiment, calls)


def _overwritten(calls: Sequence[Call]) -> Iterator[Finding]:
    """A layer that is used several times, and keeps what it needs of the last use alone."""
    for call in calls:
        uses = sum(other.layer is call.layer for other in calls)
        if uses < 2 or call.dout is None:
            continue
        pairs = zip(_flat(_alone(call)), _flat(call.returned), strict=False)
        if all(_same(one, other) for one, other in pairs):
            continue
        evidence = (
            f"{call.label}: it is used {uses} times, and when backward answers for an earlier "
            "use, what forward had kept of that is overwritten by a later one"
        )
        yield Finding("cache-overwritten", call.name, evidence)
        return


def _alone(call: Call) -> Any:
    """What the layer would have said if it had been used only here; None where that is random."""
    if any(True for _ in generators(call.fresh)):
        return None
    layer = copy.deepcopy(call.fresh)
    layer.forward(*same_copy(call.inputs))
    return layer.backward(same_copy(call.dout))


def _flat(returned: Any) -> list[Any]:
    """All gradients of a call, in one list."""
    if not isinstance(returned, tuple) or not isinstance(returned[-1], dict):
        return []
    dx = returned[0]
    return [*(dx if isinstance(dx, tuple) else (dx,)), *returned[-1].values()]


def _not_handed_on(experiment: Experiment, calls: Sequence[Call], position: int) -> str:
    """What a layer got as dout, where that is not dx of the one layer that takes its output."""
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


def _misplaced(experiment: Experiment, calls: Sequence[Call]) -> Iterator[Finding]:
    """Gradients of parameters that are not what the layers returned."""
    try:
        experiment.run()
        _, grads = experiment.gradients()
    except Exception:  # what is returned is no pair, or backward raises
        return
    inside = layers_inside(experiment.layer)
    for key, array in experiment.tensors().items():
        shares = list(_shares(inside, calls, array))
        if len(shares) > 1 and key in grads and not _same(grads[key], sum(shares)):
            which = [i for i, share in enumerate(shares) if _same(share, grads[key])]
            what = f"that of use {which[0] + 1} alone" if which else "not their sum"
            evidence = f"{key} is used {len(shares)} times, and its gradient is {what}"
            yield Finding("share-missing", key, evidence)
            return
        others = {name for name, g in _returned(calls) if key in grads and _same(g, grads[key])}
        if len(shares) == 1 and key in grads and not _same(grads[key], shares[0]) and others:
            evidence = f"under {key} stands the gradient that belongs to {min(others)}"
            yield Finding("gradient-misplaced", key, evidence)


def _shares(inside: dict[str, Any], calls: Sequence[Call], array: Any) -> Iterator[Any]:
    """The gradients that the uses of a parameter returned."""
    for call in calls:
        for own, value in getattr(inside.get(call.name), "params", {}).items():
            if isinstance(value, np.ndarray) and np.shares_memory(value, array):
                yield from [g for name, g in _of(call) if name == f"{call.name}.{own}"]


def _returned(calls: Sequence[Call]) -> Iterator[tuple[str, Any]]:
    for call in calls:
        yield from _of(call)


def _of(call: Call) -> Iterator[tuple[str, Any]]:
    if isinstance(call.returned, tuple) and isinstance(call.returned[-1], dict):
        for name, g in call.returned[-1].items():
            yield f"{call.name}.{name}", g


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None or np.shape(one) != np.shape(other):
        return False
    return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12))
