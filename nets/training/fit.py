"""The training loop."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import LayerLike, LossLike, without_dx
from layers.core.checks import Rng, count, flag, generator
from layers.core.params import Array
from nets.errors import pair
from nets.training import fit_arguments, guessing, regularizers
from nets.training.augmented import Augment, augmented, check_augment
from nets.training.divergence import check_figures, check_params
from nets.training.evaluate import accuracy_in_training, measures, validated
from nets.training.foreign_arguments import named
from nets.training.history import History
from nets.training.minibatches import BatchSize, examples_in_batch, minibatches
from nets.training.progress.progress import Progress, progress_display
from nets.training.regularizers import Penalty
from nets.training.snapshot import Snapshot
from nets.training.tally import Tally
from nets.training.training import Callback, Training, running
from optimizers.optimizer import OptimizerLike


@named
def fit(
    net: LayerLike,
    loss: LossLike,
    optimizer: OptimizerLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int,
    batch_size: BatchSize = 32,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    shuffle: bool = True,
    augment: Augment | None = None,
    regularizer: Penalty | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
    rng: Rng = None,
) -> History:
    """Train a net: forward, backward and a step for every minibatch of every epoch.

    Parameters
    ----------
    net, loss : layer
        The net, and the loss that takes its output and the targets.
    optimizer : Optimizer
        Changes the parameters of the net in place.
    x, y : array
        Examples and targets; the first axis of both counts the examples.
    epochs : int
        The number of passes over the examples.
    batch_size : int or "all"
        The number of examples in a step. ``len(x)``, or more, "all" and None are batch gradient
        descent, one step per epoch; 1 is stochastic gradient descent.
    validation : tuple of array, optional
        Examples and targets to evaluate after every epoch, and not to train on.
    shuffle : bool
        Whether to shuffle the examples in every epoch.
    augment : callable, optional
        Takes a minibatch of x and returns a changed one of as many examples, on which the net is
        then trained: `nets.datasets.RandomFlip`, for instance. It gets a copy, every time anew.
        The validation is not changed.
    regularizer : object, optional
        An object with ``penalty(params)`` and ``gradients(params)``, which are added to the
        gradients of the loss, such as `L2`. The penalty has its own column in the history.
    callbacks : iterable of callable
        Each is called with the `Training` after every epoch, and may stop it, such as
        `EarlyStopping`. Its method ``finish``, if any, is called when the run ends, even by an
        error or Ctrl-C; its attribute ``needs`` names columns that the run must measure.
    progress : bool
        Whether to show the progress of the run, and a warning if it ended worse than guessing.
    rng : None, int or numpy.random.Generator
        The source of the random order of the examples.

    Returns
    -------
    History
        The means over the minibatches of every epoch, measured before each step.

    Raises
    ------
    ValueError, TypeError
        Before anything is changed, if the examples do not fit the targets, the net or the loss.
    DivergenceError
        If the loss or a parameter becomes nan or infinite. The net, but not the optimizer, is
        restored to its state at the start of the last epoch with a finite loss.

    Notes
    -----
    An exception that ends the run, even a ``KeyboardInterrupt``, has the complete epochs as
    ``error.history``; the net keeps its steps. Examples in float16 are cast to float32.

    Examples
    --------
    >>> from layers import FullyConnected, SoftmaxCE
    >>> from nets import datasets
    >>> from optimizers import Adam
    >>> data, net = datasets.digits(), FullyConnected(64, 10, rng=0)
    >>> x, y = data.x_train, data.y_train
    >>> history = fit(net, SoftmaxCE(), Adam(0.01), x, y, epochs=3, progress=False, rng=0)
    >>> history.accuracy[-1] > 0.9
    True
    """
    callbacks = fit_arguments.parts(net, loss, optimizer, regularizer, callbacks)
    check_augment(augment)
    epochs, rng = count("fit", "epochs", epochs), generator("fit", rng)
    shuffle, progress = flag("fit", "shuffle", shuffle), flag("fit", "progress", progress)
    fit_arguments.columns(callbacks, loss, regularizer, validation)
    x, y = fit_arguments.examples("fit", x, y)
    size = examples_in_batch("fit", batch_size, len(x))
    fit_arguments.fitting(net, loss, x, y)
    held_out = fit_arguments.held_out(net, loss, validation)
    display = progress_display(epochs, -(-len(x) // size), len(x), enabled=progress)
    training = Training(net, loss, optimizer, epochs)
    with running(training, callbacks, display):
        while not training.last:
            batches = minibatches(x, y, size, shuffle=shuffle, rng=rng)
            batches = ((augmented(augment, xb), yb) for xb, yb in batches)
            row = _epoch(training, batches, regularizer, display) | validated(net, loss, held_out)
            training.history.append(**row)
            display.epoch_end(row)
            for callback in callbacks:
                callback(training)
        training.remark = guessing.remark(training.history.loss, net, loss, x, y)
    return training.history


@np.errstate(over="ignore", invalid="ignore")  # nan and inf are checked for
def _epoch(
    training: Training,
    batches: Iterable[tuple[Array, Array]],
    regularizer: Penalty | None,
    display: Progress,
) -> dict[str, Any]:
    """Take a step for every minibatch, and return a row of the history."""
    net, loss, epoch = training.net, training.loss, len(training.history) + 1
    started, tally, began = time.perf_counter(), Tally(), Snapshot(net, epoch)
    accuracy = accuracy_in_training(loss)
    for number, (x, y) in enumerate(batches, 1):
        scores, params = net.forward(x), net.params
        figures = measures(loss, loss.forward(scores, y), scores, y, accuracy)
        if regularizer is not None:
            figures["penalty"] = regularizers.penalty(regularizer, params)
        check_figures(training, x, figures, epoch, number)
        if training.began is not began:  # with which the loss is finite
            training.began = began
        dscores, _ = pair(loss, loss.backward())
        _, grads = pair(net, without_dx(net, dscores))
        if regularizer is not None:
            grads = regularizers.with_penalty(regularizer, params, grads)
        training.optimizer.step(params, grads)
        tally.add(len(x), figures)
        display.update(epoch, number, tally)
    check_params(training, x, figures, epoch)
    return {"epoch": epoch, **tally.means, "seconds": time.perf_counter() - started}
