"""Arguments by a name that other libraries use, answered with the name here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

VALIDATION = ("validation", "pass validation=(x, y)")
RATE = ("optimizer", "the learning rate belongs to the optimizer, such as SGD(0.1)")
PENALTY = ("regularizer", "pass regularizer=L2(0.001), for instance")
SEED = ("rng", "pass rng=0, for instance")
MEANT = {  # by the names of other libraries: an argument that the function must have, and a remedy
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
    "mode": ("monitor", "an accuracy is to rise and a loss to fall, whatever is passed"),
    "X": ("x", "pass x"),
    "labels": ("y", "pass y"),
    "targets": ("y", "pass y"),
}


def named(function: Callable[P, T]) -> Callable[P, T]:
    """The same function, which answers an unknown argument with the name that was meant.

    Examples
    --------
    >>> @named
    ... def run(x, *, epochs=1):
    ...     return x * epochs
    >>> run(2, epoch=3)
    Traceback (most recent call last):
    TypeError: run: there is no argument 'epoch'; pass epochs
    """
    parameters = inspect.signature(function).parameters
    owner = function.__qualname__.removesuffix(".__init__")

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        if kwargs.keys() <= parameters.keys():
            return function(*args, **kwargs)
        unknown = next(name for name in kwargs if name not in parameters)
        raise TypeError(
            f"{owner}: there is no argument {unknown!r}; {_remedy(unknown, parameters)}"
        )

    return checked


def _remedy(unknown: str, parameters: Iterable[str]) -> str:
    known = [name for name in parameters if name != "self"]
    wanted, remedy = MEANT.get(unknown, ("", ""))
    if wanted in known:
        return remedy
    if close := get_close_matches(unknown, known, 1):
        return f"pass {close[0]}"
    return f"there are {', '.join(known)}"
