"""The steps of a trace: what a layer or a loss took and gave in one pass."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from layers.core.checks import label
from layers.core.local_derivative import local_derivatives
from nets.errors import pair
from nets.trace.traced_layer import Step


def loss_step(loss: Any, scores: Any, labels: Any) -> Step:
    """Run a loss forward and backward."""
    value = loss.forward(scores, labels)
    if np.ndim(value) or isinstance(value, (tuple, list)):
        raise TypeError(
            f"trace: expected a loss, with a forward that gives a number, got {label(loss)}, which "
            f"gave an output of shape {np.shape(value)}; pass a loss such as SoftmaxCE()"
        )
    dscores, _ = pair(loss, loss.backward())
    return Step("loss", loss, (kept(scores),), value, 1.0, (kept(dscores),), (None,), {})


def layer_step(
    name: str, layer: Any, xs: tuple[Any, ...], y: Any, dout: Any, dxs: Any, grads: Any
) -> Step:
    """The step of a layer, with its local derivatives where they are known."""
    found: tuple[Any, ...] = (None,) * len(xs)
    # A user-defined layer may fail when it runs again; its local derivative is not known then.
    with suppress(Exception), np.errstate(all="ignore"):
        found = found if dout is None else local_derivatives(layer, xs, y)
    return Step(name, layer, xs, y, dout, dxs, found, grads)


def kept(value: Any) -> Any:
    """A copy of an array as it is now."""
    return np.array(value) if isinstance(value, np.ndarray) else value
