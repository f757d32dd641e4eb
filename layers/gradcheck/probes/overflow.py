"""Large scores: no inf and no nan where the function itself is not that large."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np

from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.perturbation import flat
from layers.gradcheck.numeric.returned_gradients import arrays, gradients_by_name
from layers.gradcheck.report.finding import Finding

LARGE = 1e3  # the factor of the inputs, or the size that the largest of them gets
HUGE = 1e100  # a function that was this large before it overflowed really is that large


def overflow(experiment: Experiment) -> Iterator[Finding]:
    """An exp overflows, or a log meets 0, on the way to a number that is not that large."""
    experiment.run()
    tensors = gradients_by_name(experiment).values()
    moved = [i for i, a in enumerate(experiment.inputs) if any(a is t.array for t in tensors)]
    largest = max((float(np.abs(experiment.inputs[i]).max(initial=0.0)) for i in moved), default=0)
    if not 0 < largest < LARGE:
        return
    trial = LargeInputs(experiment, moved)
    factor = LARGE / min(largest, 1.0)
    if not trial.fails(factor):
        return
    if trial.finite_before(factor) < HUGE:
        evidence = f"at inputs of size {factor * largest:.0f}, {trial.what}, because {trial.why}"
        yield Finding("overflow", "", evidence)


class LargeInputs:
    """One layer, run at larger and larger inputs.

    Attributes
    ----------
    what, why : str
        The last failure, and its reason.
    """

    def __init__(self, experiment: Experiment, moved: list[int]) -> None:
        self.experiment, self.moved = copy.copy(experiment), moved
        self.is_loss = not np.shape(experiment.y) and any(
            array.dtype.kind in "iu" for array in experiment.inputs
        )
        self.what, self.why, self.size = "", "", 0.0

    def fails(self, factor: float) -> bool:
        """Whether the output or the gradient is not finite although the inputs are."""
        inputs = self.experiment.given()
        for position in self.moved:
            inputs[position] = inputs[position] * factor
        events: list[str] = []
        try:
            with np.errstate(all="call", call=lambda kind, _: events.append(kind)):
                y = flat(self.experiment.layer.forward(*inputs))
                if np.isfinite(y).all():
                    self.size = float(np.abs(y).max(initial=0.0))
                    return self._gradient_fails(events)
        except OverflowError as error:  # Python's own math raises instead
            self.what, self.why = f"forward raises {error}", "exp overflows"
            return True
        kind = "nan" if np.isnan(y).any() else "inf"
        self.what, self.why = f"forward gives {kind}", _reason(events, self.is_loss)
        return bool(self.why)

    def finite_before(self, factor: float) -> float:
        """The size of the output just before it fails."""
        what, why = self.what, self.why
        low, high = 1.0, factor
        for _ in range(40):
            middle = (low * high) ** 0.5
            low, high = (low, middle) if self.fails(middle) else (middle, high)
        self.fails(low)
        self.what, self.why = what, why
        return self.size

    def _gradient_fails(self, events: list[str]) -> bool:
        returned = self.experiment.layer.backward(self.experiment.sent())
        if all(np.isfinite(g).all() for g in arrays(returned).values()):
            return False
        self.what, self.why = "backward returns nan or inf", _reason(events, self.is_loss)
        return bool(self.why)


def _reason(events: list[str], is_loss: bool) -> str:
    """The reason of a failure; a division by 0 counts only in a loss, where the domain is known."""
    if "overflow" in events:
        return "a number overflowed on the way"
    if is_loss and "divide by zero" in events:
        return "it takes the logarithm of 0, or divides by 0"
    if "underflow" in events and "invalid value" in events:
        return "numbers became 0 on the way"
    return ""
