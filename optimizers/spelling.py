"""Sentences for calls that do not fit: names of other libraries, arguments missing or too many."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)

# What other libraries and lectures call it, and its names here, of which a rule has one or two.
RATE = ("learning_rate", "start")
OTHER_NAMES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("lr", "eta", "alpha", "rate", "step_size", "initial_learning_rate"), RATE),
    **dict.fromkeys(("eps", "epsilon"), ("epsilon", "epsilon1", "epsilon2")),
    **dict.fromkeys(("betas", "beta"), ("beta1", "beta2", "momentum")),
    **dict.fromkeys(("beta_1", "b1", "mu"), ("beta1", "momentum")),
    **dict.fromkeys(("beta_2", "b2", "rho", "decay_rate"), ("beta2", "rho", "alpha", "factor")),
    "gamma": ("momentum", "alpha", "rho", "factor"),
    **dict.fromkeys(("decay", "wd", "l2", "reg"), ("weight_decay",)),
    **dict.fromkeys(("T_max", "total_iters", "warmup_steps", "epochs", "n"), ("steps", "every")),
    **dict.fromkeys(("eta_min", "end", "end_lr", "final"), ("stop",)),
    **dict.fromkeys(("max_norm", "clipnorm", "clip_norm"), ("norm", "max_norm")),
    **dict.fromkeys(("clip_value", "clipvalue", "max_value"), ("value", "limit")),
}
PARAMETERS = "an optimizer is not given the parameters: call step(net.params, grads)"
HINTS = {
    **dict.fromkeys(("params", "parameters", "net", "model"), PARAMETERS),
    **dict.fromkeys(
        ("clipnorm", "clipvalue", "max_norm", "clip_norm", "clip_value", "grad_clip"),
        "wrap the optimizer: Clipped(Adam(), norm=1.0)",
    ),
}
ABSENT = {
    "zero_grad": "backward returns new gradients at every call, so nothing has to be zeroed",
    "param_groups": "set optimizer.learning_rate; for other settings in other layers use two "
    "optimizers, each with its part of the parameters",
    **dict.fromkeys(
        ("minimize", "apply_gradients", "update_params"), "call step(net.params, grads)"
    ),
}


def spelled(function: Callable[P, R]) -> Callable[P, R]:
    """Let a call whose arguments do not fit the signature raise a sentence."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError:
            if not (sentence := misfit(function, args, kwargs)):
                raise
        raise TypeError(sentence)

    return call


def spelled_class(cls: C) -> C:
    """The same for the constructor of a class."""
    type.__setattr__(cls, "__init__", spelled(vars(cls)["__init__"]))
    return cls


def misfit(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What is wrong with the arguments of a call; nothing where they fit the signature."""
    parameters = inspect.signature(function).parameters
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        owner = function.__name__
        names = [name for name in parameters if name != "self"]
        given = args[1:] if "self" in parameters else args
        if function.__name__ == "__init__" and args:
            owner = type(args[0]).__name__
        reasons = [*_unknown(kwargs, names), *_count(given, kwargs, parameters)]
        if function.__name__ == "__init__" and given and looks_like_parameters(given[0]):
            reasons.append(PARAMETERS)
        return f"{owner}: {'; '.join(reasons)}. It takes {', '.join(names) or 'no arguments'}"
    return ""


def looks_like_parameters(value: Any) -> bool:
    """Whether somebody passes parameters or a net, as PyTorch's optimizers want them."""
    several = isinstance(value, (Mapping, list, tuple, Iterator))
    return several or isinstance(getattr(value, "params", None), Mapping)


def meant(name: str, names: list[str]) -> list[str]:
    """Which of the names somebody may have meant."""
    others = [other for other in OTHER_NAMES.get(name, ()) if other in names]
    return others[:2] or get_close_matches(name, names, n=1)


def _unknown(kwargs: Mapping[str, Any], names: list[str]) -> Iterator[str]:
    for name in kwargs:
        if name not in names:
            hint = f"; {HINTS[name]}" if name in HINTS else ""
            if right := meant(name, names):
                hint = f", did you mean {' and '.join(right)}?"
            yield f"there is no argument {name}{hint}"


def _count(
    given: tuple[Any, ...], kwargs: Mapping[str, Any], parameters: Mapping[str, inspect.Parameter]
) -> Iterator[str]:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    placed = [name for name, p in parameters.items() if p.kind in kinds and name != "self"]
    if len(given) > len(placed):
        yield f"expected at most {len(placed)} arguments without a name, got {len(given)}"
    if twice := [name for name in placed[: len(given)] if name in kwargs]:
        yield f"{' and '.join(twice)} came twice"
    filled = {*placed[: len(given)], *kwargs, "self"}
    missing = [
        name for name, p in parameters.items() if p.default is p.empty and name not in filled
    ]
    if missing and not any(name not in parameters for name in kwargs):
        yield f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing"
