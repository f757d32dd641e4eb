"""Language models that score the next word at every step: recurrent ones, and the transformer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from numpy.typing import DTypeLike

from layers import (
    GELU,
    GRU,
    LSTM,
    RNN,
    Dropout,
    Embedding,
    FullyConnected,
    LayerNorm,
    MultiHeadAttention,
    PositionEmbedding,
)
from layers.core.base import LayerLike
from layers.core.checks import Rng, count, generator, unlike
from nets.arguments import fits
from nets.recipes.perceptrons import counts
from nets.residual import Residual
from nets.sequential import Sequential

CELLS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}


def recurrent_language_model(
    vocabulary_size: int,
    *,
    dim: int = 64,
    hidden: int | Sequence[int] = 128,
    cell: str = "lstm",
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """A recurrent language model: at every step, scores of the next word from all words so far.

    Word vectors go through one recurrent layer or several, and a linear layer gives the scores.
    The labels are the words one step later, and the loss is `SoftmaxCE`, with weights 0 for
    padding.

    Parameters
    ----------
    vocabulary_size : int
        V, the number of words.
    dim : int
        D, the length of a word vector.
    hidden : int or sequence of int
        H, the size of the state of the recurrent layer, or of each of several.
    cell : str
        "rnn", "lstm" or "gru".
    dropout : float
        The probability of dropping an output of a recurrent layer in training.
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights and the units to drop.

    Returns
    -------
    Sequential
        Maps integers (N, T), for any T, to scores (N, T, V).

    Raises
    ------
    ValueError
        If a size is not a positive integer, or there is no such cell.

    Examples
    --------
    >>> recurrent_language_model(5000)
    Sequential(
        Embedding(5000, 64),
        LSTM(64, 128),
        FullyConnected(128, 5000),
    )

    A text becomes rows of 4 words, and the words after them:

    >>> import numpy as np
    >>> text = np.arange(9)
    >>> text[:-1].reshape(-1, 4), text[1:].reshape(-1, 4)
    (array([[0, 1, 2, 3],
           [4, 5, 6, 7]]), array([[1, 2, 3, 4],
           [5, 6, 7, 8]]))

    Notes
    -----
    Source: Mikolov et al., 2010; Zaremba et al., 2014, for the places of dropout.
    """
    owner = "recurrent_language_model"
    if not isinstance(cell, str) or cell not in CELLS:
        raise ValueError(unlike(owner, "cell", f"one of {', '.join(CELLS)}", cell))
    rng = generator(owner, rng)
    widths = (count(owner, "dim", dim), *counts(owner, "hidden", hidden))
    if len(widths) < 2:
        raise ValueError(unlike(owner, "hidden", "at least one size", hidden))
    size = count(owner, "vocabulary_size", vocabulary_size)
    fits(owner, (size, max(widths)))
    layers: list[LayerLike] = [Embedding(size, dim, dtype=dtype, rng=rng)]
    for before, after in pairwise(widths):
        layers.append(CELLS[cell](before, after, dtype=dtype, rng=rng))
        layers += [Dropout(dropout, rng=rng)] if dropout else []
    return Sequential(*layers, FullyConnected(widths[-1], size, dtype=dtype, rng=rng))


def transformer(
    vocabulary_size: int,
    length: int,
    *,
    features: int = 64,
    heads: int = 4,
    blocks: int = 2,
    hidden: int | None = None,
    causal: bool = True,
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """A transformer: at every step, scores of the next word from the words that it attends to.

    Learned vectors of the positions are added to those of the words. In each block, attention and
    then a perceptron with one hidden layer add to what they are given, after a `LayerNorm`::

        x = x + attention(norm(x))
        x = x + W2 gelu(W1 norm(x) + b1) + b2

    The labels are the words one step later, and the loss is `SoftmaxCE`, with weights 0 for
    padding.

    Parameters
    ----------
    vocabulary_size : int
        V, the number of words.
    length : int
        The largest number of words in a text.
    features : int
        D, the length of the vectors between the blocks.
    heads : int
        The number of attention heads; it divides D.
    blocks : int
        The number of blocks.
    hidden : int, optional
        The number of hidden units in each perceptron: 4 D unless given.
    causal : bool
        Whether a step attends only to itself and earlier ones, as a language model must.
    dropout : float
        The probability of dropping an output of an attention layer or a perceptron in training.
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights and the units to drop.

    Returns
    -------
    Sequential
        Maps integers (N, T), with T at most `length`, to scores (N, T, V).

    Raises
    ------
    ValueError
        If a size is not a positive integer, or the heads do not divide the features.

    Examples
    --------
    >>> transformer(5000, 32, blocks=1)
    Sequential(
        Embedding(5000, 64),
        PositionEmbedding(32, 64),
        Residual(
            LayerNorm(64),
            MultiHeadAttention(64, 4, causal=True),
        ),
        Residual(
            LayerNorm(64),
            FullyConnected(64, 256),
            GELU(),
            FullyConnected(256, 64),
        ),
        LayerNorm(64),
        FullyConnected(64, 5000),
    )

    Notes
    -----
    Source: Vaswani et al., 2017; Radford et al., 2019, for the place of the normalisation.
    """
    owner = "transformer"
    rng = generator(owner, rng)
    features = count(owner, "features", features)
    wide = 4 * features if hidden is None else count(owner, "hidden", hidden)
    size, length = (
        count(owner, name, value)
        for name, value in (("vocabulary_size", vocabulary_size), ("length", length))
    )
    fits(owner, (max(size, length, wide), features))

    def dropped() -> list[Dropout]:
        return [Dropout(dropout, rng=rng)] if dropout else []

    body: list[Residual] = []
    for _ in range(count(owner, "blocks", blocks)):
        attention = MultiHeadAttention(features, heads, causal=causal, dtype=dtype, rng=rng)
        body += [
            Residual(LayerNorm(features, dtype=dtype), attention, *dropped()),
            Residual(
                LayerNorm(features, dtype=dtype),
                FullyConnected(features, wide, dtype=dtype, rng=rng),
                GELU(),
                FullyConnected(wide, features, dtype=dtype, rng=rng),
                *dropped(),
            ),
        ]
    return Sequential(
        Embedding(size, features, dtype=dtype, rng=rng),
        PositionEmbedding(length, features, dtype=dtype, rng=rng),
        *body,
        LayerNorm(features, dtype=dtype),
        FullyConnected(features, size, dtype=dtype, rng=rng),
    )
