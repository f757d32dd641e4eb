"""A reader of formulas: it computes what a line of LaTeX says, to compare it with the code.

It knows the LaTeX of `docs/building/formulas.py`: sums over an index, brackets that are 1 where
what they say is true, cases, names with indices. Indices count from 0.
"""

from __future__ import annotations

import itertools
import math
import operator
import re

import numpy as np

TOKEN = re.compile(r"\\[A-Za-z]+|\\\\|\d+|[^\s\\]")
SPACE = re.compile(r"\\[,;]|\\quad|\\left|\\right")
FUNCTIONS = {
    r"\log": np.log,
    r"\sin": np.sin,
    r"\cos": np.cos,
    r"\tanh": np.tanh,
    r"\Phi": np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2),
    r"\max": lambda *xs: np.maximum(*xs) if len(xs) > 1 else xs[0].max(),
    r"\min": np.minimum,
    "sign": np.sign,
    "rms": lambda x: np.sqrt(np.mean(np.square(x))),
}
RELATIONS = {
    "=": operator.eq,
    r"\ne": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    r"\le": operator.le,
    r"\ge": operator.ge,
}
ENDS = {")", "]", "}", "+", "-", "&", r"\\", ",", "|", r"\rfloor", r"\end", *RELATIONS}


def run(lines, values, sizes=None):
    """Carry lines out one after the other; what they give a name to is put into `values`.

    `values` holds what names stand for, and `sizes` how many values each index has.
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
    """Recursive descent: each method reads one kind of thing, and returns a function of values."""

    def __init__(self, text, sizes):
        self.tokens, self.at, self.sizes = TOKEN.findall(SPACE.sub(" ", text)), 0, sizes

    @property
    def next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted=None):
        token = self.next
        assert token
        assert wanted in (None, token), f"{wanted} wanted at {self.tokens[self.at :]}"
        self.at += 1
        return token

    def whole(self):
        value = self.sum()
        assert not self.next, f"nothing wanted, but there is {self.tokens[self.at :]}"
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
        """What stands in braces, or one thing without."""
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
        if token in ("(", "|", r"\lfloor"):
            return self.fenced(token)
        if token == "[":
            value = self.relation()
            self.take("]")
            return _apply(float, value)
        readers = {r"\frac": self.fraction, r"\sqrt": self.root, r"\sum": self.over}
        readers |= {r"\begin": self.cases, r"\operatorname": self.named}
        if token in readers:
            return readers[token]()
        if token in FUNCTIONS:
            return _apply(FUNCTIONS[token], *self.arguments())
        return self.name(token)

    def fenced(self, opening):
        closing, function = {
            "(": (")", lambda x: x),
            "|": ("|", np.abs),
            r"\lfloor": (r"\rfloor", np.floor),
        }[opening]
        value = self.sum()
        self.take(closing)
        return _apply(function, value)

    def fraction(self):
        return _apply(operator.truediv, self.group(), self.group())

    def root(self):
        return _apply(np.sqrt, self.group())

    def named(self):
        """``operatorname{...}``."""
        self.take("{")
        name = "".join(iter(self.take, "}"))
        return _apply(FUNCTIONS[name], *self.arguments())

    def arguments(self):
        self.take("(")
        found = [self.sum()]
        while self.next == ",":
            self.take()
            found.append(self.sum())
        self.take(")")
        return found

    def over(self):
        """A sum over an index, from 1 to a name or, without bounds, over all its values."""
        self.take("_")
        self.take("{")
        index, start = self.take(), "".join(iter(self.take, "}"))
        if start:
            assert start == "=1"
            self.take("^")
        bound = self.group() if start else lambda values: self.sizes[index]
        body = self.product()
        return lambda v: sum(body({**v, index: k}) for k in range(int(bound(v))))

    def cases(self):
        self.environment()
        rows = []
        while self.next != r"\end":
            value = self.sum()
            self.take("&")
            rows.append((value, self.condition()))
            if self.next == r"\\":
                self.take()
        self.take()
        self.environment()
        return lambda v: next(value(v) for value, true in rows if true(v))

    def environment(self):
        self.take("{")
        assert "".join(iter(self.take, "}")) == "cases"

    def condition(self):
        if self.next != r"\text":
            return self.relation()
        self.take()
        self.take("{")
        assert "".join(iter(self.take, "}")) == "else"
        return lambda values: True

    def relation(self):
        """``a < b``, or ``a < b < c``."""
        sides, signs = [self.sum()], []
        while self.next in RELATIONS:
            signs.append(RELATIONS[self.take()])
            sides.append(self.sum())
        assert signs
        return lambda v: all(
            s(a(v), b(v)) for s, a, b in zip(signs, sides, sides[1:], strict=False)
        )

    def name(self, token):
        """A name, of which ``dW`` is one."""
        if token == "d" and self.next.isalpha():
            token += self.take()
        return self.indexed(token)

    def indexed(self, token):
        """A name with its indices, if it has some; a function is called."""
        indices = []
        if self.next == "_":
            self.take()
            token, indices = self.subscript(token)
        called = self.fenced(self.take()) if self.next == "(" else None

        def value(values):
            found = values[token]
            if indices:
                found = found[tuple(int(index(values)) for index in indices)]
            if called is None:
                return found
            return found(called(values)) if callable(found) else found * called(values)

        return value

    def subscript(self, token):
        """What follows ``_``: a digit belongs to the name, letters are indices."""
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
