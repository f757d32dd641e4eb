"""Arguments by the names of other libraries, answered with the name to use here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sized
from difflib import get_close_matches
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

VALIDATION = ("validation", "pass validation=(x, y)")
RATE = ("optimizer", "the learning rate belongs to the optimizer, such as SGD(0.1)")
PENALTY = ("regularizer", "pass regularizer=L2(0.001), for instance")
SEED = ("rng", "pass rng=0, for instance")
MEANT = {  # foreign name: an argument of the function for which the remedy applies, the remedy
    "validation_data": VALIDATION,
    "validation_split": ("validation", "hold some examples out and pass validation=(x, y)"),
    "val": VALIDATION,
    "x_val": VALIDATION,
    "lr": RATE,
    "learning_rate": RATE,
    "momentum": ("optimizer", "pass it to the optimizer, such as SGD(0.1, momentum=0.9)"),
    "weight_decay": PENALTY,
    "l2": PENALTY,
    "reg": PENALTY,
    "verbose": ("progress", "pass progress=True or progress=False"),
    "metrics": ("loss", "the accuracy is measured anyway, where the loss classifies"),
    "criterion": ("loss", "pass it as loss"),
    "seed": SEED,
    "random_state": SEED,
    "early_stopping": ("callbacks", "pass callbacks=[EarlyStopping(patience=5)]"),
    "restore_best_weights": ("monitor", "the best parameters are always restored"),
    "mode": ("monitor", "a loss should fall and an accuracy rise, whatever is passed"),
    "X": ("x", "pass x"),
    "labels": ("y", "pass y"),
    "targets": ("y", "pass y"),
}


def named(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function so that errors about its arguments say what to pass.

    Examples
    --------
    >>> @named
    ... def run(x, *, epochs=1):
    ...     return x * epochs
    >>> run(2, epoch=3)
    Traceback (most recent call last):
    TypeError: run: there is no argument 'epoch'; pass epochs
    """
    signature = inspect.signature(function)
    owner = function.__qualname__.removesuffix(".__init__")

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{owner}: {_explained(error, signature, args, kwargs)}") from None
        return function(*args, **kwargs)

    return checked


def _explained(
    error: TypeError, signature: inspect.Signature, args: Sized, kwargs: Iterable[str]
) -> str:
    """Why arguments do not fit a signature, and what to pass."""
    kinds = {name: p.kind for name, p in signature.parameters.items()}
    known = [name for name in kinds if name != "self"]
    for name in kwargs:
        if name not in kinds:
            return f"there is no argument {name!r}; {_remedy(name, known)}"
    by_place = [name for name, kind in kinds.items() if kind is not inspect.Parameter.KEYWORD_ONLY]
    if len(args) > len(by_place):
        places = ", ".join(name for name in by_place if name != "self")
        return f"the positional arguments are {places}; pass all others by name"
    return f"{error}; the arguments are {', '.join(known)}"


def _remedy(unknown: str, known: list[str]) -> str:
    argument, remedy = MEANT.get(unknown, ("", ""))
    if argument in known:
        return remedy
    if close := get_close_matches(unknown, known, 1):
        return f"pass {close[0]}"
    return f"there are {', '.join(known)}"
