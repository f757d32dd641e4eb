"""A reader of formulas: it computes lines of LaTeX, to compare them with the code.

It knows the LaTeX of `docs/building/formulas.py`: sums over an index, brackets that are 1 if their
condition holds, and names with indices, which count from 0.
"""

from __future__ import annotations

import itertools
import math
import operator
import re

import numpy as np

TOKEN = re.compile(r"\\[A-Za-z]+|\d+|[^\s\\]")
FUNCTIONS = {r"\log": np.log, r"\cos": np.cos, r"\max": np.maximum}
RELATIONS = {"=": operator.eq, r"\ne": operator.ne, ">": operator.gt}
ENDS = {")", "]", "}", "+", "-", ",", *RELATIONS}


def run(lines, values, sizes=None):
    """Compute lines one after the other, and put their results into `values`.

    `values` maps names to values, and `sizes` an index to the number of its values.
    """
    for line in lines:
        left, right = re.split(r" = | \\leftarrow ", line, maxsplit=1)
        target, indices = _target(left)
        value = _Reader(right, sizes or {}).whole()
        if not indices:
            values[target] = value(values)
            continue
        ranges = [range(sizes[index]) for index in indices]
        result = np.empty([len(r) for r in ranges])
        for place in itertools.product(*ranges):
            result[place] = value({**values, **dict(zip(indices, place, strict=True))})
        values[target] = result
    return values


def _target(left):
    """The name to the left of an assignment, and its indices."""
    left = left.replace(" ", "")
    if left == r"\frac{dy}{dx}":
        return "dy/dx", ""
    name, _, indices = left.removesuffix("(t)").partition("_")
    return name, indices.strip("{}")


class _Reader:
    """Recursive descent: each method reads one construct, and returns a function of values."""

    def __init__(self, text, sizes):
        self.tokens, self.at, self.sizes = TOKEN.findall(text.replace(r"\,", " ")), 0, sizes

    @property
    def next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.next
        assert token
        assert expected in (None, token), f"expected {expected} at {self.tokens[self.at :]}"
        self.at += 1
        return token

    def whole(self):
        value = self.sum()
        assert not self.next, f"expected the end, got {self.tokens[self.at :]}"
        return value

    def sum(self):
        value = self.product()
        while self.next in ("+", "-"):
            sign = operator.add if self.take() == "+" else operator.sub
            value = _apply(sign, value, self.product())
        return value

    def product(self):
        if self.next == "-":
            self.take()
            return _apply(operator.neg, self.product())
        value = self.power()
        while self.next and self.next not in ENDS:
            divided = self.next == "/"
            if divided:
                self.take()
            value = _apply(operator.truediv if divided else operator.mul, value, self.power())
        return value

    def power(self):
        value = self.atom()
        if self.next == "^":
            self.take()
            value = _apply(operator.pow, value, self.group())
        return value

    def group(self):
        """An expression in braces, or one token without."""
        if self.next != "{":
            return self.atom()
        self.take()
        value = self.sum()
        self.take("}")
        return value

    def atom(self):
        token = self.take()
        if token.isdigit():
            return lambda values: float(token)
        if token == "e":
            return lambda values: math.e
        if token == "(":
            return self.closed(")")
        if token == "[":
            return _apply(float, self.condition())
        readers = {r"\frac": self.fraction, r"\sqrt": self.root, r"\sum": self.over}
        if token in readers:
            return readers[token]()
        if token in FUNCTIONS:
            return _apply(FUNCTIONS[token], *self.arguments())
        return self.name(token)

    def closed(self, closing):
        value = self.sum()
        self.take(closing)
        return value

    def condition(self):
        left = self.sum()
        return _apply(RELATIONS[self.take()], left, self.closed("]"))

    def fraction(self):
        return _apply(operator.truediv, self.group(), self.group())

    def root(self):
        return _apply(np.sqrt, self.group())

    def arguments(self):
        self.take("(")
        found = [self.sum()]
        while self.next == ",":
            self.take()
            found.append(self.sum())
        self.take(")")
        return found

    def over(self):
        """A sum over an index, from 1 to a name."""
        self.take("_")
        self.take("{")
        index = self.take()
        for token in ("=", "1", "}", "^"):
            self.take(token)
        bound, body = self.group(), self.product()
        return lambda v: sum(body({**v, index: k}) for k in range(int(bound(v))))

    def name(self, token):
        """A name, such as ``dW`` or ``d\\beta``, with its indices if it has some."""
        if token == "d" and self.next.lstrip("\\").isalpha():
            token += self.take()
        return self.indexed(token)

    def indexed(self, token):
        indices = []
        if self.next == "_":
            self.take()
            token, indices = self.subscript(token)
        return lambda values: (
            values[token][tuple(int(index(values)) for index in indices)]
            if indices
            else values[token]
        )

    def subscript(self, token):
        """The part after ``_``: a digit belongs to the name, letters are indices."""
        if self.next != "{":
            part = self.take()
            return (f"{token}_{part}", []) if part.isdigit() else (token, [self.indexed(part)])
        self.take()
        indices = []
        while self.next != "}":
            indices.append(self.indexed(self.take()))
        self.take()
        return token, indices


def _apply(function, *arguments):
    return lambda values: function(*(argument(values) for argument in arguments))
