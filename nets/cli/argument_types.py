"""Types of option values for argparse: each reads a string, or raises what was expected."""

from __future__ import annotations

import argparse
import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _reader(expected: str, read: Callable[[str], Any], fits: Callable[[Any], bool]) -> Any:
    def convert(text: str) -> Any:
        try:
            value = read(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            value = None
        if value is None or not fits(value):
            raise argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")
        return value

    return convert


def _integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _all_positive(numbers: tuple[int, ...]) -> bool:
    return all(n >= 1 for n in numbers)


def _values(text: str) -> tuple[Any, ...]:
    elements = ast.parse(f"({text},)", mode="eval").body
    if not isinstance(elements, ast.Tuple):
        raise ValueError(text)
    return tuple(map(_value, elements.elts))


def _value(node: ast.expr) -> Any:
    """A literal, or for array(4, 3) an array of this shape."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "array":
        shape = tuple(ast.literal_eval(size) for size in node.args)
        return np.random.default_rng(0).normal(size=shape)
    return ast.literal_eval(node)


positive_integer = _reader("a positive integer", int, lambda n: n >= 1)
seed = _reader("an integer of 0 or more", int, lambda n: n >= 0)
share = _reader("a number from 0 to below 1", float, lambda p: 0 <= p < 1)
positive_number = _reader("a positive number", float, lambda r: 0 < r < math.inf)
non_negative_number = _reader("a number of 0 or more", float, lambda r: 0 <= r < math.inf)
sizes = _reader(
    "positive integers, such as 128,64",
    lambda text: () if text == "0" else _integers(text),
    _all_positive,
)
shape = _reader("positive integers, such as 5,4", _integers, _all_positive)
literals = _reader("Python values, such as 4,3", _values, lambda _: True)
