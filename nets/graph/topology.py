"""The connections of a graph: checked, and put in an order to run the nodes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from layers.core.checks import brief, label
from nets.arguments import names
from nets.known import check_layer

Names = tuple[str, ...]
Nodes = dict[str, tuple[Any, ...]]  # by name: a layer, and the names of what it takes


class Wiring(NamedTuple):
    """What a net is made of; the nodes are in the order in which they run."""

    inputs: Names
    output: str
    nodes: Nodes


def wired(inputs: object, output: object, nodes: object) -> Wiring:
    """Inputs, output and nodes, checked; the nodes are in topological order.

    Nodes that are declared in such an order keep it.

    Examples
    --------
    >>> from layers import Tanh
    >>> inputs, output, nodes = wired("x", "b", {"b": (Tanh(), "a"), "a": (Tanh(), "x")})
    >>> list(nodes)
    ['a', 'b']
    """
    inputs = (inputs,) if isinstance(inputs, str) else inputs
    if not isinstance(inputs, (tuple, list)):
        raise TypeError(f"Graph: expected inputs to be a tuple of names, got {brief(inputs)}")
    if not isinstance(nodes, Mapping) or not nodes:
        raise TypeError(
            "Graph: expected nodes to be a dict with at least one entry, such as "
            f'{{"a": (Add(), "x", "y")}}, got {brief(nodes)}'
        )
    _check_names([*inputs, *nodes])
    for name, node in nodes.items():
        _check_node(name, node, [*inputs, *nodes])
    if not isinstance(output, str) or output not in nodes:
        raise ValueError(
            f"Graph: expected output to be a node, got {brief(output)}{one_of(output, nodes)}"
        )
    ordered = _ordered({name: tuple(node) for name, node in nodes.items()})
    _check_used(inputs, output, ordered)
    return Wiring(tuple(inputs), output, ordered)


def _check_names(given: Iterable[Any]) -> None:
    seen = set()
    for name in given:
        if not isinstance(name, str) or not name or "." in name:
            raise TypeError(
                "Graph: expected names to be strings, not empty and without a dot, which separates "
                f"them in the keys of params, got {brief(name)}"
            )
        if name in seen:
            raise ValueError(f"Graph: the name {name} is given twice; rename one of the two")
        seen.add(name)


def _check_node(name: str, node: object, known: list[str]) -> None:
    if not isinstance(node, (tuple, list)) or not node:
        raise TypeError(
            f"node {name}: expected a layer and the names of what it takes, such as "
            f'(Add(), "x", "y"), got {brief(node)}'
        )
    layer, *sources = node
    check_layer(f"node {name}", layer)
    for source in sources:
        if not isinstance(source, str) or source not in known:
            raise ValueError(
                f"node {name} ({label(layer)}): {brief(source)} is neither an input nor a node"
                f"{one_of(source, known)}"
            )


def _ordered(nodes: Nodes) -> Nodes:
    ordered: Nodes = {}
    waiting = dict(nodes)
    while waiting:
        before = len(waiting)
        for name, (_, *sources) in nodes.items():
            if name in waiting and not any(source in waiting for source in sources):
                ordered[name] = waiting.pop(name)
        if len(waiting) == before:
            raise ValueError(
                f"Graph: {' -> '.join(_cycle(waiting))} is a cycle, and none of these nodes can "
                "run first"
            )
    return ordered


def _cycle(waiting: Nodes) -> list[str]:
    """Nodes, each of which needs the one before it; the last is the first again."""
    way = [next(iter(waiting))]
    while way.count(way[-1]) == 1:
        _, *sources = waiting[way[-1]]
        way.append(next(source for source in sources if source in waiting))
    return way[way.index(way[-1]) :][::-1]


def _check_used(inputs: Iterable[str], output: str, ordered: Nodes) -> None:
    used = {output}
    for name in reversed(ordered):
        if name in used:
            used.update(ordered[name][1:])
    for kind, declared in (("node", ordered), ("input", inputs)):
        if unused := [name for name in declared if name not in used]:
            raise ValueError(
                f"Graph: the {kind} {unused[0]} is not used, because nothing leads from it to the "
                f"output {output}; connect it or leave it out"
            )


def one_of(name: object, known: Iterable[str]) -> str:
    """The names that are known, and the one that was perhaps meant.

    Examples
    --------
    >>> one_of("loos", ["scores", "loss"])
    '; there are scores, loss; did you mean loss?'
    """
    known = list(known)
    near = get_close_matches(name, known, 1) if isinstance(name, str) else []
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"; there are {names(known)}{meant}"
