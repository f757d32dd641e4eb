"""Loss and accuracy on examples that are not trained on."""

from __future__ import annotations

from typing import Any

from layers.base import predict
from layers.params import Array
from nets.training.minibatches import minibatches


def evaluate(
    net: Any, loss: Any, x: Any, y: Any, batch_size: int = 1000
) -> tuple[float, float | None]:
    """Loss and accuracy of a net on examples that it only predicts.

    Parameters
    ----------
    net, loss : layer
        The net, and the loss that takes its output and the targets.
    x, y : array
        Examples and targets.
    batch_size : int
        How many examples are predicted at once, which bounds the memory.

    Returns
    -------
    loss : float
        The mean over all examples.
    accuracy : float or None
        The share that is classified right; None for a loss that does not classify.

    Raises
    ------
    TypeError
        If the net or the loss has no ``forward``, or is a class in place of an object of it.
    ValueError
        If there are no examples, or not as many targets.

    Examples
    --------
    >>> from layers import MSE, MultiplyConstant
    >>> evaluate(MultiplyConstant(2.0), MSE(), [[1.0], [2.0]], [[2.0], [2.0]])
    (2.0, None)
    """
    for wanted, given in (("a net with forward", net), ("a loss such as SoftmaxCE()", loss)):
        if isinstance(given, type) or not hasattr(given, "forward"):
            raise TypeError(f"evaluate: expected {wanted}, got {given!r}")
    if not len(x):
        raise ValueError("evaluate: expected at least one example, got none")
    total, right = 0.0, 0.0
    for x_batch, y_batch in minibatches(x, y, batch_size, shuffle=False):
        scores = predict(net, x_batch)
        total += predict(loss, scores, y_batch) * len(x_batch)
        right += accuracy(loss, scores, y_batch) * len(x_batch)
    return total / len(x), (right / len(x) if classifies(loss) else None)


def classifies(loss: Any) -> bool:
    """Whether the loss can tell right answers from wrong ones."""
    return hasattr(loss, "accuracy")


def accuracy(loss: Any, scores: Array, y: Array) -> float:
    """The share of right answers; 0 for a loss that does not classify."""
    return float(loss.accuracy(scores, y)) if classifies(loss) else 0.0
