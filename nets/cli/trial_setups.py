"""Ways to run an unknown layer: made with arguments that its names ask for, on inputs to try."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from layers.gradcheck.forms.argument_roles import (
    PREDICTIONS,
    TARGETS,
    names_of,
    plain,
    positional,
    required,
)
from layers.gradcheck.forms.net_of_lists import net_of_lists
from layers.gradcheck.forms.parameter_updates import UnitStep
from layers.gradcheck.forms.training_mode import switch_on, switches
from layers.gradcheck.forms.verbs import FORWARD, VALUES, has_verbs, verb
from nets.cli.argument_tables import SIZES_IN
from nets.cli.dict_arguments import dicts, keys
from nets.cli.example_arguments import MOST, Scene
from nets.cli.find_layers import FoundLayer
from nets.cli.net_trials import nets_of_functions
from nets.cli.single_trial import Trial
from nets.cli.unchecked_reasons import (
    UncheckedError,
    remedy,
)

Arguments = tuple[Any, ...] | None


def trials(
    found: FoundLayer, scene: Scene, arguments: Arguments, reasons: list[str]
) -> Iterator[Trial]:
    """All ways to run a layer in a scene; `reasons` collects why some cannot be made."""
    if found.cost is not None:
        yield from nets_of_functions(found, scene, reasons)
    elif found.is_class:
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
    switch_on(thing)
    return (has_verbs(thing) and net_of_lists(thing)) or thing


def _input_names(thing: Any) -> list[str]:
    function = verb(thing, FORWARD) if has_verbs(thing) else verb(thing, VALUES)
    names = [name for name in required(function) if not switches(name)]
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
            f"{remedy(found)}"
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


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array {value.shape}"
    return getattr(value, "__name__", repr(value))


def _call(call: str, scene: Scene, xs: Sequence[Any]) -> str:
    what = "" if scene.name in ("rows", "input") else f" ({scene.name})"
    return f"{call}, input of shape {np.shape(xs[0])}{what}"
