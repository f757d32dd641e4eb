"""Texts of different lengths as the rows of an array."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from layers.core.checks import brief, count
from layers.core.params import Array
from nets.arguments import fits, instance, items
from nets.text.vocabulary import Vocabulary


def padded(
    texts: Iterable[Sequence[str]], vocabulary: Vocabulary, length: int | None = None
) -> Array:
    """Return the ids of the tokens of several texts, one text per row.

    Short texts are padded at the front, so that all end in the last column; long ones are truncated
    at the end.

    Parameters
    ----------
    texts : iterable of sequence of str
        The tokens of each text.
    vocabulary : Vocabulary
        Maps the tokens to ids.
    length : int, optional
        T, the number of tokens in a row. None: that of the longest text.

    Returns
    -------
    ndarray (N, T) of int

    Raises
    ------
    ValueError
        If there are no texts, a text has no tokens, or it is too short and there is no padding.

    Examples
    --------
    >>> vocabulary = Vocabulary("abc", unknown=None, padding=".")
    >>> padded(["ab", "abc"], vocabulary)
    array([[0, 1, 2],
           [1, 2, 3]])
    """
    instance("padded", "vocabulary", vocabulary, Vocabulary)
    if isinstance(texts, str):
        raise TypeError(f"padded: expected a list of texts, got the one text {brief(texts)}")
    rows = [vocabulary.ids(text) for text in items("padded", "texts", texts)]
    lengths = [len(row) for row in rows]
    if not rows or 0 in lengths:
        which = f"text {lengths.index(0)} has none" if rows else "got none"
        raise ValueError(f"padded: expected texts with at least one token each, {which}")
    length = max(lengths) if length is None else count("padded", "length", length)
    if vocabulary.padding is None and min(lengths) < length:
        raise ValueError(
            f"padded: expected texts of at least {length} tokens, got one of {min(lengths)}; make "
            'the vocabulary with a padding: Vocabulary(..., padding="<pad>")'
        )
    fits("padded", (len(rows), length))
    filler = 0 if vocabulary.padding is None else vocabulary.ids([vocabulary.padding])[0]
    ids = np.full((len(rows), length), filler)
    for row, text in zip(ids, rows, strict=True):
        row[max(length - len(text), 0) :] = text[:length]
    return ids
