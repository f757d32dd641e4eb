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
class FindingsAndNotes:
    """Mistakes, and what is only worth knowing.

    Attributes
    ----------
    findings : list of Finding
        Mistakes.
    notes : list of Finding
        Advice: not mistakes of the gradient, but worth knowing.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def add(self, other: FindingsAndNotes) -> None:
        """Take over findings and notes, unless they are known from an inner layer."""
        located = {f.mistake for f in [*self.findings, *self.notes] if f.layer}
        for mine, theirs in ((self.findings, other.findings), (self.notes, other.notes)):
            mine += [f for f in theirs if f not in mine and (f.layer or f.mistake not in located)]


def run_probes(experiment: Experiment, is_net: bool = False) -> FindingsAndNotes:
    """Try the probes on an experiment; those about numbers are for its innermost layers."""
    found = FindingsAndNotes(_tried(double_softmax, experiment))
    if experiment.loss is not None:
        return found
    if defines_predict(experiment.layer):
        found.findings += _tried(inference, experiment)
    elif not is_net:
        found.notes += _tried(inference, experiment)
    if not is_net:
        for probe in (overflow, broadcast):
            found.findings += _tried(probe, experiment)
        for probe in (precision, layouts):
            found.notes += _tried(probe, experiment)
    return found


def _tried(probe: Probe, experiment: Experiment) -> list[Finding]:
    """What a probe finds; nothing if the layer raises on the inputs of the probe."""
    try:
        return list(probe(experiment))
    except Exception:  # a user's layer may raise anything
        return []
