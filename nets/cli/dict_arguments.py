"""Dicts of weights that functions take: their keys are read from the source."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from itertools import islice, product
from typing import Any

import numpy as np

from layers.gradcheck.forms.argument_roles import names_of


def function_tree(function: Any) -> ast.AST:
    """The syntax tree of a function, or an empty one where its source is not known."""
    try:
        return ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return ast.Module([], [])


def keys(function: Any, argument: str, depth: int = 3) -> list[str]:
    """The keys that a function reads from an argument, as in ``parameters["W1"]``.

    Functions of the same file that get this argument are read, too.
    """
    found: list[str] = []
    for node in ast.walk(function_tree(function)):
        if isinstance(node, ast.Subscript) and _is_name(node.value, argument):
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            found += [key] if isinstance(key, str) else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and depth:
            called = function.__globals__.get(node.func.id)
            names = names_of(called) if inspect.isfunction(called) else []
            for name, given in zip(names, node.args, strict=False):
                found += keys(called, name, depth - 1) if _is_name(given, argument) else []
    return list(dict.fromkeys(found))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def dicts(
    names: list[str], values: Callable[[str], tuple[Any, ...]], most: int
) -> Iterator[dict[str, Any]]:
    """Dicts with these keys, in the order in which they are tried.

    Arrays with the same shapes to try change together: the weights of all gates have one shape.
    """
    choices = {name: values(name) for name in names}
    groups: dict[Any, list[str]] = {}
    for name, found in choices.items():
        are_arrays = any(isinstance(value, np.ndarray) for value in found)
        groups.setdefault(tuple(map(np.shape, found)) if are_arrays else name, []).append(name)
    places = [range(len(choices[group[0]])) for group in groups.values()]
    for chosen in islice(product(*places), most):
        place = {
            name: i for i, group in zip(chosen, groups.values(), strict=True) for name in group
        }
        yield {name: choices[name][place[name]] for name in names}
