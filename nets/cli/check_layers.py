"""`handgrad check`: find the layers in a file, and check their gradients."""

from __future__ import annotations

import argparse
import io
import json
import sys
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from layers.gradcheck import GradientReport
from nets.cli import argument_types
from nets.cli.find_layers import FoundLayer, find_layers
from nets.cli.homework import check_public
from nets.cli.layer_trials import checked
from nets.cli.source_statements import python_files
from nets.cli.trial_setups import Arguments
from nets.cli.unchecked_reasons import AbstractError, UncheckedError
from nets.cli.user_code import load_definitions

Shape = tuple[int, ...]

DESCRIPTION = """\
Check the gradients of the layers in a Python file, a notebook, or a folder, in whatever form they
are written: classes with a forward and a backward pass, pairs of functions with a cache, functions
with their derivatives, functions that return a loss and its gradient. Definitions are run, training
is not. The exit code is 0 if all are right, 1 if one is wrong, 2 if one could not be checked."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `handgrad check`."""
    add = parser.add_argument
    add(
        "target",
        metavar="FILE[:NAME]",
        help="a file, a notebook, a folder, or one class or function",
    )
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
        help="for the constructor, as Python would write them; array(4,3) is one of that shape",
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
        return f"{self.shown}\n{self.report}"

    def to_dict(self) -> dict[str, Any]:
        """The result in plain types, for JSON."""
        if self.report is None:
            reason = "a base class" if self.is_abstract else self.reason
            return {"name": self.name, "right": None, "reason": reason}
        return {"call": self.shown, **self.report.to_dict(), "name": self.name}


@dataclass(frozen=True)
class CheckedFile:
    """The results for a file: those for its layers, and what of it could not be run.

    ``error`` says why nothing of the file could be run.
    """

    path: Path
    outcomes: list[CheckOutcome] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def code(self) -> int:
        """The exit code."""
        return max([2 if self.error else 0, *(outcome.code for outcome in self.outcomes)])

    def blocks(self, with_name: bool) -> list[str]:
        """The parts of the text that is printed."""
        if self.error:
            return [self.error]
        name = [f"== {self.path}"] if with_name and self.outcomes else []
        return [*name, *map(str, self.outcomes), *(f"left out: {p}" for p in self.problems)]


@dataclass(frozen=True)
class CheckCommand:
    """Check the layers of a file, or one of them, and print a report for each.

    Attributes
    ----------
    target : str
        A file, a notebook, a folder, or ``FILE.py:Class``.
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
        as_homework = not (name or self.as_json or self.arguments is not None or path.is_dir())
        if as_homework and (code := check_public(path)) is not None:
            return code
        with redirect_stdout(io.StringIO() if self.as_json else sys.stdout):  # the file may print
            if path.is_dir():
                files = [self._in_folder(file) for file in python_files(path)]
            else:
                files = [self._file(path, name)]
        if not any(file.outcomes or file.error for file in files):
            raise ValueError(f"{path}: no file in this folder defines a layer")
        print(_document(self.target, files) if self.as_json else _text(files))
        return max(file.code for file in files)

    def _file(self, path: Path, name: str) -> CheckedFile:
        module, problems = load_definitions(path)
        found = _layers(module, name, problems)
        _require_classes(self.arguments, found)
        outcomes = [_outcome(layer, self.shape, self.arguments) for layer in found]
        return CheckedFile(path, outcomes, problems)

    def _in_folder(self, path: Path) -> CheckedFile:
        """A file of a folder, which need not define a layer, or be one that runs."""
        try:
            module, problems = load_definitions(path)
        except (ValueError, OSError) as error:
            return CheckedFile(path, error=str(error))
        found = find_layers(module)
        outcomes = [_outcome(layer, self.shape, self.arguments) for layer in found]
        return CheckedFile(path, outcomes, problems if found else [])


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


def _text(files: list[CheckedFile]) -> str:
    outcomes = [outcome for file in files for outcome in file.outcomes if not outcome.is_abstract]
    counts = [sum(outcome.code == code for outcome in outcomes) for code in (0, 1, 2)]
    right, wrong, unchecked = counts
    total = f"{right} correct, {wrong} wrong, {unchecked} not checked"
    blocks = [block for file in files for block in file.blocks(with_name=len(files) > 1)]
    if empty := [str(file.path) for file in files if not (file.outcomes or file.error)]:
        blocks.append(f"without a layer: {', '.join(empty)}")
    return "\n\n".join([*blocks, total])


def _document(target: str, files: list[CheckedFile]) -> str:
    checked = [outcome.to_dict() for file in files for outcome in file.outcomes]
    left_out = [problem for file in files for problem in (*file.problems, file.error) if problem]
    document = {"target": target, "checked": checked, "left_out": left_out}
    return json.dumps(document, indent=2, allow_nan=False)


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
            call, report = checked(found, shape, arguments)
        except AbstractError:
            return CheckOutcome(found.name, found.name, is_abstract=True)
        except UncheckedError as error:
            return CheckOutcome(found.name, found.name, reason=str(error))
        except (Exception, SystemExit) as error:  # a user's code may raise anything, anywhere
            is_size = shape and isinstance(error, (ValueError, MemoryError))
            what = f"no input of shape {shape} can be made" if is_size else type(error).__name__
            return CheckOutcome(found.name, found.name, reason=f"{what}: {error}")
    return CheckOutcome(found.name, call, report)
