"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from layers.core.checks import count, flag, generator
from layers.core.params import Array
from nets.training import fit_arguments, guessing
from nets.training.divergence import all_finite, give_up
from nets.training.evaluate import measured
from nets.training.foreign_arguments import named
from nets.training.history import History
from nets.training.minibatches import BatchSize, examples_in_batch, minibatches
from nets.training.progress.progress import progress_display
from nets.training.snapshot import Snapshot
from nets.training.step import Step
from nets.training.tally import Tally
from nets.training.training import Callback, Training, finishing


@named
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
        Has ``penalty(params)`` and ``gradients(params)``, which are added to the gradients of
        the loss: `L2`, for instance. The penalty has a column of its own in the history.
    callbacks : iterable of callable
        Each is called with the `Training` after every epoch, and may stop it: `EarlyStopping`.
        A callback may have a method ``finish``, which is called with the `Training` when the run
        ends, even by an error or an interrupt (Ctrl-C), and an attribute ``needs``, the names of
        the columns of `History` that it reads: a run that does not measure them is refused.
    progress : bool
        Whether to show how far the run is, and to say at its end if the loss is far above that
        of guessing.
    rng : None, int or numpy.random.Generator
        Where the order of the examples is drawn from.

    Returns
    -------
    History
        Loss and accuracy of every epoch: means over its minibatches, as they were when the net
        saw them, without the penalty.

    Raises
    ------
    ValueError, TypeError
        If examples and targets do not fit each other, the net or the loss. Nothing has been
        changed then.
    DivergenceError
        If the loss or the parameters become nan or infinite. The parameters (and buffers) are put
        back to where the last epoch began that had a finite loss, but the optimizer remembers
        what it has seen: go on with a new one.

    Notes
    -----
    An exception that ends the run, a ``KeyboardInterrupt`` included, holds the epochs that are
    complete: ``error.history``. The net keeps the steps taken since then, unless a callback such
    as `EarlyStopping` restores others.

    Half precision is too coarse for sums: x and y in float16 are cast to float32 first.

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
    callbacks = fit_arguments.parts(net, loss, optimizer, regularizer, callbacks)
    epochs = count("fit", "epochs", epochs)
    examples_in_batch(batch_size, 1, "fit")  # before the net sees an example
    rng, shuffle = generator("fit", rng), flag("fit", "shuffle", shuffle)
    progress = flag("fit", "progress", progress)
    if validation is not None:
        validation = fit_arguments.pair(validation)
    fit_arguments.measured(callbacks, loss, regularizer, validation)
    x, y = fit_arguments.examples(x, y, "fit")
    fit_arguments.fitting(net, loss, x, y)
    if validation is not None:
        validation = fit_arguments.examples(*validation, "fit", "validation ")
        fit_arguments.fitting(net, loss, *validation)
    size = examples_in_batch(batch_size, len(x), "fit")
    display = progress_display(epochs, -(-len(x) // size), len(x), enabled=progress)
    training = Training(net, loss, optimizer, epochs)
    step = Step(net, loss, optimizer, regularizer)
    remark = ""
    try:
        with finishing(callbacks, training):
            for epoch in range(1, epochs + 1):
                batches = minibatches(x, y, size, shuffle=shuffle, rng=rng)
                row = _epoch(epoch, batches, step, training, display)
                if validation is not None:
                    row |= _validated(net, loss, *validation)
                training.history.append(**row)
                display.epoch_end(row)
                for callback in callbacks:
                    callback(training)
                if training.stopped:
                    break
        remark = guessing.remark(training.history.loss, net, loss, x, y)
    except BaseException as error:  # an interrupt, too, leaves the epochs that are complete
        error.__dict__["history"] = training.history
        raise
    finally:
        display.close("\n".join(filter(None, [training.stopped, remark])))
    return training.history


def _epoch(
    epoch: int, batches: Iterable[tuple[Array, Array]], step: Step, training: Training, display: Any
) -> dict[str, Any]:
    """Take the steps of one epoch, and return its row of the history."""
    started, tally = time.perf_counter(), Tally()
    began = Snapshot(training.net, epoch)
    with np.errstate(over="ignore", invalid="ignore"):  # what they warn of is looked for below
        for number, (x, y) in enumerate(batches, 1):
            figures = step(x, y)
            if not all(map(math.isfinite, figures.values())):
                give_up(training, x, figures, f"epoch {epoch}, step {number}")
            training.began = began  # which has proved to give a finite loss
            tally.add(len(x), figures)
            display.update(epoch, number, tally)
        if not all_finite(training.net.params):
            give_up(training, x, figures, f"the end of epoch {epoch}")
    return {"epoch": epoch, **tally.means, "seconds": time.perf_counter() - started}


def _validated(net: Any, loss: Any, x: Array, y: Array) -> dict[str, float]:
    with np.errstate(over="ignore", invalid="ignore"):
        means = measured(net, loss, x, y, 1000)
    return {f"validation_{name}": value for name, value in means.items()}
