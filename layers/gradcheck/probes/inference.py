"""predict gives the same output twice, and the same for a batch as for its rows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from layers.core.base import Layer
from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.held_arrays import differing, held_arrays
from layers.gradcheck.report.finding import Finding

STAND_IN = "forward, which stands in for predict,"
SAME = 1e-6  # of the largest output, or 1e-9 of the largest input


def defines_predict(layer: Any) -> bool:
    """Whether a layer has an inference pass of its own besides forward."""
    own = getattr(type(layer), "predict", None)
    return own is not None and own is not Layer.predict


def inference(experiment: Experiment) -> Iterator[Finding]:
    """Inference must not depend on random numbers or on the other examples of the batch."""
    layer = experiment.layer
    (x,) = experiment.given()
    if not np.shape(experiment.y):
        return
    own = defines_predict(layer)
    verb, run = ("predict", layer.predict) if own else (STAND_IN, layer.forward)
    with np.errstate(all="ignore"):
        if own and (moved := _moved_by_predict(experiment, x)):
            evidence = f"predict changes {', '.join(moved)}, which only forward may do"
            yield Finding("changes-in-predict", "", evidence)
            run = _on_copies(layer)
        first, second = (np.array(run(x.copy())) for _ in range(2))
        if not np.array_equal(first, second, equal_nan=True):
            evidence = f"{verb} returns two different outputs for the same input"
            yield Finding("random-inference", "", evidence)
        elif x.ndim > 1 and len(x) > 1 and first.shape[:1] == x.shape[:1]:
            rows = np.concatenate([run(x[i : i + 1].copy()) for i in range(len(x))])
            yield from _compared(verb, x, first, rows)


def _on_copies(layer: Any) -> Callable[[Array], Any]:
    """Inference that begins each time with the buffers as they are now."""
    return lambda x: copy.deepcopy(layer).predict(x)


def _moved_by_predict(experiment: Experiment, x: Array) -> list[str]:
    """The running averages and other buffers that predict changes."""
    running = {name: held_arrays(experiment.layer)[name] for name in experiment.moved_by_forward()}
    held = {**running, **experiment.buffers()}
    before = {name: array.copy() for name, array in held.items()}
    experiment.layer.predict(x.copy())
    now = {**held_arrays(experiment.layer), **experiment.buffers()}
    return differing(before, now)


def _compared(verb: str, x: Array, batch: Array, rows: Array) -> Iterator[Finding]:
    allowed = SAME * np.abs(batch).max(initial=0.0)
    if x.dtype.kind == "f":
        allowed += 1e-3 * SAME * np.abs(x).max(initial=0.0)
    if batch.shape == rows.shape and (np.abs(batch - rows) > allowed).any():
        worst = float(np.abs(batch - rows).max())
        evidence = f"{verb} of the batch differs from its rows one by one by up to {worst:.4g}"
        yield Finding("batch-dependent-inference", "", evidence)
