"""One layer examined by itself: the numbers, the form of what it returns, and the laws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from layers.gradcheck.experiment import Experiment
from layers.gradcheck.form import read
from layers.gradcheck.laws import broken_laws
from layers.gradcheck.report import Finding, TensorReport
from layers.gradcheck.tensors import check_tensor


@dataclass(frozen=True)
class Examination:
    """What an examination found.

    Attributes
    ----------
    tensors : list of TensorReport
        One for each tensor whose gradient has the right form.
    findings : list of Finding
        What has not the right form, and laws that are broken.
    """

    tensors: list[TensorReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __bool__(self) -> bool:
        return not self.findings and all(self.tensors)

    @property
    def wrong(self) -> list[str]:
        """The names of the tensors whose gradients are wrong."""
        return [tensor.name for tensor in self.tensors if not tensor]


def examine(experiment: Experiment, tolerance: float, rng: np.random.Generator) -> Examination:
    """Compare every gradient of an experiment, and try the laws."""
    tensors, findings = read(experiment, experiment.gradients())
    if not findings:
        findings += broken_laws(experiment)
    sides = [
        (side, {tensor.name: tensor for tensor in read(side, side.gradients())[0]})
        for side in experiment.beside([tensor.array for tensor in tensors], rng)
    ]
    reports = []
    for tensor in tensors:
        beside = [(side, found[tensor.name]) for side, found in sides if tensor.name in found]
        reports.append(check_tensor(experiment, tensor, beside, tolerance, rng))
    return Examination(reports, findings)
