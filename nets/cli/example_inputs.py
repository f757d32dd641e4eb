"""Sizes and inputs for an unknown layer, guessed from the names of its arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

LABELS = ("labels", "label", "y", "t", "target", "targets")
SIZE_IN = ("in_features", "in_dim", "input_size", "input_dim", "n_in", "fan_in", "D")
SIZE_OUT = ("out_features", "out_dim", "output_size", "output_dim", "n_out", "fan_out", "M")
OUT = 3  # how many units a layer that asks for a number gets

Make = Callable[[np.random.Generator, int], Any]
# What functions in the style f_forward(x, w, b) take after x, whose last axis has length d.
AFTER_X: dict[str, Make] = {
    **dict.fromkeys(("w", "W", "weight", "weights"), lambda rng, d: rng.normal(size=(d, OUT))),
    **dict.fromkeys(("b", "bias"), lambda rng, d: rng.normal(size=OUT)),
    **dict.fromkeys(("gamma", "beta"), lambda rng, d: rng.uniform(0.5, 2, d)),
    **dict.fromkeys(("bn_param", "ln_param"), lambda rng, d: {"mode": "train"}),
    "dropout_param": lambda rng, d: {"mode": "train", "p": 0.5, "seed": 0},
}


class UncheckedError(ValueError):
    """A layer that cannot be checked, and why."""


def sizes(kind: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Arguments for a constructor that takes sizes under known names."""
    known = dict.fromkeys(SIZE_IN, shape[-1]) | dict.fromkeys(SIZE_OUT, OUT)
    _, *names = required(kind.__init__)
    if unknown := [name for name in names if name not in known]:
        raise UncheckedError(
            f"its constructor takes {', '.join(names)}, and handgrad does not know {unknown[0]}; "
            f"give them all: --arguments {','.join(f'<{name}>' for name in names)}"
        )
    return tuple(known[name] for name in names)


def inputs(forward: Any, shape: tuple[int, ...]) -> Iterator[list[Any]]:
    """Inputs to try: an array for each argument, or integer labels for one of that name."""
    rng = np.random.default_rng(0)
    names = required(forward)
    if len(names) == 2 and names[1] in LABELS:
        yield [rng.normal(size=shape), rng.integers(0, shape[-1], shape[:-1])]
    yield [rng.normal(size=shape) for _ in names or ("x",)]


def arguments_after_x(forward: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    """The arguments that a function ``f_forward(x, w, b)`` takes after x."""
    rng = np.random.default_rng(1)
    _, *names = required(forward)
    if unknown := [name for name in names if name not in AFTER_X]:
        raise UncheckedError(
            f"it takes {', '.join(names)} after x, and handgrad does not know {unknown[0]}; "
            "check it in Python: gradcheck(FunctionPair(f_forward, f_backward, {...}), x)"
        )
    return {name: AFTER_X[name](rng, shape[-1]) for name in names}


def required(function: Any) -> list[str]:
    """The names of the required positional arguments of a function."""
    return [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
