"""Layers of a user's own in the place of those of the library."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from layers import Dropout, FullyConnected
from nets.cli.load_file import load_module
from nets.sequential import Sequential


def with_own_layers(net: Sequential, path: Path, rng: Any = None) -> Sequential:
    """The same net, in which classes of a file stand for the layers of the same name.

    A class gets what the library's would: the two sizes for FullyConnected, p for Dropout, and
    ``rng`` where its constructor takes it.

    Raises
    ------
    ValueError
        If the file has no class of the name of a layer in the net.
    """
    module = load_module(path)
    names = list(dict.fromkeys(type(layer).__name__ for layer in net))
    found = [name for name in names if hasattr(module, name)]
    if not found:
        raise ValueError(f"{path}: expected a class with one of the names {', '.join(names)}")
    print(f"from {path}: {', '.join(found)}")
    return Sequential(*(_swapped(layer, module, rng) for layer in net))


def _swapped(layer: Any, module: Any, rng: Any) -> Any:
    kind = getattr(module, type(layer).__name__, None)
    if kind is None:
        return layer
    takes_rng = "rng" in inspect.signature(kind).parameters
    return kind(*_arguments(layer), **({"rng": rng} if takes_rng else {}))


def _arguments(layer: Any) -> tuple[Any, ...]:
    if isinstance(layer, FullyConnected):
        return layer.in_features, layer.out_features
    return (layer.p,) if isinstance(layer, Dropout) else ()
