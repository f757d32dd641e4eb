"""What forward and backward returned, as tensors with their gradients or as findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from layers.core.params import Array
from layers.gradcheck.numeric.experiment import Experiment
from layers.gradcheck.numeric.perturbation import flat
from layers.gradcheck.report.finding import Finding


@dataclass(frozen=True)
class Tensor:
    """A tensor of the experiment, live, and the gradient that backward returned for it."""

    name: str
    array: Array
    gradient: Array


def read(experiment: Experiment, returned: Any) -> tuple[list[Tensor], list[Finding]]:
    """Pair every tensor with its gradient; a gradient of the wrong form becomes a finding."""
    if not isinstance(returned, tuple) or len(returned) != 2 or not isinstance(returned[1], dict):
        kind = type(returned).__name__
        shown = f"a tuple of {len(returned)}" if isinstance(returned, tuple) else f"a {kind}"
        if isinstance(returned, tuple) and len(returned) == 2:
            shown = f"a pair whose second is a {type(returned[1]).__name__}"
        evidence = f"backward must return (dx, grads) with a dict of gradients, not {shown}"
        return [], [Finding("wrong-return", "", evidence)]
    dx, grads = returned
    tensors, findings = [], list(_wrong_keys(experiment.layer.params, grads))
    if isinstance(dx, tuple) and len(dx) > len(experiment.inputs):
        evidence = f"backward returned {len(dx)} gradients for {len(experiment.inputs)} inputs"
        findings.append(Finding("wrong-return", "", evidence))
    findings += _missing(experiment, dx)
    for name, array, g in [*_inputs(experiment, dx), *_parameters(experiment, grads)]:
        gradient = _as_array(g)
        if wrong := _wrong_form(name, array, gradient):
            findings.append(wrong)
        else:
            tensors.append(Tensor(name, array, gradient.astype(np.float64)))
    return tensors, findings


def gradients_by_name(experiment: Experiment, dout: Any = None) -> dict[str, Tensor]:
    """The tensors with a gradient of the right form, after one backward pass."""
    tensors, _ = read(experiment, experiment.gradients(dout))
    return {tensor.name: tensor for tensor in tensors}


def arrays(returned: Any) -> dict[str, Array]:
    """All gradients that backward returned, by name."""
    dx, grads = returned
    inputs = {f"x{i}": g for i, g in enumerate(dx)} if isinstance(dx, tuple) else {"x": dx}
    return {name: np.asarray(g) for name, g in {**inputs, **grads}.items() if g is not None}


def _inputs(experiment: Experiment, dx: Any) -> Iterator[tuple[str, Array, Any]]:
    """The floating inputs for which backward returns something."""
    several = isinstance(dx, tuple)
    for position, (array, g) in enumerate(zip(experiment.inputs, dx if several else (dx,))):  # noqa: B905, a loss has no gradient for its target
        if g is not None and array.dtype.kind == "f":
            yield (f"x{position}" if several else "x"), array, g


def _missing(experiment: Experiment, dx: Any) -> Iterator[Finding]:
    """Floating inputs without a gradient, which only the targets of a loss may lack."""
    if isinstance(dx, tuple) and len(dx) >= len(experiment.inputs):
        return  # each input has a gradient or an explicit None
    is_loss = experiment.loss is None and flat(experiment.y).size == 1
    if dx is None and len(experiment.inputs) == 1 and experiment.tensors():
        if experiment.inputs[0].dtype.kind == "f":
            evidence = (
                "backward returns None for dx, which is enough for the first layer of a net, but "
                "not for any other"
            )
            yield Finding("no-input-gradient", "", evidence)
        return
    given = 0 if dx is None else len(dx) if isinstance(dx, tuple) else 1
    for position, array in enumerate(experiment.inputs):
        if array.dtype.kind == "f" and position >= given and not (is_loss and position):
            evidence = f"backward returns no gradient for input {position}, which is floating"
            yield Finding("missing-gradient", "", evidence)


def _parameters(experiment: Experiment, grads: dict[str, Any]) -> Iterator[tuple[str, Array, Any]]:
    for key, array in experiment.tensors().items():
        if key in grads:
            yield key, array, grads[key]


def _wrong_keys(params: Any, grads: dict[str, Any]) -> Iterator[Finding]:
    if set(params) != set(grads):
        evidence = f"params has the keys {list(params)}, the gradients have {list(grads)}"
        yield Finding("wrong-keys", "", evidence)
    for key, array in params.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
            evidence = f"the parameter {key} is not a floating array, so no step can move it"
            yield Finding("not-floating", key, evidence)


def _as_array(g: Any) -> Array:
    try:
        return np.array(g)
    except ValueError:
        return np.array(None)


def _wrong_form(name: str, array: Array, gradient: Array) -> Finding | None:
    if gradient.dtype.kind not in "fiub":
        evidence = f"the gradient of {name} is not an array of real numbers"
        return Finding("wrong-return", name, evidence)
    if gradient.shape != array.shape:
        evidence = (
            f"the gradient of {name} has shape {gradient.shape}, {name} has shape {array.shape}"
        )
        return Finding("wrong-shape", name, evidence)
    if not np.isfinite(gradient).all():
        return Finding("not-finite", name, f"the gradient of {name} holds nan or infinity")
    return None


def wrong_output(y: Any) -> Finding | None:
    """A finding, unless y is an array or a number in float64, or a tuple of these."""
    for part in y if isinstance(y, tuple) else (y,):
        if what := _objection(part):
            return Finding("wrong-output", "", f"forward returns {what}")
    return None


def _objection(y: Any) -> str:
    is_number = isinstance(y, (int, float, np.number)) and not isinstance(y, bool)
    if not isinstance(y, np.ndarray) and not is_number:
        return f"a {type(y).__name__} instead of an array"
    dtype = np.asarray(y).dtype
    if dtype.kind != "f":
        return f"numbers of dtype {dtype}, which cannot change by a small amount"
    if dtype.itemsize < 8:
        return f"{dtype} for float64, so that small changes are lost in its rounding"
    return ""
