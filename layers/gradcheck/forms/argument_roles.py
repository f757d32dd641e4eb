"""What the arguments of a course's forward and backward mean, by their names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

TARGETS = ("labels", "label", "y", "t", "target", "targets", "ytrue", "truth", "actual", "ybatch")
PREDICTIONS = ("ypred", "yhat", "predicted", "predictions", "pred", "output", "outputs", "p", "a")
LEARNING_RATES = ("learningrate", "learnrate", "lr", "eta", "alpha", "rate", "stepsize")
CACHES = ("cache", "caches", "memory", "meta", "ctx")


@lru_cache(maxsize=1024)
def plain(name: str) -> str:
    """A name without underscores and capital letters, for comparisons."""
    return str(name).replace("_", "").lower()


def positional(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    """The positional parameters of a function; none where it has no signature."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    found = tuple(parameter for parameter in parameters_of(function) if parameter.kind in kinds)
    return found if getattr(function, "__func__", function) is function else found[1:]


def parameters_of(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    """All parameters of a function, with the self of a method; none without a signature."""
    inner = getattr(function, "__func__", function)
    try:
        return _parameters(inner)
    except TypeError:  # a callable object that cannot be a key
        return _parameters.__wrapped__(inner)


@lru_cache(maxsize=256)
def _parameters(function: Callable[..., Any]) -> tuple[inspect.Parameter, ...]:
    try:
        return tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some built-in functions have no signature
        return ()


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


def name_of(function: Any) -> str:
    """What messages call a function."""
    return str(getattr(function, "__name__", type(function).__name__))


def is_upstream(names: Sequence[str]) -> bool:
    """Whether an argument is called like a gradient that comes from above."""
    return any(
        plain(name).startswith(("d", "g", "up", "err", "out", "acc", "chain")) for name in names
    )
