"""Errors for calls that do not fit: names from other libraries, arguments missing or too many."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)
Hint = Callable[[str, list[str]], str]

RATE = "learning_rate start"
CLIP = "norm max_norm ; wrap the optimizer: Clipped(Adam(), norm=1.0)"
CUT = "value limit ; wrap the optimizer: Clipped(Adam(), value=1.0)"
PARAMETERS = "an optimizer is not given the parameters: call step(net.params, grads)"
# Names from other libraries and lectures, and what they are called here: a class has one or two of
# these. After a semicolon comes what to do if it has none.
FOREIGN = {
    **dict.fromkeys(("lr", "eta", "rate", "step_size", "initial_learning_rate"), RATE),
    "alpha": RATE,
    **dict.fromkeys(("eps", "epsilon"), "epsilon epsilon1 epsilon2"),
    **dict.fromkeys(("betas", "beta"), "beta1 beta2 momentum"),
    **dict.fromkeys(("beta_1", "b1", "mu"), "beta1 momentum"),
    **dict.fromkeys(("beta_2", "b2", "rho", "decay_rate"), "beta2 rho alpha factor"),
    "gamma": "momentum alpha rho factor",
    **dict.fromkeys(("decay", "wd", "l2", "reg"), "weight_decay"),
    **dict.fromkeys(("T_max", "total_iters", "warmup_steps", "epochs", "n"), "steps every"),
    **dict.fromkeys(("eta_min", "end", "end_lr", "final"), "stop"),
    **dict.fromkeys(("max_norm", "clipnorm", "clip_norm", "grad_clip"), CLIP),
    **dict.fromkeys(("clip_value", "clipvalue", "max_value"), CUT),
    **dict.fromkeys(("params", "parameters", "net", "model"), f"; {PARAMETERS}"),
    "zero_grad": "; backward returns new gradients at every call, so nothing has to be zeroed",
    "param_groups": "; set optimizer.learning_rate; for other settings in other layers use two "
    "optimizers, each with its part of the parameters",
    **dict.fromkeys(
        ("minimize", "apply_gradients", "update_params"), "; call step(net.params, grads)"
    ),
}


def hint(name: str, names: list[str]) -> str:
    """Return what to do about a name that is not among `names`."""
    ours, _, remedy = FOREIGN.get(name, "").partition("; ")
    meant = [other for other in ours.split() if other in names][:2]
    if meant := meant or get_close_matches(name, names, n=1):
        return f"; did you mean {' and '.join(meant)}?"
    return remedy and f"; {remedy}"


def spelled(function: Callable[P, R], hint: Hint = hint) -> Callable[P, R]:
    """Raise an error that helps if the arguments do not fit the signature.

    Examples
    --------
    >>> run = spelled(lambda x, *, epochs=1: x * epochs)
    >>> run(2, epoch=3)
    Traceback (most recent call last):
    TypeError: <lambda>: there is no argument epoch; did you mean epochs? It takes x, epochs
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError:
            if not (message := _misfit(function, args, kwargs, hint)):
                raise
        raise TypeError(message)

    return call


def spelled_class(cls: C) -> C:
    """Do the same for the constructor of a class."""
    type.__setattr__(cls, "__init__", spelled(vars(cls)["__init__"]))
    return cls


def _misfit(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], hint: Hint
) -> str:
    """Return what is wrong with the arguments of a call; "" if they fit the signature."""
    signature = inspect.signature(function)
    names = [name for name in signature.parameters if name != "self"]
    by_name = [name for name, p in signature.parameters.items() if p.kind is p.KEYWORD_ONLY]
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        reason = str(error)
        if unknown := [name for name in kwargs if name not in names]:
            reason = f"there is no argument {unknown[0]}{hint(unknown[0], names)}"
        elif by_name and len(args) > len(signature.parameters) - len(by_name):
            reason += f"; pass {', '.join(by_name)} by name"
        owner = function.__name__
        if owner == "__init__":
            owner = type(args[0]).__name__
            if names[:1] == ["learning_rate"] and looks_like_parameters([*args, None][1]):
                reason += f"; {PARAMETERS}"
        stop = "" if reason.endswith("?") else "."
        return f"{owner}: {reason}{stop} It takes {', '.join(names) or 'no arguments'}"
    return ""


def looks_like_parameters(value: object) -> bool:
    """Whether a value is a net or its parameters, which PyTorch's optimizers take."""
    several = isinstance(value, (Mapping, list, tuple, Iterator))
    return several or isinstance(getattr(value, "params", None), Mapping)
