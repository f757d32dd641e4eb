"""All probes, on a layer or on each layer of a net."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.probes.broadcast import broadcast
from layers.gradcheck.probes.double_softmax import double_softmax
from layers.gradcheck.probes.inference import defines_predict, inference
from layers.gradcheck.probes.layouts import layouts
from layers.gradcheck.probes.overflow import overflow
from layers.gradcheck.probes.precision import precision
from layers.gradcheck.report.finding import Finding

Probe = Callable[[Experiment], Iterator[Finding]]


@dataclass
class Noticed:
    """What the probes noticed.

    Attributes
    ----------
    findings : list of Finding
        Mistakes.
    notes : list of Finding
        Advice: not mistakes of the gradient, but worth knowing.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def add(self, other: Noticed) -> None:
        """Take over findings and notes, unless they are known from an inner layer."""
        located = {f.mistake for f in [*self.findings, *self.notes] if f.layer}
        for mine, theirs in ((self.findings, other.findings), (self.notes, other.notes)):
            mine += [f for f in theirs if f not in mine and (f.layer or f.mistake not in located)]


def notice(experiment: Experiment, is_net: bool = False) -> Noticed:
    """Try the probes on an experiment; those about numbers are for its innermost layers."""
    noticed = Noticed()
    noticed.findings += _tried(double_softmax, experiment)
    if experiment.loss is not None:
        return noticed
    found = _tried(inference, experiment)
    if defines_predict(experiment.layer):
        noticed.findings += found
    elif not is_net:
        noticed.notes += found
    if not is_net:
        noticed.findings += _tried(overflow, experiment)
        noticed.findings += _tried(broadcast, experiment)
        noticed.notes += _tried(precision, experiment)
        noticed.notes += _tried(layouts, experiment)
    return noticed


def _tried(probe: Probe, experiment: Experiment) -> list[Finding]:
    """What a probe finds; nothing if the layer raises on the inputs of the probe."""
    try:
        return list(probe(experiment))
    except Exception:  # a user's layer may raise anything
        return []
