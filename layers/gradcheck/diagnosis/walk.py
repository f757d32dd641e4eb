"""From the output back to the first layer that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from layers.core.checks import label
from layers.gradcheck.diagnosis.explain import explained
from layers.gradcheck.diagnosis.families.bias_and_shapes import misshapen
from layers.gradcheck.diagnosis.net_containers import broken_chain
from layers.gradcheck.diagnosis.recording import RecordedCall, layers_inside, recorded
from layers.gradcheck.examine import Examination, examine
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.probes import run_probes
from layers.gradcheck.report.finding import Finding

# If outputs change by themselves or are not numbers, nothing else can be said.
UNSTEADY = ("not-repeatable", "running-statistics", "changes-shape", "wrong-return", "wrong-output")


@dataclass(frozen=True)
class InnerLayer:
    """A layer inside a net, with the inputs it gets there.

    ``prefix`` is put before the names of its tensors, ``label`` is what findings call it.
    """

    layer: Any
    inputs: tuple[Any, ...]
    prefix: str
    label: str


def diagnose(
    experiment: Experiment, found: Examination, tolerance: float, rng: np.random.Generator
) -> list[Finding]:
    """All findings of an examination, the likeliest cause first.

    In a net, the inner layers are examined one by one, from the output back. A layer that is wrong
    on its own is the cause; tensors that are wrong in the net but correct in their own layer are
    its victims.
    """
    # Where a loss follows a correct net, the net without the loss is looked at below.
    calls = [] if found and experiment.loss is not None else recorded(experiment)
    inside = [
        _located(finding, _inner(call, call.layer)) for call in calls for finding in call.written
    ]
    for inner in _inner_layers(experiment, calls, bool(found)):
        inside = _joined(inside, _inside(inner, experiment, bool(found), tolerance, rng))
    causes = [finding for finding in inside if finding.kind != "advice"]
    if not causes and not found:
        causes = list(broken_chain(experiment, calls))
    if causes:
        causes = _with_victims(causes, found) + _besides(found, causes)
    elif not found:
        causes = _by_itself(experiment, found, rng)
    causes += [f for f in [*inside, *found.findings] if f.kind == "advice" and f not in causes]
    if not any(finding.mistake in UNSTEADY for finding in found.findings):
        causes = _joined(causes, run_probes(experiment, bool(calls), bool(found)))
    return causes


def _joined(known: list[Finding], more: list[Finding]) -> list[Finding]:
    """All findings, without those about a net that are known from one of its layers."""
    located = {finding.mistake for finding in known if finding.layer}
    new = [f for f in more if f not in known and (f.layer or f.mistake not in located)]
    return known + new


def _inner_layers(
    experiment: Experiment, calls: Sequence[RecordedCall], is_correct: bool
) -> Iterator[InnerLayer]:
    """The layers of a net from the output back, each with its inputs; not yet run, if wrong."""
    loss = experiment.loss and (experiment.loss, *experiment.targets)
    layer, loss = (experiment.layer, loss) if is_correct else experiment.unrun()
    if loss is not None:
        scores = experiment.outputs()
        yield InnerLayer(loss[0], (scores, *loss[1:]), "loss.", f"the loss ({label(loss[0])})")
        yield InnerLayer(layer, tuple(experiment.given()), "", "")
        return
    inside = layers_inside(layer)
    for call in reversed({call.name: call for call in calls}.values()):
        yield _inner(call, inside[call.name])


def _inner(call: RecordedCall, layer: Any) -> InnerLayer:
    return InnerLayer(layer, call.inputs, f"{call.name}.", f"layer {call.name} ({label(layer)})")


def _inside(
    inner: InnerLayer,
    net: Experiment,
    net_is_correct: bool,
    tolerance: float,
    rng: np.random.Generator,
) -> list[Finding]:
    """The findings of an inner layer when it is examined on its own.

    If the gradients of the whole net are correct, those of its layers are, and only the probes run.
    """
    try:
        experiment = Experiment(inner.layer, inner.inputs, None, rng, net.global_state is not None)
        found = Examination() if net_is_correct else examine(experiment, tolerance, rng)
        return [_located(f, inner) for f in diagnose(experiment, found, tolerance, rng)]
    except Exception:  # nothing is known of a layer that does not run by itself
        return []


def _located(finding: Finding, inner: InnerLayer) -> Finding:
    """A finding about a layer, as one about the net that holds it."""
    if not inner.label:
        return finding
    kind, tensor = "", finding.tensor
    for start in ("the parameter ", "the buffer "):
        if tensor.startswith(start):
            kind, tensor = start, tensor.removeprefix(start)
    name = f"{kind}{inner.prefix}{tensor}".removesuffix(".")
    if not finding.layer:
        evidence = f"{inner.label}: {finding.evidence}"
        return replace(finding, tensor=name, layer=inner.label, evidence=evidence)
    layer = f"layer {inner.prefix}{finding.layer.removeprefix('layer ')}"
    evidence = layer + finding.evidence.removeprefix(finding.layer)
    return replace(finding, tensor=name, layer=layer, evidence=evidence)


def _with_victims(causes: Sequence[Finding], found: Examination) -> list[Finding]:
    """The causes; the first names the tensors that are wrong only because of them."""
    own = {cause.tensor for cause in causes}
    victims = tuple(name for name in found.wrong if name not in own)
    return [replace(causes[0], victims=victims), *causes[1:]]


def _besides(found: Examination, causes: Sequence[Finding]) -> list[Finding]:
    """Findings about the whole net that the causes do not account for."""
    known = {cause.mistake for cause in causes}
    return [
        finding
        for finding in found.findings
        if finding.mistake not in known and finding.tensor not in found.wrong
    ]


def _by_itself(
    experiment: Experiment, found: Examination, rng: np.random.Generator
) -> list[Finding]:
    """The findings about a layer without inner layers, or with none that is wrong."""
    if any(finding.mistake in UNSTEADY for finding in found.findings):
        return found.findings
    shapes = [
        shape
        for finding in found.findings
        if finding.mistake == "wrong-shape" and (shape := misshapen(experiment, finding.tensor))
    ]
    explanations = list(explained(experiment, found.wrong, rng))
    constant = {f.tensor for f in found.findings if f.mistake == "ignores-dout"}
    named = [
        finding
        for finding in explanations
        if finding.confidence
        and not (finding.mistake == "common-factor" and finding.tensor in constant)
    ]
    # What has no name beside a mistake that has one is mostly wrong because of it.
    unexplained = [f for f in explanations if not (f.confidence or named or found.findings)]
    own = {(mistake, f.tensor) for f in named for mistake in ("ignores-dout", f.mistake)}
    bent = {"ignores-dout"} & {"ignores-dout" for f in named if f.mistake == "mask-from-dout"}
    laws = [f for f in found.findings if (f.mistake, f.tensor) not in own and f.mistake not in bent]
    return [*shapes, *named, *laws, *unexplained]
