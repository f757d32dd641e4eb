"""Layers that have two modes are run as in training, where backward belongs to forward."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from layers.gradcheck.forms.argument_roles import (
    name_of,
    parameters_of,
    plain,
    positional,
    required,
)

TRAINED = "training train istraining istrain trainflg trainflag trainmode trainingmode trainphase"
INFERRED = (
    "inference isinference inferencemode infer test istest testing istesting testmode testflg "
    "testflag testphase testtime eval iseval evalmode evaluate evaluation predict"
)
TRAINING, INFERENCE = frozenset(TRAINED.split()), frozenset(INFERRED.split())
MODES = frozenset(("mode", "phase"))
NOT_TRAINING = frozenset(("test", "testing", "eval", "evaluate", "inference", "infer", "predict"))


def switches(name: str) -> bool:
    """Whether an argument of this name switches between training and inference.

    >>> switches("is_train"), switches("eval_mode"), switches("mode"), switches("x")
    (True, True, True, False)
    """
    return plain(name) in TRAINING | INFERENCE | MODES


def in_training(name: str, value: Any) -> Any:
    """What a switch is in training, where it has this value by default.

    >>> in_training("is_train", False), in_training("mode", "test"), in_training("mode", "max")
    (True, 'train', 'max')
    """
    if plain(name) in MODES:
        is_inference = value is inspect.Parameter.empty or value in NOT_TRAINING
        return "train" if is_inference else value
    return plain(name) in TRAINING


def switch_on(thing: Any) -> None:
    """Put an object that was made for inference into training mode."""
    for name, value in list(getattr(thing, "__dict__", {}).items()):
        if isinstance(value, (bool, str)) and switches(name.strip("_")):
            is_of_kind = isinstance(value, str) == (plain(name) in MODES)
            setattr(thing, name, in_training(name, value) if is_of_kind else value)
    has_modes = all(callable(getattr(thing, verb, None)) for verb in ("train", "eval"))
    if has_modes and not required(thing.train):
        thing.train()


def call(function: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """What a function returns in training mode.

    The arguments that are in `named` get these values, and the others get those that are given, in
    their order.
    """
    switched = {
        parameter.name: in_training(parameter.name, parameter.default)
        for parameter in parameters_of(function)
        if parameter.kind is parameter.KEYWORD_ONLY and switches(parameter.name)
    }
    return function(*_bound(function, given, named), **switched)


def _bound(
    function: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]
) -> list[Any]:
    left, arguments = list(given), []
    parameters = positional(function)
    if not set(named) <= {parameter.name for parameter in parameters}:
        return [*given, *named.values()]  # the names are the caller's own
    for parameter in parameters:
        if parameter.name in named:
            arguments.append(named[parameter.name])
        elif switches(parameter.name) and len(left) < 2:
            arguments.append(in_training(parameter.name, parameter.default))
        elif left:
            arguments.append(left.pop(0))
        elif parameter.default is not parameter.empty:
            arguments.append(parameter.default)
        else:
            raise TypeError(f"{name_of(function)} takes {parameter.name}, and nothing is given")
    return [*arguments, *left]
