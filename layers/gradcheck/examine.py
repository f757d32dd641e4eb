"""Examining a single layer: its gradients, their form, and the laws."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from layers.gradcheck.laws import broken_laws, differing_by_call, unsteady, written
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.forward_passes import ForwardPasses
from layers.gradcheck.numeric.raised_errors import raised
from layers.gradcheck.numeric.returned_gradients import (
    Tensor,
    gradients_by_name,
    read,
    wrong_output,
)
from layers.gradcheck.numeric.small_epsilons import without_epsilons
from layers.gradcheck.numeric.tensors import check_tensor
from layers.gradcheck.report.finding import Finding
from layers.gradcheck.report.report import TensorReport


@dataclass(frozen=True)
class Examination:
    """What an examination found.

    Attributes
    ----------
    tensors : list of TensorReport
        One for each tensor whose gradient has the right form.
    findings : list of Finding
        Gradients of the wrong form, and laws that are broken.
    """

    tensors: list[TensorReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __bool__(self) -> bool:
        return all(self.tensors) and all(f.kind == "advice" for f in self.findings)

    @property
    def wrong(self) -> list[str]:
        """The names of the tensors whose gradients are wrong."""
        return [tensor.name for tensor in self.tensors if not tensor]


def examine(experiment: Experiment, tolerance: float, rng: np.random.Generator) -> Examination:
    """Compare every gradient of an experiment, and check the laws.

    Gradients of log(p) pass, with advice, where forward has log(p + epsilon) and a tiny epsilon.
    """
    found = _examined(experiment, tolerance, rng)
    if not found.wrong:
        return found
    other, epsilon = without_epsilons(experiment)
    followed = _examined(other, tolerance, rng) if epsilon else found
    if followed.wrong or len(followed.tensors) < len(found.tensors):
        return found
    evidence = f"forward has log(p + {epsilon:.3g}), and the gradients are those with log(p)"
    advice = Finding("epsilon-in-forward", "", evidence)
    return Examination(followed.tensors, [*found.findings, advice])


def _examined(experiment: Experiment, tolerance: float, rng: np.random.Generator) -> Examination:
    if wrong := wrong_output(experiment.y):
        return Examination(findings=[wrong])
    try:
        returned = experiment.gradients()
    except (Exception, SystemExit) as error:  # a user's layer may raise anything
        return Examination(findings=[raised("backward", error)])
    if noise := unsteady(experiment):  # what is written to in forward is the reason, if anything
        return Examination(findings=written(experiment) or noise)
    tensors, findings = read(experiment, returned)
    changing = list(differing_by_call(experiment, tensors))
    if all(finding.kind == "advice" for finding in findings):
        findings += broken_laws(experiment, changing)
    passes, shift = ForwardPasses(experiment), np.random.default_rng(rng.integers(2**32))

    @cache
    def sides() -> list[tuple[ForwardPasses, dict[str, Tensor]]]:
        """What excuses a gradient at a kink is that it is correct beside it, in one function."""
        beside = [] if changing else experiment.beside([t.array for t in tensors], shift)
        return [(ForwardPasses(side), found) for side in beside if (found := _gradients(side))]

    def beside(name: str) -> list[tuple[ForwardPasses, Tensor]]:
        return [(side, found[name]) for side, found in sides() if name in found]

    reports = [check_tensor(passes, tensor, beside, tolerance, rng) for tensor in tensors]
    with suppress(Exception):  # a layer may run a number of times only
        experiment.run()  # so that the layer keeps what belongs to these inputs
    return Examination(reports, findings)


def _gradients(experiment: Experiment) -> dict[str, Tensor]:
    """The gradients by name; none if backward raises."""
    try:
        return gradients_by_name(experiment)
    except Exception:  # at another point, a layer may raise anything
        return {}
