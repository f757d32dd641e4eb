"""A gradient computed from what an earlier call has left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.diagnosis.case import Candidate, Case, View


def earlier(case: Case) -> Iterator[Candidate]:
    """The gradient fits an input that the layer still holds from an earlier call."""
    if case.first.experiment.inputs:
        says = "fits the input of an earlier call, which the layer still holds,"
        yield Candidate("stale-cache", _with_held_inputs, says)


def _with_held_inputs(view: View) -> Array | None:
    x = view.experiment.inputs[0]
    present = [*view.experiment.inputs, view.y, view.dout]
    for held in _arrays(view.experiment.layer):
        if held.shape != x.shape or held.dtype != x.dtype:
            continue
        if any(np.array_equal(held.reshape(-1), array.reshape(-1)) for array in present):
            continue
        found = view.slopes_with({0: held})
        if found and np.allclose(found.numeric, view.analytic, rtol=1e-5, atol=1e-9):
            return found.numeric
    return None


def _arrays(layer: Any) -> list[Array]:
    """The arrays that a layer holds as attributes, directly or in a list, tuple or dict."""
    found: list[Array] = []
    for value in getattr(layer, "__dict__", {}).values():
        parts = value.values() if isinstance(value, dict) else value
        if not isinstance(value, (list, tuple, dict)):
            parts = [value]
        found += [part for part in parts if isinstance(part, np.ndarray)]
    return found
