"""What `handgrad check` does: find the layers of a file, and check their gradients."""

from __future__ import annotations

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
from nets.cli.homework import check_public
from nets.cli.load_file import load_module
from nets.cli.sample_inputs import UncheckedError, further, inputs, sizes

Shape = tuple[int, ...]
Given = tuple[Any, ...] | None


@dataclass(frozen=True)
class Outcome:
    """What became of one layer: a report, or the reason why there is none."""

    name: str
    shown: str
    report: GradientReport | None = None
    reason: str = ""

    @property
    def code(self) -> int:
        """0 for right, 1 for wrong, 2 for not checked."""
        return 2 if self.report is None else 0 if self.report else 1

    def __str__(self) -> str:
        if self.report is None:
            return f"{self.name} was not checked: {self.reason}"
        return f"{self.shown}\n{self.report}"

    def to_dict(self) -> dict[str, Any]:
        """As what `json.dumps` takes."""
        if self.report is None:
            return {"name": self.name, "right": None, "reason": self.reason}
        return {"call": self.shown, **self.report.to_dict(), "name": self.name}


def check(target: str, shape: Shape, given: Given = None, as_json: bool = False) -> int:
    """Check the layers of a file, or one of them, and print a report for each.

    Layers are classes with ``forward`` and ``backward``, and pairs of functions ``f_forward(x, w,
    b) -> (out, cache)`` and ``f_backward(dout, cache) -> (dx, dw, db)``.

    Parameters
    ----------
    target : str
        ``FILE.py``, or ``FILE.py:Class``.
    shape : tuple of int
        The shape of the input.
    given : tuple, optional
        The constructor's arguments.
    as_json : bool
        Whether to print one JSON document instead of text.

    Returns
    -------
    int
        The exit code: 0 if all gradients are right, 1 if some are wrong, 2 if something could
        not be checked.
    """
    path, name = _split(target)
    as_homework = not (name or as_json or given is not None)
    if as_homework and (code := check_public(path)) is not None:
        return code
    with redirect_stdout(io.StringIO() if as_json else sys.stdout):  # the file may print, too
        found = _layers(load_module(path), name)
        _require_use(given, found)
        outcomes = [_outcome(name, layer, shape, given) for name, layer in found.items()]
    print(_document(target, outcomes) if as_json else _text(outcomes))
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


def _require_use(given: Given, found: dict[str, Any]) -> None:
    if given is not None and all(isinstance(layer, tuple) for layer in found.values()):
        raise ValueError(
            f"--arguments go to the constructor of a class; {', '.join(found)} is written as "
            "two functions, which have none"
        )


def _text(outcomes: list[Outcome]) -> str:
    counts = [sum(outcome.code == code for outcome in outcomes) for code in (0, 1, 2)]
    right, wrong, unchecked = counts
    total = f"{right} right, {wrong} wrong, {unchecked} not checked"
    return "\n\n".join([*map(str, outcomes), total])


def _document(target: str, outcomes: list[Outcome]) -> str:
    checked = [outcome.to_dict() for outcome in outcomes]
    return json.dumps({"target": target, "checked": checked}, indent=2, allow_nan=False)


def _layers(module: ModuleType, name: str) -> dict[str, Any]:
    """The classes and the pairs of functions that a file defines, or the one that is wanted."""
    found = {**dict(_classes(module)), **dict(_pairs(module))}
    chosen = {key: layer for key, layer in found.items() if name in ("", key)}
    if not chosen:
        there = ", ".join(found) or "none"
        wanted = f"no class {name}" if name else "no class"
        raise ValueError(
            f"{module.__file__}: {wanted} with forward and backward to check; there are: {there}"
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


def _outcome(name: str, found: Any, shape: Shape, given: Given) -> Outcome:
    try:
        if isinstance(found, tuple):
            layer, call = _joined(name, found[0], found[1], shape)
        else:
            layer, call = _made(found, shape, given)
        report = _report(layer, shape)
    except UncheckedError as reason:
        return Outcome(name, name, reason=str(reason))
    except (ValueError, MemoryError) as error:  # more axes or numbers than an array can have
        return Outcome(name, name, reason=f"no input of shape {shape} can be made: {error}")
    return Outcome(name, f"{call}, input of shape {shape}", report)


def _made(kind: Any, shape: Shape, given: Given) -> tuple[Any, str]:
    arguments = sizes(kind, shape) if given is None else given
    shown = f"{kind.__name__}({', '.join(map(repr, arguments))})"
    try:
        layer = kind(*arguments)
    except (Exception, SystemExit) as error:  # the class is a student's
        raise UncheckedError(f"{shown} raises {type(error).__name__}: {error}") from error
    if not hasattr(layer, "params"):
        raise UncheckedError("it has no params, the dict of its parameters; {} if it has none")
    return layer, shown


def _joined(name: str, forward: Any, backward: Any, shape: Shape) -> tuple[Any, str]:
    arguments = further(forward, shape)
    kind = type(name, (FunctionPair,), {})
    return kind(forward, backward, arguments), f"{forward.__name__}({', '.join(['x', *arguments])})"


def _report(layer: Any, shape: Shape) -> GradientReport:
    """Check with the first inputs that forward takes."""
    reasons = []
    for guess in inputs(layer.forward, shape):
        try:
            report = gradcheck(layer, *guess)
        except (Exception, SystemExit) as error:  # so is forward
            reasons.append(f"{type(error).__name__}: {error}")
            continue
        if not (report.findings and report.findings[0].mistake == "forward-raises"):
            return report
        reasons.append(report.findings[0].evidence.removeprefix("forward raises "))
    raise UncheckedError(reasons[-1])
