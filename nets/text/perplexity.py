"""How well a language model predicts a text."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike

from layers import SoftmaxCE
from layers.core.base import LayerLike
from nets.training.evaluate import evaluate


def perplexity(net: LayerLike, x: ArrayLike, y: ArrayLike, batch_size: int = 1000) -> float:
    """Return the perplexity of a language model: exp of the mean of -log p over a text's tokens.

    A model that chooses between k equally likely tokens has perplexity k. Its logarithm is the
    loss of `SoftmaxCE`.

    Parameters
    ----------
    net : layer
        Maps windows (N, context) to scores (N, V).
    x, y : array
        Windows and the tokens after them: `windows`.
    batch_size : int
        The number of windows to predict at once, which limits the memory used.

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
