"""Running a copy of a net once forward and backward, with everything kept."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from layers.core.checks import label
from layers.core.local_derivative import local_derivatives
from nets.errors import pair, raise_located
from nets.graph.graph import Graph
from nets.net import Net, check_layer, one_output
from nets.sequential import Sequential
from nets.trace.traced_layer import Step


def run(net: Net, x: Any, labels: Any, loss: Any) -> list[Step]:
    """The steps of a pass in the order of the forward pass; that of the loss is the last."""
    net, loss = copy.deepcopy((net, loss))  # a net in training goes on as if nothing had been
    return _graph(net, x, labels, loss) if isinstance(net, Graph) else _chain(net, x, labels, loss)


def _chain(net: Net, x: Any, labels: Any, loss: Any) -> list[Step]:
    layers, values = list(_leaves(net, "")), [_kept(x)]
    try:
        for place in layers:
            # Kept as they are now: a layer of somebody's own may write into what it is given.
            values.append(_kept(x := one_output(place[1].forward(x))))
    except Exception as error:
        raise_located(error, *place)
    last = _loss(loss, x, labels)
    steps, dout = [last], last.dx
    try:
        for (name, layer), took, y in zip(layers[::-1], values[-2::-1], values[:0:-1], strict=True):
            upstream = _kept(dout)
            dout, grads = pair(layer, layer.backward(dout))
            steps.append(_step(name, layer, (took,), y, upstream, (_kept(dout),), grads))
    except Exception as error:
        raise_located(error, name, layer)
    return steps[::-1]


def _leaves(net: Any, before: str) -> Iterator[tuple[str, Any]]:
    """The layers of a chain, those of chains inside it among them."""
    for name, layer in net.named_layers():
        if isinstance(layer, Sequential):
            yield from _leaves(layer, f"{before}{name}.")
        else:
            yield f"{before}{name}", layer


def _graph(graph: Graph, x: Any, labels: Any, loss: Any) -> list[Step]:
    scores = graph.forward(*(x if isinstance(x, tuple) else (x,)))
    last = [] if loss is None else [_loss(loss, scores, labels)]
    if not last and np.size(scores) != 1:
        raise ValueError(
            f"{graph.label}.trace: expected labels and a loss, because the output is no number "
            f"but of shape {np.shape(scores)}"
        )
    _, grads = graph.backward(last[0].dx if last else np.ones_like(scores))
    return [_node(graph, name, grads) for name in graph.nodes] + last


def _node(graph: Graph, name: str, grads: dict[str, Any]) -> Step:
    layer, *sources = graph.nodes[name]
    xs, y = tuple(graph.values[source] for source in sources), graph.values[name]
    own = {key: grads[f"{name}.{key}"] for key in layer.params if f"{name}.{key}" in grads}
    ran = graph.ran(name)
    return _step(name, ran, xs, y, graph.gradients[name], graph.shares[name], own)


def _loss(loss: Any, scores: Any, labels: Any) -> Step:
    value = loss.forward(scores, labels)
    if np.ndim(value) or isinstance(value, (tuple, list)):
        raise TypeError(
            f"trace: expected a loss, whose forward gives a number, got {label(loss)}, which gave "
            f"an output of shape {np.shape(value)}; pass a loss such as SoftmaxCE()"
        )
    dscores, _ = pair(loss, loss.backward())
    return Step("loss", loss, (_kept(scores),), value, 1.0, (_kept(dscores),), (None,), {})


def _step(
    name: str, layer: Any, xs: tuple[Any, ...], y: Any, dout: Any, dxs: Any, grads: Any
) -> Step:
    found: tuple[Any, ...] = (None,) * len(xs)
    # A layer of somebody's own may not stand being asked again; its local derivative is not known.
    with suppress(Exception), np.errstate(all="ignore"):
        found = found if dout is None else local_derivatives(layer, xs, y)
    return Step(name, layer, xs, y, dout, dxs, found, grads)


def _kept(value: Any) -> Any:
    return np.array(value) if isinstance(value, np.ndarray) else value


def check(net: Net, x: Any, labels: Any, loss: Any) -> None:
    """Refuse a trace of a net that is not given what it is to run on."""
    inside = isinstance(net, Graph)  # a graph may hold its loss
    given = {"x": x, "labels": labels, "loss": loss}
    missing = [name for name, value in given.items() if value is None]
    if missing and not (inside and missing == ["labels", "loss"]):
        raise TypeError(
            f"{net.label}.trace: expected x, labels and loss, got no {' and no '.join(missing)}; "
            "a trace runs the net itself, forward and backward, as in "
            "net.trace(x, labels, SoftmaxCE())"
        )
    if loss is not None:
        check_layer(f"{net.label}.trace: loss", loss)
        _check_loss(net, loss)


def _check_loss(net: Net, loss: Any) -> None:
    try:
        inspect.signature(loss.forward).bind(None, None)
    except TypeError:
        raise TypeError(
            f"{net.label}.trace: expected a loss, whose forward takes the net's output and labels, "
            f"got {label(loss)}; pass one such as SoftmaxCE()"
        ) from None
    except ValueError:  # a forward that is not written in Python
        pass
