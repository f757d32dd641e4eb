"""Loss and accuracy on examples that are not trained on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from layers.core.base import LayerLike, LossLike, predict
from layers.core.checks import brief, label
from layers.core.params import Array
from layers.losses.by_class import ByClass
from nets.training import fit_arguments
from nets.training.foreign_arguments import named
from nets.training.minibatches import BatchSize, examples_in_batch, minibatches
from nets.training.tally import Tally


@named
def evaluate(
    net: LayerLike, loss: LossLike, x: ArrayLike, y: ArrayLike, batch_size: BatchSize = 1000
) -> tuple[float, float | None]:
    """Return the loss and the accuracy of a net on examples, without training on them.

    Parameters
    ----------
    net, loss : layer
        The net, and the loss that takes its output and the targets.
    x, y : array
        Examples and targets.
    batch_size : int or "all"
        The number of examples to predict at once, which limits the memory used.

    Returns
    -------
    loss : float
        The mean over all examples.
    accuracy : float or None
        The fraction of correct predictions; None for a loss that does not classify.

    Raises
    ------
    ValueError, TypeError
        If there are no examples, or they do not fit the targets, the net or the loss.

    Examples
    --------
    >>> from layers import MSE, MultiplyConstant
    >>> evaluate(MultiplyConstant(2.0), MSE(), [[1.0], [2.0]], [[2.0], [2.0]])
    (2.0, None)
    """
    fit_arguments.net_and_loss("evaluate", net, loss)
    x, y = fit_arguments.examples("evaluate", x, y)
    means = measured(net, loss, x, y, examples_in_batch("evaluate", batch_size, len(x)))
    return means["loss"], means.get("accuracy")


def measured(
    net: LayerLike, loss: LossLike, x: Array, y: Array, batch_size: int = 1000
) -> dict[str, float]:
    """Return the results of `evaluate` by name, without its checks."""
    tally, accuracy = Tally(), fit_arguments.accuracy(loss)
    for x_batch, y_batch in minibatches(x, y, batch_size, shuffle=False):
        scores = predict(net, x_batch)
        value = predict(loss, scores, y_batch)
        tally.add(len(x_batch), measures(loss, value, scores, y_batch, accuracy))
    return tally.means


@np.errstate(over="ignore", invalid="ignore")
def validated(
    net: LayerLike, loss: LossLike, held_out: tuple[Array, Array] | None
) -> dict[str, float]:
    """The columns of `History` that are measured on held-out examples."""
    means = measured(net, loss, *held_out) if held_out else {}
    return {f"validation_{name}": value for name, value in means.items()}


def measures(
    loss: LossLike, value: object, scores: Array, y: Array, accuracy: Callable[..., Any] | None
) -> dict[str, float]:
    """The loss of a batch and, for a loss that classifies, the accuracy."""
    if type(value) is not float:  # as the losses here return it
        number = np.asarray(value)
        if number.size != 1 or number.dtype.kind not in "fiub":
            raise TypeError(
                f"{label(loss)}: expected forward to return a number, the mean over the batch, "
                f"got {brief(value)}"
            )
        value = float(number.item())
    if accuracy is not None:
        return {"loss": value, "accuracy": float(accuracy(scores, y))}
    return {"loss": value}


def accuracy_in_training(loss: Any) -> Callable[..., Any] | None:
    """Return a way to measure the accuracy after `forward`, which has checked its arguments."""
    accuracy = fit_arguments.accuracy(loss)
    ours = getattr(accuracy, "__func__", None) is vars(ByClass)["accuracy"].__func__
    return loss.accuracy_of_checked if ours else accuracy
