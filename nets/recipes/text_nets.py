"""Nets for words: the feed-forward language model, and the classification of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers import Embedding, Flatten, MeanEmbedding, ReLU, Tanh
from layers.core.checks import Rng, count, generator, numbers
from nets.arguments import fits
from nets.recipes.activation import Activation
from nets.recipes.perceptrons import counts, perceptron
from nets.sequential import Sequential

DIM = 64  # the default length of a word vector


def neural_language_model(
    vocabulary_size: int,
    context: int,
    *,
    dim: int | None = None,
    hidden: int | Sequence[int] = 256,
    activation: Activation = Tanh,
    vectors: ArrayLike | None = None,
    trainable: bool = True,
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """A feed-forward neural language model: scores of the next word from a window of words.

    The vectors of the words are concatenated and go through a perceptron::

        scores = W2 tanh(W1 [e(w1) e(w2) ... e(wT)] + b1) + b2

    The loss is `SoftmaxCE`; `nets.text` prepares its inputs and writes with it.

    Parameters
    ----------
    vocabulary_size : int
        V, the number of words.
    context : int
        T, the number of words in a window.
    dim : int, optional
        D, the length of a word vector: that of `vectors` if they are given, otherwise 64.
    hidden : int or sequence of int
        The number of units in the hidden layer, or in each of several.
    activation : class or str
        The activation of the hidden layers, as in `mlp`.
    vectors : array (V, D), optional
        The initial vectors, such as `nets.text.vector_table` returns. None: random vectors.
    trainable : bool
        Whether the vectors are trained.
    dropout : float
        The probability of dropping a hidden unit in training.
    dtype : dtype
        The dtype of the parameters; float64 by default.
    rng : None, int or numpy.random.Generator
        Draws the weights and the units to drop.

    Returns
    -------
    Sequential
        Maps integers (N, T) to scores (N, V).

    Raises
    ------
    ValueError
        If a size is not a positive integer, or the vectors have another shape.

    Examples
    --------
    >>> neural_language_model(5000, context=3)
    Sequential(
        Embedding(5000, 64),
        Flatten(),
        FullyConnected(192, 256),
        Tanh(),
        FullyConnected(256, 5000),
    )

    Notes
    -----
    Source: CSCI 544, lecture 8, "Feedforward Neural LM"; Bengio et al., 2003.
    """
    owner, rng = "neural_language_model", generator("neural_language_model", rng)
    context = count(owner, "context", context)
    embedding = _embedding(
        Embedding, owner, vocabulary_size, dim, vectors, trainable=trainable, dtype=dtype, rng=rng
    )
    sizes = (context * embedding.dim, *counts(owner, "hidden", hidden), vocabulary_size)
    rest = perceptron(owner, sizes, activation, None, dropout, dtype, rng)
    return Sequential(embedding, Flatten(), *rest)


def text_classifier(
    vocabulary_size: int,
    classes: int,
    *,
    length: int | None = None,
    padding: int | None = None,
    dim: int | None = None,
    hidden: int | Sequence[int] = (),
    activation: Activation = ReLU,
    vectors: ArrayLike | None = None,
    trainable: bool = True,
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Rng = None,
) -> Sequential:
    """A feed-forward classifier of texts: the mean of the word vectors, and a perceptron.

    This is the deep averaging network: texts may have any length, and the order of their words
    does not matter. With a `length`, the vectors are concatenated instead, and each position in
    the text has its own weights.

    Parameters
    ----------
    vocabulary_size : int
        V, the number of words.
    classes : int
        C, the number of classes; the loss is `SoftmaxCE`.
    length : int, optional
        T, the number of words in each text, to concatenate their vectors. None: their mean.
    padding : int, optional
        The id of the padding, which the mean leaves out. None: there is no padding.
    hidden : int or sequence of int
        The number of units in a hidden layer, or in each of several. ``()``: no hidden layer; the
        classifier is linear in the vectors.
    dim, activation, vectors, trainable, dropout, dtype, rng
        As in `neural_language_model`.

    Returns
    -------
    Sequential
        Maps integers (N, T) to scores (N, C).

    Raises
    ------
    ValueError
        If a size is not a positive integer, or the vectors have another shape.

    Examples
    --------
    >>> text_classifier(5000, 2, hidden=32)
    Sequential(
        MeanEmbedding(5000, 64),
        FullyConnected(64, 32, weight_init='he_uniform'),
        ReLU(),
        FullyConnected(32, 2),
    )
    >>> text_classifier(28, 2, length=12, dim=8)
    Sequential(
        Embedding(28, 8),
        Flatten(),
        FullyConnected(96, 2),
    )

    Notes
    -----
    Source: CSCI 544, lecture 8, "FFNN and Classification"; Iyyer et al., 2015.
    """
    owner, rng = "text_classifier", generator("text_classifier", rng)
    if length is not None and padding is not None:
        raise ValueError(
            f"{owner}: expected length or padding, not both: padding={padding!r} is left out of a "
            "mean, and with a length there is no mean"
        )
    positions = 1 if length is None else count(owner, "length", length)
    given: dict[str, Any] = {"trainable": trainable, "dtype": dtype, "rng": rng}
    if length is None:
        given["padding"] = padding
    kind = MeanEmbedding if length is None else Embedding
    embedding = _embedding(kind, owner, vocabulary_size, dim, vectors, **given)
    sizes = (positions * embedding.dim, *counts(owner, "hidden", hidden), classes)
    rest = perceptron(owner, sizes, activation, None, dropout, dtype, rng)
    return Sequential(embedding, *([] if length is None else [Flatten()]), *rest)


def _embedding(
    kind: type[Embedding],
    owner: str,
    vocabulary_size: int,
    dim: int | None,
    vectors: ArrayLike | None,
    **given: Any,
) -> Embedding:
    """An embedding of `dim` numbers, or one that starts from the given vectors."""
    vocabulary_size = count(owner, "vocabulary_size", vocabulary_size)
    dim = None if dim is None else count(owner, "dim", dim)
    start = None if vectors is None else numbers(owner, "vectors", vectors)
    if start is not None:
        if not np.isfinite(start).all():
            raise ValueError(f"{owner}: expected vectors of finite numbers, got nan or infinity")
        if start.ndim != 2 or start.shape != (vocabulary_size, dim or start.shape[1]):
            raise ValueError(
                f"{owner}: expected vectors of shape ({vocabulary_size}, {dim or 'dim'}), one for "
                f"each word of the vocabulary, got {start.shape}"
            )
        dim = start.shape[1]
    fits(owner, (vocabulary_size, dim or DIM))
    embedding = kind(vocabulary_size, dim or DIM, **given)
    if start is not None:
        embedding.W[...] = start
    return embedding
