"""One layer, or one of its parameters, in several nodes of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layers.core.params import Array
from layers.core.random_state import generators
from layers.core.shared_copy import shared_copy
from nets.graph.topology import Nodes
from nets.known import parts


def repeats(nodes: Nodes) -> set[str]:
    """The nodes with a layer, or one inside it, that an earlier node has too."""
    first: dict[int, str] = {}
    return {
        name
        for name, (layer, *_) in nodes.items()
        for _, part in parts(layer, name)
        if first.setdefault(id(part), name) != name
    }


def twin(layer: object) -> Any:
    """Another object with the same parameters: a layer keeps only what its last forward took."""
    return shared_copy(layer, generators(layer))


def first_nodes(nodes: Nodes) -> dict[str, str]:
    """For each node the first node with the same layer."""
    first: dict[int, str] = {}
    return {name: first.setdefault(id(layer), name) for name, (layer, *_) in nodes.items()}


def first_names(arrays: Mapping[str, Array]) -> dict[str, str]:
    """For each name the first name of the same array, which represents all of them."""
    first: dict[int, str] = {}
    return {name: first.setdefault(id(array), name) for name, array in arrays.items()}


def summed(grads: Mapping[str, Any], first: Mapping[str, str]) -> dict[str, Any]:
    """The gradients of parameters, those of one array added up under its first name."""
    found: dict[str, Any] = {}
    for name, gradient in grads.items():
        key = first.get(name, name)
        found[key] = found[key] + gradient if key in found else gradient
    return found
