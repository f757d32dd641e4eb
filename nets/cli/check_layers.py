"""`handgrad check`: find the layers in a file, and check their gradients."""

from __future__ import annotations

import argparse
import io
import json
import sys
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from layers.gradcheck import GradientReport
from nets.cli import argument_types
from nets.cli.find_layers import FoundLayer, find_layers
from nets.cli.homework import check_public
from nets.cli.layer_trials import AbstractError, Arguments, UncheckedError, checked
from nets.cli.user_code import load_definitions

Shape = tuple[int, ...]

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
        help="the shape of the input (default: 5,4, or what the layer takes)",
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
    form: str = ""
    report: GradientReport | None = None
    reason: str = ""
    is_abstract: bool = False

    @property
    def code(self) -> int:
        """0 if the gradients are right, 1 if they are wrong, 2 if they were not checked."""
        if self.is_abstract:
            return 0
        return 2 if self.report is None else 0 if self.report else 1

    def __str__(self) -> str:
        if self.is_abstract:
            return f"{self.name} is a base class: its passes raise NotImplementedError"
        if self.report is None:
            return f"{self.name} was not checked: {self.reason}"
        form = f"form: {self.form}\n" if self.form else ""
        return f"{self.shown}\n{form}{self.report}"

    def to_dict(self) -> dict[str, Any]:
        """The result in plain types, for JSON."""
        if self.report is None:
            reason = "a base class" if self.is_abstract else self.reason
            return {"name": self.name, "right": None, "reason": reason}
        return {
            "call": self.shown,
            "form": self.form,
            **self.report.to_dict(),
            "name": self.name,
        }


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
    shape: Shape | None = None
    arguments: Arguments = None
    as_json: bool = False

    def run(self) -> int:
        """Return 0 if all gradients are right, 1 if any is wrong, 2 if any was not checked."""
        path, name = _split(self.target)
        as_homework = not (name or self.as_json or self.arguments is not None)
        if as_homework and (code := check_public(path)) is not None:
            return code
        with redirect_stdout(io.StringIO() if self.as_json else sys.stdout):  # the file may print
            module, problems = load_definitions(path)
            found = _layers(module, name, problems)
            _require_classes(self.arguments, found)
            outcomes = [_outcome(layer, self.shape, self.arguments) for layer in found]
        print(_document(self.target, outcomes) if self.as_json else _text(outcomes, problems))
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


def _require_classes(arguments: Arguments, found: list[FoundLayer]) -> None:
    if arguments is not None and not any(layer.is_class for layer in found):
        raise ValueError(
            f"--arguments go to the constructor of a class; {', '.join(f.name for f in found)} is "
            "written as functions, which have none"
        )


def _text(outcomes: list[CheckOutcome], problems: list[str]) -> str:
    concrete = [outcome for outcome in outcomes if not outcome.is_abstract]
    counts = [sum(outcome.code == code for outcome in concrete) for code in (0, 1, 2)]
    right, wrong, unchecked = counts
    total = f"{right} correct, {wrong} wrong, {unchecked} not checked"
    left_out = [f"left out: {problem}" for problem in problems]
    return "\n\n".join([*map(str, outcomes), *left_out, total])


def _document(target: str, outcomes: list[CheckOutcome]) -> str:
    checked = [outcome.to_dict() for outcome in outcomes]
    return json.dumps({"target": target, "checked": checked}, indent=2, allow_nan=False)


def _layers(module: ModuleType, name: str, problems: list[str]) -> list[FoundLayer]:
    """What a file defines that looks like a layer, or the one with this name."""
    found = find_layers(module)
    chosen = [layer for layer in found if not name or layer.is_called(name)]
    if chosen:
        return chosen
    if problems and not found:
        raise ValueError(f"{module.__file__}: cannot be run: {problems[0]}")
    there = ", ".join(layer.name for layer in found) or "none"
    missing = f"no class {name}" if name else "no class"
    raise ValueError(
        f"{module.__file__}: {missing} with forward and backward to check; there are: {there}"
    )


def _outcome(found: FoundLayer, shape: Shape | None, arguments: Arguments) -> CheckOutcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a layer is tried with inputs that it was not made for
        try:
            call, form, report = checked(found, shape, arguments)
        except AbstractError:
            return CheckOutcome(found.name, found.name, is_abstract=True)
        except UncheckedError as error:
            return CheckOutcome(found.name, found.name, reason=str(error))
        except (ValueError, MemoryError) as error:  # more axes or numbers than an array can have
            reason = f"no input of shape {shape} can be made: {error}"
            return CheckOutcome(found.name, found.name, reason=reason)
    return CheckOutcome(found.name, call, form, report)
