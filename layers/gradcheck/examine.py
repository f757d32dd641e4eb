"""One layer examined by itself: the numbers, the form of what it returns, and the laws."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from layers.gradcheck.laws import broken_laws, unsteady
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.tensors import check_tensor
from layers.gradcheck.output import wrong_output
from layers.gradcheck.raised import raised
from layers.gradcheck.report.finding import Finding
from layers.gradcheck.report.report import TensorReport
from layers.gradcheck.returned import Tensor, read


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
    if wrong := wrong_output(experiment.y):
        return Examination(findings=[wrong])
    try:
        returned = experiment.gradients()
    except (Exception, SystemExit) as error:  # a student's layer may raise anything
        return Examination(findings=[raised("backward", error)])
    tensors, findings = read(experiment, returned)
    findings = [*unsteady(experiment), *findings] if findings else list(broken_laws(experiment))
    sides = [
        (side, found)
        for side in experiment.beside([tensor.array for tensor in tensors], rng)
        if (found := _gradients(side))
    ]
    reports = []
    for tensor in tensors:
        beside = [(side, found[tensor.name]) for side, found in sides if tensor.name in found]
        reports.append(check_tensor(experiment, tensor, beside, tolerance, rng))
    return Examination(reports, findings)


def _gradients(experiment: Experiment) -> dict[str, Tensor]:
    """What backward says, by name; nothing where it raises."""
    try:
        tensors, _ = read(experiment, experiment.gradients())
    except Exception:  # beside the point, a layer may raise anything
        return {}
    return {tensor.name: tensor for tensor in tensors}
