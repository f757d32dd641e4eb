"""Saving a net and loading it again: parameters as tensors, the layers as JSON beside them.

Nothing that is loaded is ever executed: the description names layers of this library and their
arguments, and everything else is refused.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Mapping
from typing import Any

import layers
from layers.core.base import Layer
from layers.core.checks import label
from layers.core.describe import DRAWING, UNKNOWN, arguments, short
from layers.core.notebook import cut
from layers.core.params import Array, Params, buffers
from nets.graph.graph import Graph
from nets.interop.file_paths import Path
from nets.interop.plain import from_json, to_json
from nets.interop.safetensors import read_tensors, write_tensors
from nets.own_layers import is_known
from nets.sequential import Sequential

Tensors = Mapping[str, Array]
FORMAT = "handgrad 1"
LONGEST = 600  # letters of a message, which may quote what the file says
# What a description that lies may lead to; nothing of it runs, so no other error is hidden.
BROKEN = (LookupError, ValueError, TypeError, AttributeError, RecursionError, ArithmeticError)


def save(net: Any, path: Path) -> None:
    """Write a net's parameters and the description of its layers to a safetensors file."""
    described = _describe(net, "")
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
    except BROKEN as error:
        message = cut(str(error.args[0] if error.args else error), LONGEST)
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


def _describe(layer: Any, above: str) -> dict[str, Any]:
    kind = type(layer)
    if kind is Sequential:
        return {"net": [_describe(inner, f"{above}{n}.") for n, inner in enumerate(layer)]}
    if kind is Graph:
        first = {id(inner): name for name, inner in layer.named_layers()}
        nodes = {
            name: [
                _describe(inner, f"{above}{name}.")
                if first[id(inner)] == name
                else first[id(inner)],
                *sources,
            ]
            for name, (inner, *sources) in layer.nodes.items()
        }
        return {"graph": {"inputs": layer.inputs, "output": layer.output, "nodes": nodes}}
    if not is_known(layer):
        return {"layer": f"{kind.__module__}.{kind.__qualname__}", "arguments": {}}
    return {"layer": kind.__name__, "arguments": _arguments(layer, above)}


def _arguments(layer: Any, above: str) -> dict[str, Any]:
    """What the constructor needs to make such a layer, as JSON has it.

    An initializer of somebody's own is left out: the weights that it drew are saved.
    """
    found = ((name, _argument(layer, name, value, above)) for name, value, _ in arguments(layer))
    return {name: value for name, value in found if value is not UNKNOWN}


def _argument(layer: Any, name: str, value: Any, above: str) -> Any:
    try:
        return to_json(value)
    except (TypeError, RecursionError):
        if name in DRAWING:
            return UNKNOWN
        raise TypeError(_refusal(layer, name, value, above)) from None


def _refusal(layer: Any, name: str, value: Any, above: str) -> str:
    start = f"layer {above[:-1]} ({label(layer)}): cannot save the argument {name}"
    if value is UNKNOWN:
        return f"{start}, because the layer does not keep it; keep it as self.{name}"
    return (
        f"{start}: expected numbers, strings, None, or lists and tuples of these, got "
        f"{short(value)} of type {type(value).__name__}; keep arrays in params or buffers"
    )


def _build_net(described: Any, tensors: Tensors, above: str) -> Sequential:
    layers = _expect(described, list, f"the layers of {_name(above)}")
    return Sequential(
        *(_build(layer, tensors, f"{above}{index}.") for index, layer in enumerate(layers))
    )


def _build_graph(described: Any, tensors: Tensors, above: str) -> Graph:
    where = f"the description of {_name(above)}"
    found = _expect(described, dict, where, ("inputs", "output", "nodes"))
    nodes: dict[str, Any] = {}
    for name, node in _expect(found["nodes"], dict, f"the nodes of {_name(above)}").items():
        inner, *sources = _expect(node, list, f"node {name}") or [None]
        is_shared = isinstance(inner, str)  # the name of the first node with this layer
        if is_shared and inner not in nodes:
            raise ValueError(
                f"node {name}: there is no node {inner} before it to take the layer of"
            )
        layer = nodes[inner][0] if is_shared else _build(inner, tensors, f"{above}{name}.")
        nodes[name] = (layer, *sources)
    return Graph(found["inputs"], found["output"], nodes)


def _expect(found: Any, kind: type, where: str, keys: tuple[str, ...] = ()) -> Any:
    """What the description holds, of the kind and with the keys that are needed."""
    if not isinstance(found, kind):
        raise ValueError(f"{where}: expected a {kind.__name__}, got {type(found).__name__}")
    there: Any = found
    if missing := [key for key in keys if key not in there]:
        raise ValueError(f"{where} lacks {', '.join(missing)}")
    return found


def _name(above: str) -> str:
    return f"layer {above[:-1]}" if above else "the net"


def _build(described: Any, tensors: Tensors, above: str) -> Any:
    where = f"the description of {_name(above)}"
    _expect(described, dict, where)
    if "net" in described:
        return _build_net(described["net"], tensors, above)
    if "graph" in described:
        return _build_graph(described["graph"], tensors, above)
    _expect(described, dict, where, ("layer", "arguments"))
    name, given = described["layer"], described["arguments"]
    kind = getattr(layers, name, None) if name in layers.__all__ else None
    if not (isinstance(kind, type) and issubclass(kind, Layer) and kind is not Layer):
        raise ValueError(
            f"layer {above[:-1]} is a {name}, which is not part of handgrad; "
            "build the net yourself and call net.load_params(path)"
        )
    given = _expect(given, dict, f"the arguments of layer {above[:-1]} ({name})")
    values = {key: from_json(value) for key, value in given.items()}
    _check_shapes(kind, values, tensors, above)
    return kind(**values)


def _check_shapes(kind: type[Layer], given: dict[str, Any], tensors: Tensors, above: str) -> None:
    """Compare sizes before a layer is built: a damaged number must not allocate gigabytes."""
    try:
        bound = inspect.signature(kind.__init__).bind(None, **given)
    except TypeError as error:
        raise TypeError(f"layer {above[:-1]} ({kind.__name__}): {error}") from None
    bound.apply_defaults()
    values = {name: value for name, value in bound.arguments.items() if name != "self"}
    for name, shape in kind.param_shapes(**values).items():
        tensor = tensors.get(f"{above}{name}")
        if tensor is None or tensor.shape != shape:
            found = "none" if tensor is None else f"one of shape {tensor.shape}"
            raise ValueError(
                f"layer {above[:-1]}: expected a tensor {name} of shape {shape}, "
                f"the file has {found}"
            )
