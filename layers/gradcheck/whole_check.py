"""A check from the first pass to the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from layers.core.checks import label
from layers.gradcheck.diagnosis import diagnose
from layers.gradcheck.examine import examine
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.perturbation import flat
from layers.gradcheck.numeric.raised_errors import ForwardError, raised
from layers.gradcheck.numeric.returned_gradients import wrong_output
from layers.gradcheck.report.report import GradientReport


def whole_check(
    layer: Any,
    inputs: Sequence[Any],
    loss: Any,
    rng: np.random.Generator,
    tolerance: float,
    explain: bool,
) -> GradientReport:
    """The report on a layer; the arguments are those of `gradcheck`."""
    try:
        experiment = Experiment(layer, inputs, loss, rng)
    except ForwardError as error:
        return GradientReport(label(layer), tolerance, findings=[raised("forward", error)])
    if not wrong_output(experiment.y) and not np.isfinite(flat(experiment.y)).all():
        raise ValueError(
            f"gradcheck: the output of {experiment.name} holds nan or infinity for these inputs, "
            "so that nothing can be compared"
        )
    found = examine(experiment, tolerance, rng)
    if not (found.tensors or found.findings):
        raise ValueError(
            "gradcheck: expected a floating input or parameter to compare; integers are passed "
            "through: give x.astype(float) to check the gradient of x"
        )
    if not (explain or found):
        return GradientReport(experiment.name, tolerance, found.tensors, found.findings)
    findings, notes = diagnose(experiment, found, tolerance, rng)
    victims = {name for finding in findings for name in finding.victims}
    tensors = [replace(tensor, victim=tensor.name in victims) for tensor in found.tensors]
    return GradientReport(experiment.name, tolerance, tensors, findings, notes)
