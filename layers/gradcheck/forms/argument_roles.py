"""What the arguments of a course's forward and backward mean, by their names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

TARGETS = ("labels", "label", "y", "t", "target", "targets", "ytrue", "truth", "actual", "ybatch")
PREDICTIONS = ("ypred", "yhat", "predicted", "predictions", "pred", "output", "outputs", "p", "a")
LEARNING_RATES = ("learningrate", "learnrate", "lr", "eta", "alpha", "rate", "stepsize")
CACHES = ("cache", "caches", "memory", "meta", "ctx")
FLAGS = ("training", "train", "istraining", "istrain", "trainflg", "trainflag", "trainmode")


def plain(name: str) -> str:
    """A name without underscores and capital letters, for comparisons."""
    return str(name).replace("_", "").lower()


def positional(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    """The positional parameters of a function; none where it has no signature."""
    inner = getattr(function, "__func__", function)
    try:
        found = _positional(inner)
    except TypeError:  # a callable object that cannot be a key
        found = _positional.__wrapped__(inner)
    return found if inner is function else found[1:]


@lru_cache(maxsize=256)
def _positional(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some built-in functions have no signature
        return ()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(parameter for parameter in parameters if parameter.kind in kinds)


def takes_anything(function: Callable[..., Any]) -> bool:
    """Whether a function is hidden by a decorator that passes on ``*args``."""
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds and not positional(function)


def names_of(function: Callable[..., Any]) -> list[str]:
    """The names of the positional parameters."""
    return [parameter.name for parameter in positional(function)]


def required(function: Callable[..., Any]) -> list[str]:
    """The names of the positional parameters that have no default."""
    return [p.name for p in positional(function) if p.default is p.empty]


def bound(
    function: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]
) -> list[Any]:
    """The arguments of a call: `named` in their places, and `given` in the others, in order.

    Flags such as ``training`` are True where they are required and nothing is given for them.
    """
    left, arguments = list(given), []
    parameters = positional(function)
    if not set(named) <= {parameter.name for parameter in parameters}:
        return [*given, *named.values()]  # the names are the caller's own
    for parameter in parameters:
        if parameter.name in named:
            arguments.append(named[parameter.name])
        elif plain(parameter.name) in FLAGS and len(left) < 2:
            arguments.append(True)
        elif left:
            arguments.append(left.pop(0))
        elif parameter.default is not parameter.empty:
            arguments.append(parameter.default)
        else:
            raise TypeError(f"{name_of(function)} takes {parameter.name}, and nothing is given")
    return [*arguments, *left]


def name_of(function: Any) -> str:
    """What messages call a function."""
    return str(getattr(function, "__name__", type(function).__name__))
