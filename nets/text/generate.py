"""Generating text with a language model, token by token."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np

from layers import (
    Embedding,
    Flatten,
    FullyConnected,
    PositionalEncoding,
    PositionEmbedding,
    softmax,
)
from layers.core.base import LayerLike, predict
from layers.core.checks import Rng, brief, count, generator, numbers, real
from layers.core.params import Array
from layers.recurrent.recurrence import Recurrent
from nets.arguments import instance, layer
from nets.sequential import Sequential
from nets.text.vocabulary import Vocabulary


def generate(
    net: LayerLike,
    vocabulary: Vocabulary,
    start: Iterable[str],
    length: int,
    *,
    temperature: float = 1.0,
    stop: str | None = None,
    rng: Rng = None,
) -> list[str]:
    """Continue a text: draw a token from the model's probabilities, append it, repeat.

    p = softmax(scores / temperature), without the unknown token and the padding.

    Parameters
    ----------
    net : layer
        Maps windows (N, context) to scores (N, V) of the next token, or texts (N, T) to scores
        (N, T, V) of the next token at every step.
    vocabulary : Vocabulary
        The tokens that the net was trained on.
    start : iterable of str
        The tokens before the first new one. The net sees the last window of them, and one with
        scores at every step sees all that it has positions for.
    length : int
        The number of tokens to draw.
    temperature : float
        Below 1, likely tokens become more likely; above 1, less. At 0, the likeliest is chosen.
    stop : str, optional
        A token that ends the text early; it is not returned.
    rng : None, int or numpy.random.Generator
        Draws the tokens.

    Returns
    -------
    list of str
        The new tokens: ``"".join`` makes a text of characters, `sentence` one of words.

    Raises
    ------
    ValueError
        If the start is shorter than the window, the net has another vocabulary, the temperature
        is negative, or `stop` is not in the vocabulary.
    TypeError
        If an argument has another type, such as a text in place of its words.

    Examples
    --------
    >>> from nets.recipes import neural_language_model
    >>> vocabulary = Vocabulary("abc", unknown=None)
    >>> net = neural_language_model(3, context=2, rng=0)
    >>> tokens = generate(net, vocabulary, "ab", 10, rng=0)
    >>> len(tokens), set(tokens) <= set("abc")
    (10, True)

    Notes
    -----
    Source: CSCI 544, lecture 8, "Feedforward Neural Language Models".
    """
    length, rng = count("generate", "length", length), generator("generate", rng)
    if real("generate", "temperature", temperature) < 0:
        raise ValueError(f"generate: expected temperature to be at least 0, got {temperature!r}")
    layer("generate", "net", net)
    instance("generate", "vocabulary", vocabulary, Vocabulary)
    if stop is not None and (not isinstance(stop, str) or stop not in vocabulary):
        raise ValueError(
            f"generate: expected stop to be a token of the vocabulary, got {brief(stop)}, which "
            "is never drawn"
        )
    ids = vocabulary.ids(start)
    fewest, most = _window(net, len(ids))
    if len(ids) < fewest:
        raise ValueError(
            f"generate: expected start to have at least {fewest} tokens, as many as the net's "
            f"window holds, got {len(ids)}"
        )
    window = ids[-most:]
    never = [t for t in (vocabulary.unknown, vocabulary.padding) if t is not None]
    hidden, last = vocabulary.ids(never), None if stop is None else vocabulary.ids([stop])[0]
    drawn: list[int] = []
    for _ in range(length):
        scores = _scores(net, window, len(vocabulary))
        scores[hidden] = -np.inf
        token = _draw(scores, temperature, rng)
        if token == last:
            break
        drawn.append(token)
        window = np.append(window, token)[-most:]
    return vocabulary.tokens(drawn)


def _window(net: LayerLike, given: int) -> tuple[int, int]:
    """The smallest and the largest number of tokens that a net reads at once.

    A net that is not known reads as many as the start has.
    """
    layers = list(net) if isinstance(net, Sequential) else []
    match layers[:3]:
        case [Embedding() as embedding, Flatten(), FullyConnected() as first]:
            context = int(first.in_features // embedding.dim)
            return context, context
        case [_, PositionEmbedding() | PositionalEncoding() as positions, *_]:
            return 1, positions.length
        case [_, Recurrent(), *_]:
            return 1, sys.maxsize
    return max(given, 1), max(given, 1)


def _scores(net: LayerLike, window: Array, size: int) -> Array:
    scores = numbers("generate", "the scores of the net", predict(net, window[None]))
    if scores.ndim == 3 and scores.shape[1] == len(window):
        scores = scores[:, -1]
    if scores.shape != (1, size):
        raise ValueError(
            f"generate: expected the net to return {size} scores, one for each token of the "
            f"vocabulary, got shape {scores.shape}"
        )
    if np.isnan(scores).any():
        raise ValueError(
            "generate: expected the net to return finite scores, got nan; did its training diverge?"
        )
    row: Array = np.array(scores[0], np.float64)
    return row


def _draw(scores: Array, temperature: float, rng: np.random.Generator) -> int:
    if not temperature:
        return int(scores.argmax())
    with np.errstate(over="ignore"):
        p = softmax((scores - scores.max()) / temperature)
    return int(rng.choice(len(p), p=p))
