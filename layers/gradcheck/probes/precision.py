"""float32 in, float32 out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.core.cast import cast
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.returned_gradients import arrays
from layers.gradcheck.report.finding import Finding


def precision(experiment: Experiment) -> Iterator[Finding]:
    """A layer whose parameters and inputs are float32 computes in float32."""
    layer = cast(experiment.layer, np.float32)
    inputs = [
        array.astype(np.float32) if array.dtype.kind == "f" else array
        for array in experiment.given()
    ]
    with np.errstate(all="ignore"):
        y = layer.forward(*inputs)
        if not isinstance(y, np.ndarray) or not y.ndim:
            return
        found = {"the output": y} | {
            f"the gradient of {name}": g
            for name, g in arrays(layer.backward(np.ones(y.shape, np.float32))).items()
        }
    for name, array in found.items():
        if array.dtype.kind == "f" and array.dtype != np.float32:
            evidence = f"from float32 parameters and inputs, {name} is {array.dtype}"
            yield Finding("float32-lost", "", evidence)
            return
