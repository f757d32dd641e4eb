"""Trying an unknown layer until its passes run: with which arguments, inputs, and in which form."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from layers import gradcheck
from layers.gradcheck import GradientReport, adapt
from layers.gradcheck.forms import __path__ as forms
from layers.gradcheck.forms.adapt import VALUES, has_verbs, verb
from layers.gradcheck.forms.argument_roles import (
    FLAGS,
    LEARNING_RATES,
    PREDICTIONS,
    TARGETS,
    names_of,
    plain,
    positional,
    required,
)
from layers.gradcheck.forms.held_parameters import parameters
from layers.gradcheck.forms.named_arguments import NamedArguments
from layers.gradcheck.forms.object_layer import BACKWARD, FORWARD, ObjectLayer
from layers.gradcheck.forms.parameter_updates import UnitStep
from nets.cli.dict_arguments import dicts, keys
from nets.cli.example_arguments import MOST, SIZES_IN, Scene, scenes
from nets.cli.find_layers import FoundLayer

Arguments = tuple[Any, ...] | None
IMAGES = re.compile("conv|pool|spatial|2d|image")
ABOUT_SHAPES = (
    "values to unpack",
    "not aligned",
    "broadcast",
    "core dimension",
    "out of range",
    "used as indices",
    "valid indices",
    "out of bounds",
    "cannot reshape",
)


class UncheckedError(ValueError):
    """A layer that cannot be checked, and why."""


class AbstractError(UncheckedError):
    """A base class, in which nothing is to be checked."""


def _refuse_abstract(error: BaseException) -> None:
    if isinstance(error, AbstractError):
        raise error
    if isinstance(error, NotImplementedError) or "must derive from BaseException" in str(error):
        raise AbstractError from error


@dataclass(frozen=True)
class Trial:
    """One way to run a layer: an object or functions with arguments, and inputs.

    Attributes
    ----------
    thing : object or function
        What is adapted.
    inputs : list of array
        What forward gets.
    call : str
        How to show it.
    options : dict
        The further arguments of `adapt`.
    """

    thing: Any
    inputs: list[Any]
    call: str
    options: dict[str, Any]

    def forward(self) -> None:
        """Run the forward pass on a copy; raise what it raises."""
        thing, options = copy.deepcopy((self.thing, self.options))
        xs = [np.array(x) for x in self.inputs]
        if "arguments" in options:
            y = NamedArguments(thing, options["arguments"])(*xs)
        elif has_verbs(thing):
            y = ObjectLayer(thing, ()).forward(*xs)
        else:
            y = NamedArguments(verb(thing, VALUES), None)(*xs)
        if y is NotImplemented or isinstance(y, NotImplementedError):
            raise AbstractError
        if y is None or (isinstance(y, tuple) and y[0] is None):
            raise UncheckedError("its forward pass returns nothing; is it still to be written?")

    def adapted(self) -> Any:
        """The layer, after both passes have run on a copy; raise what they raise."""
        layer = adapt(self.thing, *self.inputs, **self.options)
        layer = copy.deepcopy(layer)
        _move_constants(layer)
        twin = copy.deepcopy(layer)
        y = twin.forward(*[np.array(x) for x in self.inputs])
        twin.backward(_dout(y))
        return layer

    def unadapted(self) -> Any:
        """The layer in spite of a backward pass that raises, for a report that says so."""
        if "arguments" in self.options or not has_verbs(self.thing):
            return adapt(self.thing, **self.options)
        return ObjectLayer(self.thing, list(parameters(self.thing)))


def checked(
    found: FoundLayer, shape: tuple[int, ...] | None, arguments: Arguments
) -> tuple[str, GradientReport]:
    """The call and the report of the first trial in which both passes run.

    Raises
    ------
    UncheckedError
        If there is none; the message says why, and what would make it possible.
    """
    if found.reason:
        raise UncheckedError(found.reason)
    if found.is_class and inspect.isabstract(found.forward):
        raise AbstractError
    reasons: list[str] = []
    unfit: tuple[str, GradientReport] | None = None
    failed: Trial | None = None
    for scene in scenes(shape, images=bool(IMAGES.search(found.name.lower()))):
        if unfit or (failed and not _takes_learning_rate(found)):
            break
        for trial in _trials(found, scene, arguments, reasons):
            try:
                trial.forward()
            except (Exception, SystemExit) as error:  # it runs a student's code
                _refuse_abstract(error)
                reasons.append(_reason(error))
                continue
            try:
                layer = trial.adapted()
                report = _report(layer, trial.inputs)
            except UncheckedError as error:
                reasons.append(str(error))
            except (Exception, SystemExit) as error:
                _refuse_abstract(error)
                reasons.append(_reason(error))
                is_unknown = _is_form(error) or isinstance(error, (NameError, ImportError))
                failed = failed or (None if is_unknown else trial)
            else:
                outcome = (trial.call, report)
                if not any(finding.mistake == "wrong-shape" for finding in report.findings):
                    return outcome
                unfit = unfit or outcome  # other shapes of its arrays may be those it is made for
    if unfit:
        return unfit
    if failed:
        return failed.call, _report(failed.unadapted(), failed.inputs)
    raise UncheckedError(f"{_likeliest(reasons)}{_remedy(found)}")


def _remedy(found: FoundLayer) -> str:
    """The line that makes the check possible."""
    if found.is_class:
        return (
            "; give it what it takes, with --arguments and --input, or in Python: "
            f"gradcheck(adapt({found.forward.__name__}(...), x), x)"
        )
    given = "" if found.backward is None else f", backward={found.backward.__name__}"
    return (
        f"; check it in Python: gradcheck(adapt({found.forward.__name__}, x{given}, "
        "arguments={...}), x)"
    )


def _likeliest(reasons: Sequence[str]) -> str:
    """The reason that says most: errors about shapes come from inputs of the wrong kind."""
    if not reasons:
        return "no input could be made for it"
    return next((r for r in reasons if not any(word in r for word in ABOUT_SHAPES)), reasons[0])


def _report(layer: Any, inputs: Sequence[Any]) -> GradientReport:
    try:
        report = gradcheck(layer, *inputs)
    except (ValueError, TypeError) as error:  # such as an output that is nan
        raise UncheckedError(str(error).removeprefix("gradcheck: ")) from error
    for finding in report.findings:
        if finding.mistake == "wrong-output" and "float32" in finding.evidence:
            raise UncheckedError(
                "it computes in float32 inside, in which small changes are lost: leave out "
                "dtype=np.float32 and dtype='f'"
            )
        if finding.mistake == "wrong-output":
            raise UncheckedError(finding.evidence)
    return report


def _trials(
    found: FoundLayer, scene: Scene, arguments: Arguments, reasons: list[str]
) -> Iterator[Trial]:
    if found.is_class:
        yield from _of_class(found.forward, scene, arguments, reasons)
    else:
        yield from _of_functions(found, scene)


def _of_class(kind: Any, scene: Scene, arguments: Arguments, reasons: list[str]) -> Iterator[Trial]:
    for given, named in _constructed(kind, scene, arguments):
        values = [*map(_shown, given), *(f"{name}={_shown(named[name])}" for name in named)]
        shown = f"{kind.__name__}({', '.join(values)})"
        try:
            thing = _prepared(kind(*given, **named), scene)
        except (Exception, SystemExit) as error:  # it runs a student's code
            reasons.append(f"{shown} raises {type(error).__name__}: {error}")
            continue
        names = _input_names(thing)
        for xs in scene.inputs(names, len(names) > 1):
            yield Trial(thing, xs, _call(shown, scene, xs), {})


def _constructed(
    kind: Any, scene: Scene, arguments: Arguments
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Positional arguments of a constructor; and the sizes that have defaults of another input."""
    if arguments is not None:
        yield arguments, {}
        return
    names = required(kind) if kind.__init__ is not object.__init__ else []
    if unknown := [name for name in names if not scene.constructed(name)]:
        raise UncheckedError(
            f"its constructor takes {', '.join(names)}, and handgrad does not know {unknown[0]}; "
            f"give them all: --arguments {','.join(f'<{name}>' for name in names)}"
        )
    for chosen in dicts(names, scene.constructed, MOST):
        given = tuple(copy.deepcopy(value) for value in chosen.values())
        yield given, {}
        if named := _sizes_with_defaults(kind, scene):
            yield given, named


def _sizes_with_defaults(kind: Any, scene: Scene) -> dict[str, Any]:
    found = {}
    for parameter in positional(kind):
        if parameter.default is not parameter.empty and plain(parameter.name) in SIZES_IN:
            is_shape = isinstance(parameter.default, (tuple, list))
            found[parameter.name] = scene.shape[1:] if is_shape else int(np.prod(scene.shape[1:]))
    return found


def _prepared(thing: Any, scene: Scene) -> Any:
    """The object, after the calls that some libraries ask for before the first pass."""
    if callable(give := getattr(thing, "set_input_shape", None)):
        give(scene.shape[1:])
    start = getattr(thing, "initialize", None)
    if callable(start) and required(start) == ["optimizer"]:
        start(UnitStep())
    for name, value in getattr(thing, "__dict__", {}).items():
        if "optimizer" in name and value is None:
            setattr(thing, name, UnitStep())
    return thing


def _input_names(thing: Any) -> list[str]:
    function = verb(thing, FORWARD) if has_verbs(thing) else verb(thing, VALUES)
    names = [name for name in required(function) if plain(name) not in FLAGS]
    if len(names) == 1 and function.__name__ == "loss":  # which may go without labels
        names += [name for name in names_of(function)[1:2] if plain(name) in TARGETS]
    return names or names_of(function)[:1] or ["x"]


def _of_functions(found: FoundLayer, scene: Scene) -> Iterator[Trial]:
    names = required(found.forward)
    first = next((name for name in names if not _is_weight(name, names)), "")
    inputs = [name for name in names if name == first or plain(name) in TARGETS]
    inputs = [name for name in names if name in inputs or _is_prediction(name, inputs)]
    if not inputs:
        raise UncheckedError(f"{found.forward.__name__} takes no input by name")
    named = [name for name in names if name not in inputs]

    def values(name: str) -> tuple[Any, ...]:
        known, inside = scene.values(name), keys(found.forward, name)
        return known if known or not inside else tuple(dicts(inside, scene.values, MOST))

    if unknown := [name for name in named if not values(name)]:
        others = ", ".join(name for name in names if name != first)
        raise UncheckedError(
            f"it takes {others} beside {first}, and handgrad does not know {unknown[0]}"
            f"{_remedy(found)}"
        )
    for arguments in dicts(named, values, MOST):
        call = f"{found.forward.__name__}({', '.join(names)})"
        for xs in scene.inputs(inputs, len(inputs) > 1):
            options = {"backward": found.backward, "arguments": copy.deepcopy(arguments)}
            yield Trial(found.forward, xs, _call(call, scene, xs), options)


def _is_prediction(name: str, inputs: Sequence[str]) -> bool:
    """Whether an argument is what a loss compares with its only other input."""
    return plain(name) in PREDICTIONS and len(inputs) == 1 and plain(inputs[0]) in TARGETS


def _is_weight(name: str, names: Sequence[str]) -> bool:
    """Whether an argument holds weights where x may come first, as in f(W, X, y)."""
    return len(names) > 1 and plain(name) in ("w", "weights", "theta", "parameters", "params")


def _takes_learning_rate(found: FoundLayer) -> bool:
    backward = verb(found.forward, BACKWARD) if found.is_class else found.backward
    return backward is not None and any(plain(n) in LEARNING_RATES for n in names_of(backward))


def _move_constants(layer: Any) -> None:
    """Give parameters that are all equal, such as gamma = 1, other values, which hide less."""
    rng = np.random.default_rng(0)
    for array in layer.params.values():
        if array.size > 1 and array.dtype.kind == "f" and (array == array.flat[0]).all():
            array += rng.uniform(0.2, 0.8, array.shape)


def _dout(y: Any) -> Any:
    if isinstance(y, tuple):
        return tuple(map(_dout, y))
    return np.ones(np.shape(y)) if np.shape(y) else 1.0


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array {value.shape}"
    return getattr(value, "__name__", repr(value))


def _call(call: str, scene: Scene, xs: Sequence[Any]) -> str:
    what = "" if scene.name in ("rows", "input") else f" ({scene.name})"
    return f"{call}, input of shape {np.shape(xs[0])}{what}"


def _reason(error: BaseException) -> str:
    """What was raised; a message of an adapter is a sentence of its own."""
    is_sentence = _is_form(error) or isinstance(error, UncheckedError)
    return str(error) if is_sentence else f"{type(error).__name__}: {error}"


def _is_form(error: BaseException) -> bool:
    """Whether an error was raised by an adapter, because the form is not known."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and Path(frame.tb_frame.f_code.co_filename).parent in map(Path, forms)
