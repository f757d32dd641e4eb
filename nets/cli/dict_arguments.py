"""Dicts of weights that functions take: their keys are read from the source."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Any


def function_tree(function: Any) -> ast.AST:
    """The syntax tree of a function, or an empty one where its source is not known."""
    try:
        return ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return ast.Module([], [])


def keys(function: Any, argument: str) -> list[str]:
    """The keys that a function reads from an argument, as in ``parameters["W1"]``."""
    found = [
        node.slice.value
        for node in ast.walk(function_tree(function))
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == argument
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    ]
    return list(dict.fromkeys(found))


def dicts(
    names: list[str], values: Callable[[str], tuple[Any, ...]], most: int
) -> Iterator[dict[str, Any]]:
    """Dicts with these keys, in the order in which they are tried."""
    for chosen in islice(product(*(values(name) for name in names)), most):
        yield dict(zip(names, chosen, strict=True))
