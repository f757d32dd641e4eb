"""Whether a run ended worse than guessing, and what to try then."""

from __future__ import annotations

import math

import numpy as np

from layers import MSE, BinaryCE, SigmoidCE, SoftmaxCE
from layers.core.base import LayerLike, LossLike, predict
from layers.core.params import Array
from nets.training.progress.run_status import figure

FAR = 2.0  # times the loss of guessing: a net that has learned nothing is better than that
SMALLER = "try a smaller learning rate"


def remark(losses: list[float], net: LayerLike, loss: LossLike, x: Array, y: Array) -> str:
    """Return a warning if the last loss is far above that of guessing; otherwise "".

    Examples
    --------
    >>> from layers import FullyConnected
    >>> net, x, y = FullyConnected(4, 10), np.ones((3, 4)), np.arange(3)
    >>> remark([9.5, 54.1], net, SoftmaxCE(), x, y)  # doctest: +NORMALIZE_WHITESPACE
    'the loss ended at 54.10, where guessing among 10 classes costs 2.30:
    try a smaller learning rate'
    >>> remark([2.5, 2.3], net, SoftmaxCE(), x, y)
    ''
    """
    cost, guess = _guess(net, loss, x, y)
    if not losses or not cost or losses[-1] <= FAR * cost:
        return ""
    is_slow = isinstance(loss, MSE) and losses[-1] < losses[0]
    advice = "train for longer, or scale the targets to about 1" if is_slow else SMALLER
    ended, cheap = figure(losses[-1], 2), figure(cost, 2)
    return f"the loss ended at {ended}, where {guess} costs {cheap}: {advice}"


def _guess(net: LayerLike, loss: LossLike, x: Array, y: Array) -> tuple[float, str]:
    """Return the loss of guessing without any input; 0 for a user-defined loss."""
    if type(loss) is SoftmaxCE:
        classes = np.shape(predict(net, x[:1].copy()))[-1]
        return math.log(classes), f"guessing among {classes} classes"
    if type(loss) in (SigmoidCE, BinaryCE):
        return math.log(2), "giving both classes a probability of 1/2"
    if type(loss) is MSE:
        return float(np.var(y, axis=0, dtype=float).mean()), "predicting the mean of the targets"
    return 0.0, ""
