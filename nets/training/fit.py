"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layers.checks import count, flag, generator
from layers.params import Array
from nets.training import checks
from nets.training.evaluate import evaluate
from nets.training.history import History
from nets.training.minibatches import BatchSize, examples_in_batch, minibatches
from nets.training.progress import progress_display
from nets.training.step import Step
from nets.training.tally import Tally


@dataclass
class Training:
    """A run under way, as callbacks see it after each epoch.

    Attributes
    ----------
    net, loss, optimizer, epochs
        What `fit` was called with.
    history : History
        The epochs so far.
    stopped : str
        Why the run ends after this epoch; empty while it goes on.
    """

    net: Any
    loss: Any
    optimizer: Any
    epochs: int
    history: History = field(default_factory=History)
    stopped: str = ""

    def stop(self, why: str) -> None:
        """End the run after this epoch."""
        self.stopped = why

    @property
    def last(self) -> bool:
        """Whether the run ends after this epoch, as far as is known."""
        return bool(self.stopped) or len(self.history) == self.epochs


Callback = Callable[[Training], object]


def fit(
    net: Any,
    loss: Any,
    optimizer: Any,
    x: Any,
    y: Any,
    *,
    epochs: int,
    batch_size: BatchSize = 32,
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
    batch_size : int or "all"
        How many examples a step sees. ``len(x)`` or "all" is batch gradient descent, with one
        step an epoch, and so is any larger number; 1 is stochastic gradient descent. None is
        "all".
    validation : tuple of array, optional
        Examples and targets that are only predicted, after every epoch.
    shuffle : bool
        Whether every epoch has its own order.
    regularizer : object, optional
        Has ``penalty(params)``, added to the loss, and ``gradients(params)``, added to the
        gradients, such as `L2`.
    callbacks : iterable of callable
        Each is called with the `Training` after every epoch, and may stop it: `EarlyStopping`.
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
    ...               progress=False, rng=0)
    >>> history.accuracy[-1] > 0.9
    True
    """
    callbacks = checks.parts(net, loss, optimizer, regularizer, callbacks)
    epochs = count(epochs, "epochs", "fit")
    examples_in_batch(batch_size, 1, "fit")  # before the net sees an example
    x, y = checks.examples(net, loss, x, y, "")
    if validation is not None:
        validation = checks.examples(net, loss, *checks.pair(validation), "validation ")
    checks.watched(callbacks, loss, validation)
    rng, shuffle = generator(rng, "fit"), flag(shuffle, "shuffle", "fit")
    training = Training(net, loss, optimizer, epochs)
    step = Step(net, loss, optimizer, regularizer)
    size = examples_in_batch(batch_size, len(x), "fit")
    steps = -(-len(x) // size)
    display = progress_display(epochs, steps, len(x), enabled=progress)
    try:
        for epoch in range(1, epochs + 1):
            batches = minibatches(x, y, size, shuffle=shuffle, rng=rng)
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
    tally = Tally(step.loss)
    with np.errstate(over="ignore", invalid="ignore"):  # what they warn of is looked for below
        for number, (x, y) in enumerate(batches, 1):
            value, scores = step(x, y)
            if not math.isfinite(value):
                step.give_up(x, value, f"epoch {epoch}, step {number}", history)
            tally.add(value, scores, y)
            display.update(epoch, number, tally)
        if not step.good.look(step.net.params):
            step.give_up(x, value, f"the end of epoch {epoch}", history)
    return {
        "epoch": epoch,
        "loss": tally.loss,
        "accuracy": tally.accuracy,
        "seconds": time.perf_counter() - began,
    }


def _validated(net: Any, loss: Any, x: Array, y: Array) -> dict[str, Any]:
    with np.errstate(over="ignore", invalid="ignore"):
        value, accuracy = evaluate(net, loss, x, y)
    return {"validation_loss": value, "validation_accuracy": accuracy}
