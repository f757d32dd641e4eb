"""How well a language model foretells a text."""

from __future__ import annotations

import math
from typing import Any

from layers import SoftmaxCE
from nets.training.evaluate import evaluate


def perplexity(net: Any, x: Any, y: Any, batch_size: int = 1000) -> float:
    """The perplexity of a language model: exp of the mean of -log p over the tokens of a text.

    Of k tokens that it takes for equally likely, a model has perplexity k. The loss of `SoftmaxCE`
    is its logarithm.

    Parameters
    ----------
    net : layer
        Gives scores (N, V) for windows (N, context).
    x, y : array
        Windows and the tokens after them: `windows`.
    batch_size : int
        How many windows are predicted at once, which bounds the memory.

    Raises
    ------
    ValueError
        If there are no windows.

    Examples
    --------
    >>> from nets.recipes import neural_language_model
    >>> net = neural_language_model(27, context=3, rng=0)
    >>> net.params["4.W"][...] = 0  # so that it knows nothing
    >>> round(perplexity(net, [[1, 2, 3], [2, 3, 4]], [4, 5]), 6)
    27.0
    """
    loss, _ = evaluate(net, SoftmaxCE(), x, y, batch_size)
    return math.exp(loss) if loss < 700 else math.inf
