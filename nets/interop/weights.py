"""Saving a net and loading it again: parameters as tensors, the layers as JSON beside them.

Nothing that is loaded is ever executed: the description names layers of this library and their
arguments, and everything else is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import layers
from layers.base import Layer
from layers.describe import arguments
from layers.params import Array, Params, buffers
from nets.graph import Graph
from nets.interop.safetensors import read_tensors, write_tensors
from nets.sequential import Sequential

Path = str | os.PathLike[str]
Tensors = Mapping[str, Array]
FORMAT = "handgrad 1"
SIZES = (("in_features", "out_features"), ("vocabulary_size", "dim"))  # of W, wherever there is one


def save(net: Any, path: Path) -> None:
    """Write a net's parameters and the description of its layers to a safetensors file."""
    described = _describe(net)
    kind = "graph" if "graph" in described else "layers"
    found = described.get("graph") or described.get("net", [described])
    write_tensors(path, _arrays(net), {"format": FORMAT, kind: json.dumps(found)})


def load(path: Path, net_class: type) -> Any:
    """Build the net that a file describes, with the parameters that it holds."""
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        raise ValueError(
            f"{os.fspath(path)}: expected a net that handgrad saved, got a safetensors file "
            "without its description; build the net and call net.load_params(path)"
        )
    try:
        net: Graph | Sequential
        if "graph" in metadata:
            net = _build_graph(json.loads(metadata["graph"]), tensors, "")
        else:
            net = _build_net(json.loads(metadata["layers"]), tensors, "")
        _arrays(net).replace(tensors)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        message = error.args[0] if error.args else error
        raise ValueError(f"{os.fspath(path)}: the net cannot be rebuilt: {message}") from error
    if not isinstance(net, net_class):
        kind = type(net).__name__
        raise ValueError(
            f"{os.fspath(path)}: expected a {net_class.__name__}, got a file with a {kind}; "
            f"call {kind}.load(path)"
        )
    return net


def load_params(net: Any, path: Path) -> None:
    """Copy the tensors of a file into the parameters of the same names."""
    tensors, _ = read_tensors(path)
    try:
        _arrays(net).replace(tensors)
    except (KeyError, ValueError, TypeError) as error:
        message = error.args[0]
        raise ValueError(f"{os.fspath(path)}: does not fit this net: {message}") from error


def _arrays(net: Any) -> Params:
    """Everything that is saved of a net, live."""
    return Params({**net.params, **buffers(net)})


def _describe(layer: Any) -> dict[str, Any]:
    kind = type(layer)
    if kind is Sequential:
        return {"net": [_describe(inner) for inner in layer]}
    if kind is Graph:
        first = {id(inner): name for name, inner in layer.named_layers()}
        nodes = {
            name: [_describe(inner) if first[id(inner)] == name else first[id(inner)], *sources]
            for name, (inner, *sources) in layer.nodes.items()
        }
        return {"graph": {"inputs": layer.inputs, "output": layer.output, "nodes": nodes}}
    ours = getattr(layers, kind.__name__, None) is kind
    given = {key: value for key, value, _ in arguments(layer) if _is_plain(value)} if ours else {}
    name = kind.__name__ if ours else f"{kind.__module__}.{kind.__qualname__}"
    return {"layer": name, "arguments": given}


def _is_plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str))


def _build_net(described: Any, tensors: Tensors, above: str) -> Sequential:
    if not isinstance(described, list):
        raise ValueError(
            f"the description is not a list of layers, but a {type(described).__name__}"
        )
    return Sequential(
        *(_build(layer, tensors, f"{above}{index}.") for index, layer in enumerate(described))
    )


def _build_graph(described: dict[str, Any], tensors: Tensors, above: str) -> Graph:
    nodes: dict[str, Any] = {}
    for name, (inner, *sources) in described["nodes"].items():
        is_shared = isinstance(inner, str)  # the name of the first node with this layer
        layer = nodes[inner][0] if is_shared else _build(inner, tensors, f"{above}{name}.")
        nodes[name] = (layer, *sources)
    return Graph(described["inputs"], described["output"], nodes)


def _build(described: dict[str, Any], tensors: Tensors, above: str) -> Any:
    if "net" in described:
        return _build_net(described["net"], tensors, above)
    if "graph" in described:
        return _build_graph(described["graph"], tensors, above)
    if not {"layer", "arguments"} <= described.keys():
        raise ValueError(f"layer {above[:-1]}: the description lacks its class or its arguments")
    name, given = described["layer"], described["arguments"]
    kind = getattr(layers, name, None) if name in layers.__all__ else None
    if not (isinstance(kind, type) and issubclass(kind, Layer) and kind is not Layer):
        raise ValueError(
            f"layer {above[:-1]} is a {name}, which is not part of handgrad; "
            "build the net yourself and call net.load_params(path)"
        )
    _check_size(given, tensors.get(f"{above}W"), f"layer {above[:-1]}")
    return kind(**given)


def _check_size(given: Mapping[str, Any], W: Array | None, where: str) -> None:
    """Compare sizes before a layer is built: a damaged number must not allocate gigabytes."""
    if sizes := next((pair for pair in SIZES if pair[0] in given), None):
        shape = tuple(given.get(size) for size in sizes)
        if W is None or W.shape != shape:
            found = "none" if W is None else f"one of shape {W.shape}"
            raise ValueError(f"{where}: expected a tensor W of shape {shape}, the file has {found}")
