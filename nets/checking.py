"""What `handgrad check` does: find the layer classes of a file, and check their gradients."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from layers import gradcheck
from layers.gradcheck import GradientReport
from nets.homework.command import check_public
from nets.loading import load_module

LABELS = ("labels", "label", "y", "t", "target", "targets")
SIZE_IN = ("in_features", "in_dim", "input_size", "input_dim", "n_in", "fan_in", "D")
SIZE_OUT = ("out_features", "out_dim", "output_size", "output_dim", "n_out", "fan_out", "M")
OUT = 3  # how many units a layer that asks for a number gets


class UncheckedError(ValueError):
    """A class that cannot be checked, and why."""


def check(target: str, shape: tuple[int, ...], given: tuple[Any, ...] | None = None) -> int:
    """Check the layer classes of a file, or one of them, and print a report for each.

    Parameters
    ----------
    target : str
        ``FILE.py``, or ``FILE.py:Class``.
    shape : tuple of int
        The shape of the input.
    given : tuple, optional
        The constructor's arguments.

    Returns
    -------
    int
        The exit code: 0 if all gradients are right, 1 if some are wrong, 2 if some class could
        not be checked.
    """
    path, _, name = target.partition(":")
    if not name and (code := check_public(Path(path))) is not None:
        return code
    module = load_module(Path(path))
    outcomes = []
    for kind in _layer_classes(module, name):
        try:
            outcomes.append(_check(kind, shape, given))
        except UncheckedError as reason:
            print(f"{kind.__name__} was not checked: {reason}")
            outcomes.append(2)
        print()
    right, wrong, unchecked = (outcomes.count(code) for code in (0, 1, 2))
    print(f"{right} right, {wrong} wrong, {unchecked} not checked")
    return max(outcomes)


def _layer_classes(module: ModuleType, name: str) -> list[type]:
    found = [
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__
        and callable(getattr(kind, "forward", None))
        and callable(getattr(kind, "backward", None))
    ]
    chosen = [kind for kind in found if name in ("", kind.__name__)]
    if not chosen:
        there = ", ".join(kind.__name__ for kind in found) or "none"
        wanted = f"no class {name}" if name else "no class"
        raise ValueError(
            f"{module.__file__}: {wanted} with forward and backward to check; there are: {there}"
        )
    return chosen


def _check(kind: type, shape: tuple[int, ...], given: tuple[Any, ...] | None) -> int:
    arguments = _arguments(kind, shape) if given is None else given
    shown = f"{kind.__name__}({', '.join(map(repr, arguments))})"
    try:
        layer = kind(*arguments)
    except Exception as error:
        raise UncheckedError(f"{shown} raises {type(error).__name__}: {error}") from error
    if not hasattr(layer, "params"):
        raise UncheckedError("it has no params, the dict of its parameters; {} if it has none")
    print(f"{shown}, input of shape {shape}")
    report = _report(layer, shape)
    print(report)
    return 0 if report else 1


def _report(layer: Any, shape: tuple[int, ...]) -> GradientReport:
    """Check with the first inputs that forward takes."""
    *guesses, last = _inputs(layer, shape)
    for inputs in guesses:
        with suppress(Exception):
            return gradcheck(layer, *inputs)
    try:
        return gradcheck(layer, *last)
    except Exception as error:
        raise UncheckedError(f"{type(error).__name__}: {error}") from error


def _inputs(layer: Any, shape: tuple[int, ...]) -> Iterator[list[Any]]:
    """Inputs to try: one array for each argument, or labels where the name says so."""
    rng = np.random.default_rng(0)
    names = _required(layer.forward)
    if len(names) == 2 and names[1] in LABELS:
        yield [rng.normal(size=shape), rng.integers(0, shape[-1], shape[:-1])]
    yield [rng.normal(size=shape) for _ in names or ("x",)]


def _arguments(kind: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Arguments for a constructor whose names say that they are sizes."""
    sizes = dict.fromkeys(SIZE_IN, shape[-1]) | dict.fromkeys(SIZE_OUT, OUT)
    _, *names = _required(kind.__init__)
    if unknown := [name for name in names if name not in sizes]:
        raise UncheckedError(
            f"its constructor wants {', '.join(names)}, and handgrad does not know {unknown[0]}; "
            f"give them all: --arguments {','.join(f'<{name}>' for name in names)}"
        )
    return tuple(sizes[name] for name in names)


def _required(function: Any) -> list[str]:
    return [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
