"""Nets over words: the feed-forward language model, and the classification of texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from layers import Embedding, Flatten, MeanEmbedding, ReLU, Tanh
from layers.core.checks import count, generator, numbers
from nets.arguments import fits, items
from nets.recipes.activation import Activation
from nets.recipes.perceptrons import perceptron
from nets.sequential import Sequential

DIM = 64  # numbers in a vector, where nothing else says how many


def neural_language_model(
    vocabulary_size: int,
    context: int,
    *,
    dim: int | None = None,
    hidden: int | Sequence[int] = 256,
    activation: Activation = Tanh,
    vectors: Any = None,
    trainable: bool = True,
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Any = None,
) -> Sequential:
    """The feed-forward neural language model: from a window of words to scores of the next one.

    The vectors of the words are looked up, laid side by side, and go through a perceptron::

        scores = W2 tanh(W1 [e(w1) e(w2) ... e(wT)] + b1) + b2

    Its loss is `SoftmaxCE`; `nets.text` has what goes before and after.

    Parameters
    ----------
    vocabulary_size : int
        V, the number of words.
    context : int
        T, how many words the net sees.
    dim : int, optional
        D, the length of a vector: 64 unless given, or that of `vectors`.
    hidden : int or sequence of int
        The units of the hidden layer, or of each of several.
    activation : class or str
        Of the hidden layers, as in `mlp`.
    vectors : array (V, D), optional
        What the vectors are at the start: those of `nets.text.vector_table`, for instance. None:
        random ones.
    trainable : bool
        Whether the vectors are learned, or stay as they are.
    dropout : float
        The share of hidden units that are dropped in training.
    dtype : dtype
        Of the parameters. float64 unless given.
    rng : None, int or numpy.random.Generator
        Where the weights and the dropped units are drawn from.

    Returns
    -------
    Sequential
        Takes integers (N, T), and gives scores (N, V).

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
    owner = "neural_language_model"
    context, rng = count(owner, "context", context), generator(owner, rng)
    dim = _dim(owner, vocabulary_size, dim, vectors)
    fits(owner, (context, dim))
    embedding = Embedding(vocabulary_size, dim, trainable=trainable, dtype=dtype, rng=rng)
    _start(embedding, vectors)
    sizes = (context * dim, *_several(owner, hidden), vocabulary_size)
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
    vectors: Any = None,
    trainable: bool = True,
    dropout: float = 0.0,
    dtype: DTypeLike | None = None,
    rng: Any = None,
) -> Sequential:
    """A feed-forward classifier of texts: word vectors, averaged or side by side, and a perceptron.

    Averaged, the order of the words does not count, and texts may have any length; this is the
    deep averaging network. Side by side, each place in the text has weights of its own.

    Parameters
    ----------
    vocabulary_size : int
        V, the number of words.
    classes : int
        C, how many classes there are; the loss is `SoftmaxCE`.
    length : int, optional
        T, how many words each text has, whose vectors are laid side by side. None: the vectors
        are averaged.
    padding : int, optional
        The number of the padding, which does not count in the average. None: there is none.
    dim : int, optional
        D, the length of a vector: 64 unless given, or that of `vectors`.
    hidden : int or sequence of int
        The units of a hidden layer, or of each of several. ``()``: there is none, and the
        classifier is linear in the vectors.
    activation, vectors, trainable, dropout, dtype, rng
        As in `neural_language_model`.

    Returns
    -------
    Sequential
        Takes integers (N, T), and gives scores (N, C).

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
    dim = _dim(owner, vocabulary_size, dim, vectors)
    given: dict[str, Any] = {"trainable": trainable, "dtype": dtype, "rng": rng}
    first: list[Any]
    if length is None:
        places, first = 1, [MeanEmbedding(vocabulary_size, dim, padding=padding, **given)]
    else:
        if padding is not None:
            raise ValueError(
                f"{owner}: expected length or padding, not both: padding={padding!r} is left out "
                "of an average, and with a length there is none"
            )
        places = count(owner, "length", length)
        first = [Embedding(vocabulary_size, dim, **given), Flatten()]
    fits(owner, (places, dim))
    _start(first[0], vectors)
    sizes = (places * dim, *_several(owner, hidden), classes)
    return Sequential(*first, *perceptron(owner, sizes, activation, None, dropout, dtype, rng))


def _dim(owner: str, vocabulary_size: int, dim: int | None, vectors: Any) -> int:
    """The length of the vectors: that of those that are given, which must be as is asked."""
    vocabulary_size = count(owner, "vocabulary_size", vocabulary_size)
    dim = None if dim is None else count(owner, "dim", dim)
    if vectors is None:
        fits(owner, (vocabulary_size, dim or DIM))
        return dim or DIM
    array = numbers(owner, "vectors", vectors)
    shape = array.shape
    if not np.isfinite(array).all():
        raise ValueError(f"{owner}: expected vectors of finite numbers, got nan or infinity")
    if len(shape) != 2 or shape != (vocabulary_size, dim or shape[1]):
        raise ValueError(
            f"{owner}: expected vectors of shape ({vocabulary_size}, {dim or 'dim'}), one for "
            f"each word of the vocabulary, got {shape}"
        )
    return int(shape[1])


def _start(embedding: Embedding, vectors: Any) -> None:
    """Let an embedding start from vectors that are given."""
    if vectors is not None:
        embedding.W[...] = vectors


def _several(owner: str, sizes: int | Sequence[int]) -> tuple[int, ...]:
    several = items(owner, "hidden", sizes) if isinstance(sizes, Iterable) else [sizes]
    return tuple(count(owner, "hidden", size) for size in several)
