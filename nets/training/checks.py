"""What `fit` requires of its arguments, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from layers.base import predict
from layers.checks import numbers
from layers.params import Array
from nets.training.early_stopping import EarlyStopping
from nets.training.evaluate import classifies


def parts(
    net: Any, loss: Any, optimizer: Any, regularizer: Any, callbacks: Any
) -> list[Callable[..., object]]:
    """Refuse what cannot play its part, such as a class where an object of it is wanted."""
    wanted_parts = [
        ("a net with params, forward and backward", net, ("params", "forward", "backward")),
        ("a loss such as SoftmaxCE()", loss, ("forward", "backward")),
        ("an optimizer such as SGD(0.1)", optimizer, ("step",)),
    ]
    if regularizer is not None:
        wanted_parts.append(
            ("a regularizer such as L2(0.001)", regularizer, ("penalty", "gradients"))
        )
    for wanted, given, verbs in wanted_parts:
        if isinstance(given, type) or not all(hasattr(given, verb) for verb in verbs):
            raise TypeError(f"fit: expected {wanted}, got {given!r}")
    if not isinstance(net.params, Mapping):
        raise TypeError(f"fit: expected net.params to be a dict, got {type(net.params).__name__}")
    found = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks, None]
    if not all(callable(callback) for callback in found):
        raise TypeError(f"fit: expected callbacks to be a list of callables, got {callbacks!r}")
    return found


def examples(net: Any, loss: Any, x: Any, y: Any, kind: str) -> tuple[Array, Array]:
    """Examples and targets that fit each other, the net and the loss."""
    x, y = numbers(x, f"{kind}x", "fit"), numbers(y, f"{kind}y", "fit")
    if not x.ndim or not y.ndim or len(x) != len(y):
        raise ValueError(
            f"fit: expected {kind}x and {kind}y with one entry for each example, "
            f"got shapes {x.shape} and {y.shape}"
        )
    if not len(x):
        raise ValueError(f"fit: expected at least one example in {kind}x, got shape {x.shape}")
    for name, array in ((f"{kind}x", x), (f"{kind}y", y)):
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            where = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
            raise ValueError(
                f"fit: expected finite numbers in {name}, got {array[tuple(where)]} at {where}"
            )
    with np.errstate(over="ignore", invalid="ignore"):
        output = np.shape(predict(net, x[:1]))
    if hasattr(loss, "check"):
        loss.check((len(x), *output[1:]), y)
    return x, y


def watched(callbacks: Iterable[Any], loss: Any, validation: Any) -> None:
    """Refuse to stop early by a curve that the run will not have."""
    measured = ["loss", "accuracy"] if classifies(loss) else ["loss"]
    if validation is not None:
        measured += [f"validation_{name}" for name in measured]
    for callback in callbacks:
        if isinstance(callback, EarlyStopping) and callback.monitor not in measured:
            hint = "" if validation is not None else "; pass validation=(x, y) too"
            raise ValueError(
                f"fit: {callback!r} watches {callback.monitor}, but this run measures only "
                f"{' and '.join(measured)}{hint}"
            )


def pair(validation: Any) -> tuple[Any, Any]:
    """Examples and targets that are held out."""
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError(
            f"fit: expected validation=(x, y), got {type(validation).__name__}; "
            "hold some examples out and pass them"
        )
    return validation[0], validation[1]
