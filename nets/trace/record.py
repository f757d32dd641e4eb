"""The steps of a trace: what a layer or a loss took and gave in one pass."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import LossLike
from layers.core.checks import label
from layers.core.local_derivative import local_derivatives
from nets.errors import Place, one_output, pair
from nets.graph.branches import along_edges, total
from nets.graph.topology import Wiring
from nets.trace.traced_layer import Step


def steps(wiring: Wiring, x: ArrayLike, labels: ArrayLike, loss: LossLike) -> list[Step]:
    """Run the layers of a net with one input and a loss, forward and backward."""
    (start,), output, nodes = wiring
    values, passed = {start: x}, {}
    with Place() as place:
        for name, (layer, *sources) in nodes.items():
            place.name, place.layer = name, layer
            xs = [values[source] for source in sources]
            # Copied, as a user-defined layer may write into what it is given.
            took = tuple(map(kept, xs))
            values[name] = y = one_output(layer.forward(*xs))
            passed[name] = took, kept(y)
    found = [loss_step(loss, values[output], labels)]
    uses: dict[str, list[Any]] = {name: [] for name in values}
    uses[output] = [found[0].dx]
    with Place() as place:
        for name, (layer, *sources) in reversed(nodes.items()):
            place.name, place.layer = name, layer
            upstream = kept(dout := total(uses[name]))
            dx, grads = pair(layer, layer.backward(dout))
            dxs = along_edges(dx, passed[name][0])
            for source, share in zip(sources, dxs, strict=True):
                uses[source].append(share)
            kept_dxs = tuple(map(kept, dxs))
            found.append(layer_step(name, layer, *passed[name], upstream, kept_dxs, grads))
    return found[::-1]


def loss_step(loss: LossLike, scores: ArrayLike, labels: ArrayLike) -> Step:
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


def kept(value: object) -> Any:
    """A copy of an array as it is now."""
    return np.array(value) if isinstance(value, np.ndarray) else value
