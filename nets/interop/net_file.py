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
from nets.interop.atomic import Path
from nets.interop.plain import from_json, to_json
from nets.interop.safetensors import read_tensors, write_tensors
from nets.known import NETS, is_known

Tensors = Mapping[str, Array]
FORMAT = "handgrad 1"
# Of the metadata, by the kind of net.
TITLES = {"net": "layers", "graph": "graph", "residual": "residual"}
LONGEST = 600  # letters of a message, which may quote what the file says
# What a wrong description may lead to; nothing of it runs, so no other error is hidden.
BROKEN = (LookupError, ValueError, TypeError, AttributeError, RecursionError, ArithmeticError)


def save(net: object, path: Path) -> None:
    """Write a net's parameters and the description of its layers to a safetensors file."""
    described = _describe(net, "")
    kind = next((kind for kind in NETS if kind in described), "net")
    found = described.get(kind, [described])
    write_tensors(path, _arrays(net), {"format": FORMAT, TITLES[kind]: json.dumps(found)})


def load(path: Path, net_class: type) -> Any:
    """Build the net that a file describes, with the parameters that it holds."""
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        raise ValueError(
            f"{os.fspath(path)}: expected a net that handgrad saved, got a safetensors file "
            "without its description; build the net and call net.load_params(path)"
        )
    try:
        kind = next((kind for kind, title in TITLES.items() if title in metadata), "net")
        found = json.loads(metadata[TITLES[kind]])
        net = _build({kind: found}, tensors, "")
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


def load_params(net: object, path: Path) -> None:
    """Copy the tensors of a file into the parameters of the same names."""
    tensors, _ = read_tensors(path)
    try:
        _arrays(net).replace(tensors)
    except (KeyError, ValueError, TypeError) as error:
        message = error.args[0]
        raise ValueError(f"{os.fspath(path)}: does not fit this net: {message}") from error


def _arrays(net: Any) -> Params:
    """Everything that is saved of a net, live."""
    if both := net.params.keys() & buffers(net).keys():
        raise ValueError(
            f"expected buffers to have other names than the parameters, got {min(both)!r} in both; "
            "rename one, so that a file can hold them"
        )
    return Params({**net.params, **buffers(net)})


def _describe(layer: Any, above: str) -> dict[str, Any]:
    kind = type(layer)
    for name, net_class in NETS.items():
        if kind is net_class:
            return {name: layer.description(lambda part, key: _describe(part, f"{above}{key}."))}
    if not is_known(layer):
        return {"layer": f"{kind.__module__}.{kind.__qualname__}", "arguments": {}}
    found = {name: _argument(layer, name, value, above) for name, value, _ in arguments(layer)}
    kept = {name: value for name, value in found.items() if value is not UNKNOWN}
    return {"layer": kind.__name__, "arguments": kept}


def _argument(layer: object, name: str, value: object, above: str) -> Any:
    """An argument of the constructor, as JSON has it.

    UNKNOWN for a user-defined initializer, because the weights that it drew are saved.
    """
    if hasattr(value, "forward") and not isinstance(value, type):
        return {"inner": _describe(value, above)}
    try:
        return to_json(value)
    except (TypeError, RecursionError):
        if name in DRAWING:
            return UNKNOWN
    start = f"layer {above[:-1]} ({label(layer)}): cannot save the argument {name}"
    if value is UNKNOWN:
        raise TypeError(f"{start}, because the layer does not keep it; keep it as self.{name}")
    raise TypeError(
        f"{start}: expected numbers, strings, None, or lists and tuples of these, got "
        f"{short(value)} of type {type(value).__name__}; keep arrays in params or buffers"
    )


def expect(found: Any, kind: type, where: str, keys: tuple[str, ...] = ()) -> Any:
    """What the description holds, of the kind and with the keys that are needed."""
    is_kind = isinstance(found, kind)
    if not is_kind:
        raise ValueError(f"{where}: expected a {kind.__name__}, got {type(found).__name__}")
    if missing := [key for key in keys if key not in found]:
        raise ValueError(f"{where} lacks {', '.join(missing)}")
    return found


def _build(described: Any, tensors: Tensors, above: str) -> Any:
    name = f"layer {above[:-1]}" if above else "the net"
    where = f"the description of {name}"
    expect(described, dict, where)
    for net_kind, net_class in NETS.items():
        if net_kind in described:
            return net_class.described(
                described[net_kind],
                lambda part, key: _build(part, tensors, f"{above}{key}."),
                name,
            )
    found = expect(described, dict, where, ("layer", "arguments"))["layer"]
    kind = getattr(layers, found, None) if found in layers.__all__ else None
    if not (isinstance(kind, type) and issubclass(kind, Layer) and kind is not Layer):
        raise ValueError(
            f"layer {above[:-1]} is a {found}, which is not part of handgrad; "
            "build the net yourself and call net.load_params(path)"
        )
    given = expect(described["arguments"], dict, f"the arguments of layer {above[:-1]} ({found})")
    values = {
        key: _build(value["inner"], tensors, above)
        if isinstance(value, dict) and value.keys() == {"inner"}
        else from_json(value)
        for key, value in given.items()
    }
    _check_shapes(kind, values, tensors, above)
    return kind(**values)


def _check_shapes(kind: type[Layer], given: dict[str, Any], tensors: Tensors, above: str) -> None:
    """Compare sizes before a layer is built: a damaged number must not allocate gigabytes."""
    try:
        bound = inspect.signature(kind.__init__).bind(None, **given)
    except TypeError as error:
        raise TypeError(f"layer {above[:-1]} ({kind.__name__}): {error}") from None
    bound.apply_defaults()
    bound.arguments.pop("self")
    for name, shape in kind.param_shapes(**bound.arguments).items():
        tensor = tensors.get(f"{above}{name}")
        if tensor is None or tensor.shape != shape:
            found = "none" if tensor is None else f"one of shape {tensor.shape}"
            raise ValueError(
                f"layer {above[:-1]}: expected a tensor {name} of shape {shape}, "
                f"the file has {found}"
            )
