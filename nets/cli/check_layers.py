"""`handgrad check`: find the layers in a file, and check their gradients."""

from __future__ import annotations

import argparse
import inspect
import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from layers import gradcheck
from layers.gradcheck import FunctionPair, GradientReport
from nets.cli import argument_types
from nets.cli.example_inputs import UncheckedError, arguments_after_x, inputs, sizes
from nets.cli.homework import check_public
from nets.cli.user_code import load_module

Shape = tuple[int, ...]
Arguments = tuple[Any, ...] | None

DESCRIPTION = """\
Check the gradients of the layers in a Python file: every class with forward and backward, and
every pair of functions f_forward(x, w, b) -> (out, cache), f_backward(dout, cache) -> (dx, dw, db).
The exit code is 0 if all are right, 1 if one is wrong, 2 if one could not be checked."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `handgrad check`."""
    add = parser.add_argument
    add("target", metavar="FILE.py[:Class]", help="the file, or one class in it")
    add(
        "--input",
        type=argument_types.shape,
        metavar="5,4",
        dest="shape",
        help="the shape of the input (default: 5,4)",
    )
    add(
        "--arguments",
        type=argument_types.literals,
        metavar="4,3",
        help="for the constructor, as Python would write them",
    )
    add("--json", action="store_true", dest="as_json", help="print one JSON document, not text")
    parser.set_defaults(command=CheckCommand)


@dataclass(frozen=True)
class CheckOutcome:
    """The result for one layer: a report, or the reason why it was not checked."""

    name: str
    shown: str
    report: GradientReport | None = None
    reason: str = ""

    @property
    def code(self) -> int:
        """0 if the gradients are right, 1 if they are wrong, 2 if they were not checked."""
        return 2 if self.report is None else 0 if self.report else 1

    def __str__(self) -> str:
        if self.report is None:
            return f"{self.name} was not checked: {self.reason}"
        return f"{self.shown}\n{self.report}"

    def to_dict(self) -> dict[str, Any]:
        """The result in plain types, for JSON."""
        if self.report is None:
            return {"name": self.name, "right": None, "reason": self.reason}
        return {"call": self.shown, **self.report.to_dict(), "name": self.name}


@dataclass(frozen=True)
class CheckCommand:
    """Check the layers of a file, or one of them, and print a report for each.

    Attributes
    ----------
    target : str
        ``FILE.py``, or ``FILE.py:Class``.
    shape : tuple of int
        The shape of the input.
    arguments : tuple, optional
        The constructor's arguments.
    as_json : bool
        Whether to print one JSON document instead of text.
    """

    target: str
    shape: Shape = (5, 4)
    arguments: Arguments = None
    as_json: bool = False

    def run(self) -> int:
        """Return 0 if all gradients are right, 1 if any is wrong, 2 if any was not checked."""
        path, name = _split(self.target)
        as_homework = not (name or self.as_json or self.arguments is not None)
        if as_homework and (code := check_public(path)) is not None:
            return code
        with redirect_stdout(io.StringIO() if self.as_json else sys.stdout):  # the file may print
            found = _layers(load_module(path), name)
            _refuse_arguments_of_functions(self.arguments, found)
            outcomes = [
                _outcome(name, layer, self.shape, self.arguments) for name, layer in found.items()
            ]
        print(_document(self.target, outcomes) if self.as_json else _text(outcomes))
        return max(outcome.code for outcome in outcomes)


def _split(target: str) -> tuple[Path, str]:
    r"""The file and the class of ``FILE.py:Class``; a colon may also follow a drive, as in C:\."""
    file, colon, name = target.rpartition(":")
    is_name = name.isidentifier() or Path(file).is_file()
    if not colon or not is_name or Path(target).exists():
        return Path(target), ""
    if not name:
        raise ValueError(f"{target}: expected FILE.py, or the name of a class after the colon")
    return Path(file), name


def _refuse_arguments_of_functions(arguments: Arguments, found: dict[str, Any]) -> None:
    if arguments is not None and all(isinstance(layer, tuple) for layer in found.values()):
        raise ValueError(
            f"--arguments go to the constructor of a class; {', '.join(found)} is written as "
            "two functions, which have none"
        )


def _text(outcomes: list[CheckOutcome]) -> str:
    counts = [sum(outcome.code == code for outcome in outcomes) for code in (0, 1, 2)]
    right, wrong, unchecked = counts
    total = f"{right} correct, {wrong} wrong, {unchecked} not checked"
    return "\n\n".join([*map(str, outcomes), total])


def _document(target: str, outcomes: list[CheckOutcome]) -> str:
    checked = [outcome.to_dict() for outcome in outcomes]
    return json.dumps({"target": target, "checked": checked}, indent=2, allow_nan=False)


def _layers(module: ModuleType, name: str) -> dict[str, Any]:
    """The classes and pairs of functions that a file defines, or the one with this name."""
    found = {**dict(_classes(module)), **dict(_pairs(module))}
    chosen = {key: layer for key, layer in found.items() if name in ("", key)}
    if not chosen:
        there = ", ".join(found) or "none"
        missing = f"no class {name}" if name else "no class"
        raise ValueError(
            f"{module.__file__}: {missing} with forward and backward to check; there are: {there}"
        )
    return chosen


def _classes(module: ModuleType) -> Iterator[tuple[str, type]]:
    for name, kind in inspect.getmembers(module, inspect.isclass):
        verbs = (getattr(kind, verb, None) for verb in ("forward", "backward"))
        if kind.__module__ == module.__name__ and all(map(callable, verbs)):
            yield name, kind


def _pairs(module: ModuleType) -> Iterator[tuple[str, tuple[Any, Any]]]:
    functions = dict(inspect.getmembers(module, inspect.isfunction))
    for name, forward in functions.items():
        stem = name.removesuffix("_forward")
        backward = functions.get(f"{stem}_backward")
        if stem != name and backward and forward.__module__ == module.__name__:
            yield stem, (forward, backward)


def _outcome(name: str, found: Any, shape: Shape, arguments: Arguments) -> CheckOutcome:
    try:
        if isinstance(found, tuple):
            layer, call = _function_pair(name, found[0], found[1], shape)
        else:
            layer, call = _construct(found, shape, arguments)
        report = _report(layer, shape)
    except UncheckedError as reason:
        return CheckOutcome(name, name, reason=str(reason))
    except (ValueError, MemoryError) as error:  # more axes or numbers than an array can have
        return CheckOutcome(name, name, reason=f"no input of shape {shape} can be made: {error}")
    return CheckOutcome(name, f"{call}, input of shape {shape}", report)


def _construct(kind: Any, shape: Shape, arguments: Arguments) -> tuple[Any, str]:
    if arguments is None:
        arguments = sizes(kind, shape)
    shown = f"{kind.__name__}({', '.join(map(repr, arguments))})"
    try:
        layer = kind(*arguments)
    except (Exception, SystemExit) as error:  # it runs a student's code
        raise UncheckedError(f"{shown} raises {type(error).__name__}: {error}") from error
    if not hasattr(layer, "params"):
        raise UncheckedError("it has no params, the dict of its parameters; {} if it has none")
    return layer, shown


def _function_pair(name: str, forward: Any, backward: Any, shape: Shape) -> tuple[Any, str]:
    arguments = arguments_after_x(forward, shape)
    kind = type(name, (FunctionPair,), {})
    return kind(forward, backward, arguments), f"{forward.__name__}({', '.join(['x', *arguments])})"


def _report(layer: Any, shape: Shape) -> GradientReport:
    """Check with the first inputs that forward takes."""
    reasons = []
    for guess in inputs(layer.forward, shape):
        try:
            report = gradcheck(layer, *guess)
        except (Exception, SystemExit) as error:  # forward is the student's, too
            reasons.append(f"{type(error).__name__}: {error}")
            continue
        if not (report.findings and report.findings[0].mistake == "forward-raises"):
            return report
        reasons.append(report.findings[0].evidence.removeprefix("forward raises "))
    raise UncheckedError(reasons[-1])
