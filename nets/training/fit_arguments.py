"""The checks of the arguments of `fit` and `evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import Layer, LayerLike, LossLike, predict
from layers.core.checks import allowed, brief, numbers
from layers.core.params import Array
from nets.arguments import strings
from nets.training.regularizers import Penalty
from optimizers.optimizer import OptimizerLike
from optimizers.requirements import takes

ORDER = {
    "fit": "fit(net, loss, optimizer, x, y, epochs=...)",
    "evaluate": "evaluate(net, loss, x, y)",
}


def net_and_loss(owner: str, net: LayerLike, loss: LossLike) -> None:
    """Raise unless the net and the loss have the methods that are called."""
    verbs = ("params", "forward", "backward") if owner == "fit" else ("forward",)
    _part(owner, "net", f"a net with {', '.join(verbs)}", net, verbs)
    _part(owner, "loss", "a loss such as SoftmaxCE()", loss, verbs[1:] or verbs)
    for name, given, inputs in (("net", net, ["x"]), ("loss", loss, ["scores", "targets"])):
        if not takes(given.forward, *inputs):
            raise TypeError(
                f"{owner}: expected a {name} with a forward that takes {' and '.join(inputs)}, "
                f"got {brief(given)}; the order is {ORDER[owner]}"
            )


def _part(owner: str, name: str, expected: str, given: object, verbs: Iterable[str]) -> None:
    if isinstance(given, type):
        raise TypeError(
            f"{owner}: expected {expected}, got {given!r}, the class; pass an object of it, such "
            f"as {name}={given.__name__}(...)"
        )
    if not all(hasattr(given, v) and (v == "params" or callable(getattr(given, v))) for v in verbs):
        raise TypeError(
            f"{owner}: expected {expected}, got {brief(given)}; the order is {ORDER[owner]}"
        )


def parts(
    net: LayerLike,
    loss: LossLike,
    optimizer: OptimizerLike,
    regularizer: Penalty | None,
    callbacks: Any,
) -> list[Callable[..., object]]:
    """Raise unless `fit` can work with these objects, and return the callbacks as a list."""
    net_and_loss("fit", net, loss)
    _part("fit", "optimizer", "an optimizer such as SGD(0.1)", optimizer, ["step"])
    if regularizer is not None:
        expected = "a regularizer such as L2(0.001)"
        _part("fit", "regularizer", expected, regularizer, ["penalty", "gradients"])
    if not isinstance(net.params, Mapping):
        raise TypeError(f"fit: expected net.params to be a dict, got {type(net.params).__name__}")
    for name, theta in net.params.items():
        if not isinstance(theta, np.ndarray):
            raise TypeError(
                f"fit: expected net.params[{name!r}] to be an array, which a step changes in "
                f"place, got {brief(theta)}; store np.array(...) instead"
            )
        if theta.dtype.kind == "f" and not np.isfinite(theta).all():
            raise ValueError(
                f"fit: expected finite numbers in net.params[{name!r}], got nan or infinity, "
                "perhaps from an earlier run; start with a new net"
            )
    found = list(callbacks) if np.iterable(callbacks) else [callbacks]
    if not np.iterable(callbacks) or not all(map(_is_callback, found)):
        hint = "; write callbacks=[...] around it" if _is_callback(callbacks) else ""
        raise TypeError(
            "fit: expected callbacks to be a list of callables, such as "
            f"[EarlyStopping(patience=5)], got {brief(callbacks)}{hint}"
        )
    return found


def _is_callback(value: object) -> bool:
    return callable(value) and not isinstance(value, (type, Layer))


def columns(
    callbacks: Iterable[Any],
    loss: LossLike,
    regularizer: Penalty | None,
    validation: tuple[ArrayLike, ArrayLike] | None,
) -> None:
    """Raise if a callback needs a column that the run does not measure."""
    names = ["loss", "accuracy"] if accuracy(loss) else ["loss"]
    if validation is not None:
        names += [f"validation_{name}" for name in names]
    if regularizer is not None:
        names.append("penalty")
    for callback in callbacks:
        needs = getattr(callback, "needs", ())
        needs = [needs] if isinstance(needs, str) else needs
        for name in strings("fit", f"needs of {brief(callback)}", needs):
            if name not in (*names, "epoch", "seconds"):
                hint = "; pass validation=(x, y) too" if validation is None else ""
                raise ValueError(
                    f"fit: {brief(callback, 100)} needs {name}, but this run measures only "
                    f"{' and '.join(names)}{hint}"
                )


def accuracy(loss: LossLike) -> Callable[..., Any] | None:
    """Return the function by which the loss measures an accuracy; None if it has none."""
    measure = getattr(loss, "accuracy", None)
    return measure if callable(measure) else None


def examples(owner: str, x: ArrayLike, y: ArrayLike, kind: str = "") -> tuple[Array, Array]:
    """Return arrays of finite numbers, with a target for every example."""
    x, y = _array(owner, f"{kind}x", x), _array(owner, f"{kind}y", y)
    if not x.ndim or not y.ndim or len(x) != len(y):
        raise ValueError(
            f"{owner}: expected {kind}x and {kind}y with one entry for each example, "
            f"got shapes {x.shape} and {y.shape}"
        )
    if not len(x):
        raise ValueError(f"{owner}: expected at least one example in {kind}x, got shape {x.shape}")
    for name, given in ((f"{kind}x", x), (f"{kind}y", y)):
        allowed(owner, f"finite numbers in {name}", given, np.isfinite(given))
    return x, y


def _array(owner: str, name: str, value: ArrayLike) -> Array:
    """Return numbers in native byte order, and in float32 if they were in float16."""
    try:
        found = numbers(owner, name, value)
    except TypeError as error:
        raise TypeError(f"{error}{_remedy(value, name)}") from None
    if found.dtype == np.float16:
        return found.astype(np.float32)
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def _remedy(value: ArrayLike, name: str) -> str:
    """Return what to do about examples or targets that are not numbers."""
    kinds: Any = getattr(value, "dtypes", None)  # of the columns of a DataFrame
    if getattr(kinds, "ndim", 0):
        texts = [str(column) for column, kind in kinds.items() if kind.kind not in "fiub"]
        return f"; these columns are not numeric: {', '.join(texts[:5])}" if texts else ""
    if value is not None and name.endswith("y") and np.ndim(value) == 1:
        return "; number the classes: names, y = np.unique(y, return_inverse=True)"
    return ""


def held_out(
    net: LayerLike, loss: LossLike, validation: tuple[ArrayLike, ArrayLike] | None
) -> tuple[Array, Array] | None:
    """Return the validation examples and targets, if there are any."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        size = f" of {len(validation)}" if isinstance(validation, (tuple, list)) else ""
        raise TypeError(
            f"fit: expected validation=(x, y), got {type(validation).__name__}{size}; "
            "hold some examples out and pass them"
        )
    x, y = examples("fit", validation[0], validation[1], "validation ")
    fitting(net, loss, x, y)
    return x, y


def fitting(net: LayerLike, loss: LossLike, x: Array, y: Array) -> None:
    """Raise unless the net takes the examples and the loss the targets."""
    output = _output_shape(net, x, y)
    if not hasattr(loss, "check"):
        return
    shape = (len(x), *output[1:])
    try:
        loss.check(shape, y)
    except ValueError as error:
        if y.size != len(x) or shape != (len(x), 1) or y.shape == shape:
            raise
        raise ValueError(f"{error}; pass y.reshape(-1, 1)") from None


def _output_shape(net: LayerLike, x: Array, y: Array) -> tuple[int, ...]:
    """Return the shape of the output for the first example."""
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            output = predict(net, x[:1].copy())
        except (ValueError, TypeError, IndexError) as error:
            if not _predicts(net, y[:1].copy()):
                raise
            raise type(error)(
                f"fit: the net takes y and not x, so they are probably swapped; of x, {error}"
            ) from None
    if output is None:
        raise TypeError("fit: the net returned None for x; does every forward return its output?")
    return np.shape(output)


def _predicts(net: LayerLike, x: Array) -> bool:
    try:
        predict(net, x)
    except Exception:
        return False
    return True
