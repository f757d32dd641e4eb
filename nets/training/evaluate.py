"""Loss and accuracy on examples that are not trained on."""

from __future__ import annotations

from typing import Any

import numpy as np

from layers.core.base import predict
from layers.core.checks import brief, label
from layers.core.params import Array
from nets.training import fit_arguments
from nets.training.foreign_arguments import named
from nets.training.minibatches import BatchSize, examples_in_batch, minibatches
from nets.training.tally import Tally


@named
def evaluate(
    net: Any, loss: Any, x: Any, y: Any, batch_size: BatchSize = 1000
) -> tuple[float, float | None]:
    """Loss and accuracy of a net on examples that it only predicts.

    Parameters
    ----------
    net, loss : layer
        The net, and the loss that takes its output and the targets.
    x, y : array
        Examples and targets.
    batch_size : int or "all"
        How many examples are predicted at once, which bounds the memory.

    Returns
    -------
    loss : float
        The mean over all examples.
    accuracy : float or None
        The share of correct predictions; None for a loss that does not classify.

    Raises
    ------
    ValueError, TypeError
        If the examples and targets do not fit each other, the net or the loss, or there are none.

    Examples
    --------
    >>> from layers import MSE, MultiplyConstant
    >>> evaluate(MultiplyConstant(2.0), MSE(), [[1.0], [2.0]], [[2.0], [2.0]])
    (2.0, None)
    """
    fit_arguments.net_and_loss(net, loss, "evaluate")
    examples_in_batch(batch_size, 1, "evaluate")
    x, y = fit_arguments.examples(x, y, "evaluate")
    means = measured(net, loss, x, y, batch_size)
    return means["loss"], means.get("accuracy")


def measured(net: Any, loss: Any, x: Array, y: Array, batch_size: BatchSize) -> dict[str, float]:
    """What `evaluate` returns, by name, without its checks."""
    tally = Tally()
    for x_batch, y_batch in minibatches(x, y, batch_size, shuffle=False):
        scores = predict(net, x_batch)
        tally.add(len(x_batch), measures(loss, predict(loss, scores, y_batch), scores, y_batch))
    return tally.means


def measures(loss: Any, value: Any, scores: Array, y: Array) -> dict[str, float]:
    """The loss of a batch and, for a loss that classifies, the accuracy."""
    number = np.asarray(value)
    if number.size != 1 or number.dtype.kind not in "fiub":
        raise TypeError(
            f"{label(loss)}: expected forward to return a number, the mean over the batch, got "
            f"{brief(value)}"
        )
    found = {"loss": float(number.item())}
    if fit_arguments.classifies(loss):
        found["accuracy"] = float(loss.accuracy(scores, y))
    return found
