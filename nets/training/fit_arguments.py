"""What training requires of its arguments, and the sentences that say so."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from layers.core.base import Layer, predict
from layers.core.checks import brief, numbers
from layers.core.params import Array

ORDER = {
    "fit": "fit(net, loss, optimizer, x, y, epochs=...)",
    "evaluate": "evaluate(net, loss, x, y)",
}


def net_and_loss(net: Any, loss: Any, owner: str) -> None:
    """Refuse what is not a net or not a loss, such as a class where an object of it is wanted."""
    verbs = ("params", "forward", "backward") if owner == "fit" else ("forward",)
    part("net", "a net with " + ", ".join(verbs), net, verbs, owner)
    part("loss", "a loss such as SoftmaxCE()", loss, verbs[1:] or verbs, owner)
    for name, given, wanted in (("net", net, ("x",)), ("loss", loss, ("scores", "targets"))):
        if not _takes(given.forward, wanted):
            raise TypeError(
                f"{owner}: expected a {name} with a forward that takes {' and '.join(wanted)}, "
                f"got {brief(given)}; the order is {ORDER[owner]}"
            )


def part(name: str, wanted: str, given: Any, verbs: Iterable[str], owner: str) -> None:
    """Refuse what cannot play its part."""
    if isinstance(given, type):
        raise TypeError(
            f"{owner}: expected {wanted}, got {given!r}, the class; pass an object of it, such as "
            f"{name}={given.__name__}(...)"
        )
    if not all(callable(getattr(given, v, None)) or v == "params" for v in verbs) or (
        "params" in verbs and not hasattr(given, "params")
    ):
        raise TypeError(
            f"{owner}: expected {wanted}, got {brief(given)}; the order is {ORDER[owner]}"
        )


def parts(
    net: Any, loss: Any, optimizer: Any, regularizer: Any, callbacks: Any
) -> list[Callable[..., object]]:
    """Refuse what `fit` cannot work with, and return the callbacks."""
    net_and_loss(net, loss, "fit")
    part("optimizer", "an optimizer such as SGD(0.1)", optimizer, ("step",), "fit")
    if regularizer is not None:
        wanted = "a regularizer such as L2(0.001)"
        part("regularizer", wanted, regularizer, ("penalty", "gradients"), "fit")
    if not isinstance(net.params, Mapping):
        raise TypeError(f"fit: expected net.params to be a dict, got {type(net.params).__name__}")
    for name, theta in net.params.items():
        if not isinstance(theta, np.ndarray):
            raise TypeError(
                f"fit: expected net.params[{name!r}] to be an array, which a step changes in "
                f"place, got {brief(theta)}; put np.array(...) there"
            )
        if theta.dtype.kind == "f" and not np.isfinite(theta).all():
            raise ValueError(
                f"fit: expected finite numbers in net.params[{name!r}], got nan or infinity, "
                "perhaps from an earlier run; begin with a new net"
            )
    return _callables(callbacks)


def _callables(callbacks: Any) -> list[Callable[..., object]]:
    found = list(callbacks) if np.iterable(callbacks) else [callbacks, None]
    if not all(
        callable(callback) and not isinstance(callback, (type, Layer)) for callback in found
    ):
        alone = callable(callbacks) and not isinstance(callbacks, (type, Layer))
        hint = "; write callbacks=[...] around it" if alone else ""
        raise TypeError(
            "fit: expected callbacks to be a list of callables, such as "
            f"[EarlyStopping(patience=5)], got {brief(callbacks)}{hint}"
        )
    return found


def examples(x: Any, y: Any, owner: str, kind: str = "") -> tuple[Array, Array]:
    """Finite numbers, as many targets as examples."""
    x, y = array(x, f"{kind}x", owner), array(y, f"{kind}y", owner)
    if not x.ndim or not y.ndim or len(x) != len(y):
        raise ValueError(
            f"{owner}: expected {kind}x and {kind}y with one entry for each example, "
            f"got shapes {x.shape} and {y.shape}"
        )
    if not len(x):
        raise ValueError(f"{owner}: expected at least one example in {kind}x, got shape {x.shape}")
    for name, given in ((f"{kind}x", x), (f"{kind}y", y)):
        if given.dtype.kind == "f" and not np.isfinite(given).all():
            where = [int(i) for i in np.argwhere(~np.isfinite(given))[0]]
            raise ValueError(
                f"{owner}: expected finite numbers in {name}, got {given[tuple(where)]} at {where}"
            )
    return x, y


def fitting(net: Any, loss: Any, x: Array, y: Array) -> None:
    """Refuse examples that are not for the net, and targets that are not for the loss."""
    output = _output(net, x, y)
    if not hasattr(loss, "check"):
        return
    shape = (len(x), *output[1:])
    try:
        loss.check(shape, y)
    except ValueError as error:
        if y.size != len(x) or shape != (len(x), 1) or y.shape == shape:
            raise
        raise ValueError(f"{error}; pass y.reshape(-1, 1)") from None


def array(value: Any, name: str, owner: str) -> Array:
    """Numbers in the machine's byte order, and in single precision where they came in half."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{owner}: expected {name} without a mask, got a masked array; fill it, "
            f"{name.split()[-1]}.filled(0), or leave the examples out"
        )
    try:
        found = numbers(owner, name, value)
    except TypeError as error:
        raise TypeError(f"{error}{_remedy(value, name)}") from None
    if found.dtype == np.float16:
        return found.astype(np.float32)
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def _remedy(value: Any, name: str) -> str:
    """What to do about examples or targets that are not numbers."""
    if value is None:
        return ""
    kinds: Any = getattr(value, "dtypes", None)  # of the columns of a DataFrame
    if getattr(kinds, "ndim", 0):
        columns = [str(column) for column, kind in kinds.items() if kind.kind not in "fiub"]
        return f"; not numbers are the columns {', '.join(columns[:5])}" if columns else ""
    if name.endswith("y") and np.asarray(value).ndim == 1:
        return "; number the classes: names, y = np.unique(y, return_inverse=True)"
    return ""


def _output(net: Any, x: Array, y: Array) -> tuple[int, ...]:
    """The shape of what the net makes of the first example."""
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            return np.shape(predict(net, x[:1].copy()))
        except (ValueError, TypeError, IndexError) as error:
            if not _predicts(net, y[:1].copy()):
                raise
            raise type(error)(
                f"fit: the net takes y and not x, so they are probably swapped; of x, {error}"
            ) from None


def _predicts(net: Any, x: Array) -> bool:
    try:
        predict(net, x)
    except Exception:
        return False
    return True


def measured(callbacks: Iterable[Any], loss: Any, regularizer: Any, validation: Any) -> None:
    """Refuse a callback that needs a column that the run will not have."""
    columns = ["loss", "accuracy"] if classifies(loss) else ["loss"]
    if validation is not None:
        columns += [f"validation_{name}" for name in columns]
    if regularizer is not None:
        columns.append("penalty")
    for callback in callbacks:
        needs = getattr(callback, "needs", ())
        for name in [needs] if isinstance(needs, str) else needs:
            if name not in (*columns, "epoch", "seconds"):
                hint = "; pass validation=(x, y) too" if validation is None else ""
                raise ValueError(
                    f"fit: {brief(callback, 100)} needs {name}, but this run measures only "
                    f"{' and '.join(columns)}{hint}"
                )


def classifies(loss: Any) -> bool:
    """Whether the loss can tell correct predictions from wrong ones."""
    return callable(getattr(loss, "accuracy", None))


def pair(validation: Any) -> tuple[Any, Any]:
    """Examples and targets that are held out."""
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        size = f" of {len(validation)}" if isinstance(validation, (tuple, list)) else ""
        raise TypeError(
            f"fit: expected validation=(x, y), got {type(validation).__name__}{size}; "
            "hold some examples out and pass them"
        )
    return validation[0], validation[1]


def _takes(function: Any, names: Iterable[str]) -> bool:
    """Whether a function can be called with so many arguments, as far as it tells."""
    try:
        inspect.signature(function).bind(*names)
    except TypeError:
        return False
    except ValueError:  # it has no signature
        return True
    return True
