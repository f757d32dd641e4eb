"""A check from the first pass to the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from layers.core.checks import label
from layers.core.random_state import global_state, put_back_global
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
    before = global_state()
    try:
        experiment = Experiment(layer, inputs, loss, rng)
    except ForwardError as error:
        return GradientReport(label(layer), tolerance, findings=[raised("forward", error)])
    if not wrong_output(experiment.y) and not np.isfinite(flat(experiment.y)).all():
        raise ValueError(
            f"gradcheck: the output of {experiment.name} holds nan or infinity for these inputs, "
            "so that nothing can be compared"
        )
    try:
        return _report(experiment, tolerance, explain, rng)
    finally:
        put_back_global(before)


def _report(
    experiment: Experiment, tolerance: float, explain: bool, rng: np.random.Generator
) -> GradientReport:
    found = examine(experiment, tolerance, rng)
    if not (found.tensors or found.findings):
        raise ValueError(
            "gradcheck: expected a floating input or parameter to compare; integers are passed "
            "through: give x.astype(float) to check the gradient of x"
        )
    all_found = found.findings
    if explain or found:
        all_found = diagnose(experiment, found, tolerance, rng)
    victims = {name for finding in all_found for name in finding.victims}
    tensors = [replace(tensor, victim=tensor.name in victims) for tensor in found.tensors]
    findings, notes = (
        [finding for finding in all_found if (finding.kind == "advice") == is_advice]
        for is_advice in (False, True)
    )
    form = getattr(experiment.layer, "form", "")  # a user's class may keep something else there
    form = form if isinstance(form, str) else ""
    return GradientReport(experiment.name, tolerance, tensors, findings, notes, form)
