"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layers.base import predict
from layers.checks import count, generator, numbers
from layers.params import Array
from nets.training.evaluate import classifies, evaluate
from nets.training.history import History
from nets.training.minibatches import minibatches
from nets.training.progress import progress_display
from nets.training.step import Step


@dataclass
class Training:
    """A run under way, as callbacks see it after each epoch.

    Attributes
    ----------
    net, loss, optimizer
        What `fit` was called with.
    history : History
        The epochs so far.
    stopped : str
        Why the run ends after this epoch; empty while it goes on.
    """

    net: Any
    loss: Any
    optimizer: Any
    history: History = field(default_factory=History)
    stopped: str = ""

    def stop(self, why: str) -> None:
        """End the run after this epoch."""
        self.stopped = why


Callback = Callable[[Training], object]


def fit(
    net: Any,
    loss: Any,
    optimizer: Any,
    x: Any,
    y: Any,
    *,
    epochs: int,
    batch_size: int | None = None,
    validation: tuple[Any, Any] | None = None,
    shuffle: bool = True,
    regularizer: Any = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
    rng: Any = None,
) -> History:
    """Train a net: forward, backward and a step, for every minibatch of every epoch.

    Parameters
    ----------
    net : layer
        What is trained; its parameters are changed in place.
    loss : layer
        Takes the net's output and the targets.
    optimizer : Optimizer
        Takes the parameters and the gradients.
    x, y : array
        Examples and targets, the first axis of both counting the examples.
    epochs : int
        How often every example is seen.
    batch_size : int, optional
        None is batch gradient descent, 1 is stochastic, k is mini-batch.
    validation : tuple of array, optional
        Examples and targets that are only predicted, after every epoch.
    shuffle : bool
        Whether every epoch has its own order.
    regularizer : object, optional
        Has ``penalty(params)``, added to the loss, and ``gradients(params)``, added to the
        gradients, such as `L2`.
    callbacks : iterable of callable
        Each is called with the `Training` after every epoch, and may stop it.
    progress : bool
        Whether to show how far the run is.
    rng : None, int or numpy.random.Generator
        Where the order of the examples is drawn from.

    Returns
    -------
    History
        Loss and accuracy of every epoch: means over its minibatches, as they were when the net
        saw them.

    Raises
    ------
    ValueError, TypeError
        If examples and targets do not fit each other, the net or the loss. Nothing has been
        changed then.
    DivergenceError
        If the loss becomes nan or infinite; the parameters of the last good step are kept, but
        the optimizer remembers what it has seen: go on with a new one.

    Examples
    --------
    >>> from layers import FullyConnected, ReLU, SoftmaxCE
    >>> from nets import Sequential, datasets, fit
    >>> from optimizers import Adam
    >>> data = datasets.digits()
    >>> net = Sequential(FullyConnected(64, 32, rng=0), ReLU(), FullyConnected(32, 10, rng=1))
    >>> history = fit(net, SoftmaxCE(), Adam(0.01), data.x_train, data.y_train, epochs=3,
    ...               batch_size=32, progress=False, rng=0)
    >>> history.accuracy[-1] > 0.9
    True
    """
    callbacks = _require_parts(net, loss, optimizer, regularizer, callbacks)
    epochs, batch_size = count(epochs, "epochs", "fit"), _batch_size(batch_size)
    x, y = _examples(net, loss, x, y, "")
    if validation is not None:
        validation = _examples(net, loss, *_pair(validation), "validation ")
    rng = generator(rng, "fit")
    training = Training(net, loss, optimizer)
    step = Step(net, loss, optimizer, regularizer)
    steps = -(-len(x) // (batch_size or len(x)))
    display = progress_display(epochs, steps, len(x), enabled=progress)
    try:
        for epoch in range(1, epochs + 1):
            batches = minibatches(x, y, batch_size, shuffle=shuffle, rng=rng)
            row = _epoch(epoch, batches, step, training.history, display)
            if validation is not None:
                row |= _validated(net, loss, *validation)
            training.history.append(**row)
            display.epoch_end(row)
            for callback in callbacks:
                callback(training)
            if training.stopped:
                break
    finally:
        display.close(training.stopped)
    return training.history


def _epoch(
    epoch: int, batches: Iterable[tuple[Array, Array]], step: Step, history: History, display: Any
) -> dict[str, Any]:
    """Take the steps of one epoch, and return its row of the history."""
    began = time.perf_counter()
    measured = classifies(step.loss)
    seen, total, right = 0, 0.0, 0.0
    with np.errstate(over="ignore", invalid="ignore"):  # what they warn of is looked for below
        for number, (x, y) in enumerate(batches, 1):
            value, accuracy = step(x, y)
            if not math.isfinite(value):
                step.give_up(x, value, f"epoch {epoch}, step {number}", history)
            seen += len(x)
            total += value * len(x)
            right += accuracy * len(x)
            display.update(epoch, number, total / seen, right / seen if measured else None)
        if not step.good.look(step.net.params):
            step.give_up(x, value, f"the end of epoch {epoch}", history)
    return {
        "epoch": epoch,
        "loss": total / seen,
        "accuracy": right / seen if measured else None,
        "seconds": time.perf_counter() - began,
    }


def _batch_size(batch_size: Any) -> int | None:
    return None if batch_size is None else count(batch_size, "batch_size", "fit")


def _pair(validation: Any) -> tuple[Any, Any]:
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError(
            f"fit: expected validation=(x, y), got {type(validation).__name__}; "
            "hold some examples out and pass them"
        )
    return validation[0], validation[1]


def _validated(net: Any, loss: Any, x: Array, y: Array) -> dict[str, Any]:
    with np.errstate(over="ignore", invalid="ignore"):
        value, accuracy = evaluate(net, loss, x, y)
    return {"validation_loss": value, "validation_accuracy": accuracy}


def _require_parts(
    net: Any, loss: Any, optimizer: Any, regularizer: Any, callbacks: Any
) -> list[Callback]:
    """Refuse what cannot play its part, such as a class where an object of it is wanted."""
    parts = [
        ("a net with params, forward and backward", net, ("params", "forward", "backward")),
        ("a loss such as SoftmaxCE()", loss, ("forward", "backward")),
        ("an optimizer such as SGD(0.1)", optimizer, ("step",)),
    ]
    if regularizer is not None:
        parts.append(("a regularizer such as L2(0.001)", regularizer, ("penalty", "gradients")))
    for wanted, given, verbs in parts:
        if isinstance(given, type) or not all(hasattr(given, verb) for verb in verbs):
            raise TypeError(f"fit: expected {wanted}, got {given!r}")
    found = list(callbacks) if isinstance(callbacks, Iterable) else [callbacks, None]
    if not all(callable(callback) for callback in found):
        raise TypeError(f"fit: expected callbacks to be a list of callables, got {callbacks!r}")
    return found


def _examples(net: Any, loss: Any, x: Any, y: Any, kind: str) -> tuple[Array, Array]:
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
