"""Wrong versions of a file, each with one other sign, factor, comparison, axis or function."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
FUNCTIONS = {
    "sum": "mean",
    "mean": "sum",
    "maximum": "minimum",
    "minimum": "maximum",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "exp": "expm1",
    "log": "log1p",
    "log1p": "log",
    "sin": "cos",
    "cos": "sin",
    "sqrt": "square",
    "over_rows": "over_columns",
    "over_columns": "over_rows",
    "logical_and": "logical_or",
}
SILENT = ("__repr__", "__init_subclass__", "rule", "label")  # words, not formulas


@dataclass(frozen=True)
class Mutant:
    """One wrong version: the line that changed, before and after, and the whole text."""

    line: int
    before: str
    after: str
    text: str


def mutants(source: str) -> Iterator[Mutant]:
    """All wrong versions of the formulas in a file.

    Examples
    --------
    >>> for mutant in mutants("def backward(x, dout):\\n    return 2 * x * dout"):
    ...     print(mutant.after)
    return 2 * x / dout
    return 2 / x * dout
    return 3 * x * dout
    """
    tree = ast.parse(source)
    for path in _formulas(tree):
        for change in _changes(_at(tree, path)):
            wrong = copy.deepcopy(tree)
            change(_at(wrong, path))
            before, after = _statements(tree, path), _statements(wrong, path)
            if before != after:
                yield Mutant(_at(tree, path).lineno, before, after, ast.unparse(wrong))


def _formulas(tree: ast.AST) -> Iterator[tuple[tuple[str, int | None], ...]]:
    """The way to every expression inside a function that computes something."""
    yield from _below(tree, (), False)


def _below(
    node: ast.AST, path: tuple[tuple[str, int | None], ...], inside: bool
) -> Iterator[tuple[tuple[str, int | None], ...]]:
    if isinstance(node, (ast.Raise, ast.JoinedStr, ast.Assert)):
        return
    if isinstance(node, ast.FunctionDef):
        if node.name in SILENT:
            return
        inside = True
    if inside and isinstance(node, ast.expr):
        yield path
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "args", "bases") and not isinstance(
            node, ast.Call
        ):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if isinstance(child, ast.AST):
                step = (field, index if isinstance(value, list) else None)
                yield from _below(child, (*path, step), inside)


def _at(tree: ast.AST, path: tuple[tuple[str, int | None], ...]) -> ast.AST:
    for field, index in path:
        value = getattr(tree, field)
        tree = value if index is None else value[index]
    return tree


def _statements(tree: ast.AST, path: tuple[tuple[str, int | None], ...]) -> str:
    """The innermost statement around an expression, or its first line."""
    found, node = tree, tree
    for step in path:
        node = _at(node, (step,))
        if isinstance(node, ast.stmt):
            found = node
    return ast.unparse(found).splitlines()[0]


def _changes(node: ast.AST) -> Iterator[Callable[[ast.AST], None]]:
    if isinstance(node, (ast.BinOp, ast.BoolOp)) and type(node.op) in OPERATORS:
        wrong = OPERATORS[type(node.op)]
        yield lambda n: setattr(n, "op", wrong())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        other = OPERATORS[type(node.ops[0])]
        yield lambda n: n.ops.__setitem__(0, other())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield lambda n: setattr(n, "value", n.value + 1)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield lambda n: setattr(n, "attr", "real")
    if isinstance(node, ast.Attribute) and node.attr in FUNCTIONS:
        yield lambda n: setattr(n, "attr", FUNCTIONS[n.attr])
