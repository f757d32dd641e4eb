"""Where the gradient went, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from layers.core.checks import label
from layers.core.notebook import number
from nets.trace.traced_layer import Step

TOO_FAR = 1e3  # the factor from which on a gradient has vanished or exploded on its way
MANY = 0.5  # the share of dead or saturated units that is worth a word


class Verdict(NamedTuple):
    """A sentence, and the step that it blames; None if all is well."""

    sentence: str
    step: Step | None = None


def verdict(steps: Sequence[Step]) -> Verdict:
    """Look at a pass for what stops, shrinks or swells the gradient, the worst first."""
    if found := _not_finite(steps):
        return found
    if not _start(steps):
        return Verdict("There is no gradient: that of the loss is 0, as it is at its minimum.")
    return _stopped(steps) or _faded(steps) or _arrived(steps)


def _not_finite(steps: Sequence[Step]) -> Verdict | None:
    forward = [("forward", "output", step, [step.y]) for step in steps]
    backward = [
        ("backward", "gradient", step, [*step.dxs, *step.grads.values()])
        for step in reversed(steps)
    ]
    for way, word, step, arrays in forward + backward:
        if not all(np.isfinite(array).all() for array in arrays if array is not None):
            said = f"The pass breaks {way}, in {_name(step)}: its {word} holds nan or infinity."
            return Verdict(said, step)
    return None


def _stopped(steps: Sequence[Step]) -> Verdict | None:
    for place, step in reversed([*enumerate(steps)][1:]):
        gives = any(dx is not None for dx in step.dxs)
        if gives and step.upstream and not step.downstream:
            first = _first_silent(steps, place)
            dead = step.dead == 1
            why = "no unit of it is on in this batch" if dead else "its dx is 0 everywhere"
            why += f", as all outputs from {_name(first)} on are 0" if first is not step else ""
            return Verdict(
                f"The gradient ends in {_name(step)}: {why}, and what comes before learns nothing.",
                first,
            )
    return None


def _first_silent(steps: Sequence[Step], place: int) -> Step:
    """The step that first gave the zeros that this one got; itself if it got none."""
    while place > 0 and np.size(steps[place - 1].y) and not np.any(steps[place - 1].y):
        place -= 1
    return steps[place]


def _faded(steps: Sequence[Step]) -> Verdict | None:
    """A gradient that is a thousand times smaller or larger where it arrives."""
    start, arrived = _start(steps), [(step.upstream, step) for step in _learners(steps)]
    inner = _inner(steps)
    if not (arrived and inner):
        return None
    least, weakest = min(arrived, key=lambda pair: pair[0])
    most, strongest = max(arrived, key=lambda pair: pair[0])
    if least * TOO_FAR <= start:
        word, size, there, blamed = "vanishes", least, weakest, min(inner, key=_gain)
    elif most >= start * TOO_FAR:
        word, size, there, blamed = "explodes", most, strongest, max(inner, key=_gain)
    else:
        return None
    return Verdict(
        f"The gradient {word}: its norm is {number(start)} after the last layer and "
        f"{number(size)} after {_name(there)}. {_factor(blamed, inner)}{_why(blamed)}.",
        blamed,
    )


def _factor(blamed: Step, steps: Sequence[Step]) -> str:
    """What a layer makes of the gradient, and all layers of its kind together."""
    alike = [_gain(step) for step in steps if type(step.layer) is type(blamed.layer)]
    together = f" and {number(math.prod(alike))} in all {len(alike)} of its kind"
    said = f"Its factor is {number(_gain(blamed))} in {_name(blamed)}"
    return said + together if len(alike) > 1 else said


def _arrived(steps: Sequence[Step]) -> Verdict:
    start = _start(steps)
    first = next(iter(_learners(steps)), None)
    way = f", {number(first.upstream)} reaches {_name(first)}" if first else ""
    said = f"The gradient arrives: of a norm of {number(start)} after the last layer{way}."
    worst = max(steps, key=_idle)
    if _idle(worst) <= MANY:
        return Verdict(said)
    return Verdict(f"{said} But watch {_name(worst)}{_why(worst)}.", worst)


def _inner(steps: Sequence[Step]) -> list[Step]:
    """The steps that pass a gradient on, without the loss, which makes it."""
    passing = steps[:-1] if steps[-1].name == "loss" else steps
    return [step for step in passing if step.upstream and step.downstream]


def _learners(steps: Sequence[Step]) -> list[Step]:
    """The steps that use the gradient: those with parameters, or else all."""
    reached = [step for step in steps if step.dout is not None]
    return [step for step in reached if step.grads] or [s for s in reached if s.name != "loss"]


def _start(steps: Sequence[Step]) -> float:
    """The gradient with which the net's backward pass begins."""
    return steps[-1].downstream if steps[-1].name == "loss" else steps[-1].upstream


def _gain(step: Step) -> float:
    """By what factor the gradient is longer before a layer than after it."""
    return step.downstream / step.upstream


def _idle(step: Step) -> float:
    """The share of units or entries that pass hardly any gradient."""
    return max(step.dead or 0, step.saturated or 0)


def _why(step: Step) -> str:
    if step.dead:
        return f", where {100 * step.dead:.0f} % of the units are dead"
    if step.saturated:
        return f", which is {100 * step.saturated:.0f} % saturated"
    return ""


def _name(step: Step) -> str:
    return "the loss" if step.name == "loss" else f"{step.name} ({label(step.layer)})"
