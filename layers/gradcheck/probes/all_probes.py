"""All probes, on a layer or on each layer of a net."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.probes.broadcast import broadcast
from layers.gradcheck.probes.double_softmax import double_softmax
from layers.gradcheck.probes.inference import defines_predict, inference
from layers.gradcheck.probes.layouts import layouts
from layers.gradcheck.probes.overflow import overflow
from layers.gradcheck.probes.precision import precision
from layers.gradcheck.probes.ties import ties
from layers.gradcheck.report.finding import Finding

Probe = Callable[[Experiment], Iterator[Finding]]


def run_probes(
    experiment: Experiment, is_net: bool = False, is_correct: bool = True
) -> list[Finding]:
    """Try the probes on an experiment; those about numbers are for its innermost layers."""
    probes: list[Probe] = [double_softmax]
    if experiment.loss is None:
        if defines_predict(experiment.layer) or not is_net:
            probes.append(inference)
        probes += [] if is_net else [overflow, broadcast, precision, layouts]
        probes += [ties] if is_correct and not is_net else []
    return [finding for probe in probes for finding in _tried(probe, experiment)]


def _tried(probe: Probe, experiment: Experiment) -> list[Finding]:
    """What a probe finds; nothing if the layer raises on the inputs of the probe."""
    try:
        return list(probe(experiment))
    except Exception:  # a user's layer may raise anything
        return []
