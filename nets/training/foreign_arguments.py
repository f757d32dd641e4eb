"""Arguments by the names of other libraries, answered with the name to use here."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import ParamSpec, TypeVar

from optimizers.spelling import spelled

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
    **dict.fromkeys(
        ("transform", "augmentation", "data_augmentation"),
        ("augment", "pass augment=, a function of a batch, such as RandomFlip()"),
    ),
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
    ... def run(x, *, progress=True):
    ...     return x
    >>> run(2, verbose=3)  # doctest: +NORMALIZE_WHITESPACE
    Traceback (most recent call last):
    TypeError: run: there is no argument verbose; pass progress=True or progress=False.
    It takes x, progress
    """
    return spelled(function, _hint)


def _hint(unknown: str, known: list[str]) -> str:
    argument, remedy = MEANT.get(unknown, ("", ""))
    if argument not in known:
        return "".join(f"; did you mean {name}?" for name in get_close_matches(unknown, known, 1))
    return f"; {remedy}"
