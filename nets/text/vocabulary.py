"""The tokens that a net knows, and their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike

from layers.core.checks import count, numbers
from layers.core.params import Array
from nets.arguments import strings


class Vocabulary:
    """The most frequent tokens of a text, with ids from 0.

    The unknown token comes first, which replaces every token not in the vocabulary, then the
    padding, if there is one, then the tokens of the text, most frequent first.

    Parameters
    ----------
    tokens : iterable of str
        The text, split into tokens: `words` or `characters`.
    size : int, optional
        The largest number of tokens, including the unknown token and the padding. None: no limit.
    unknown : str or None
        The token for all tokens not in the vocabulary. None: such tokens are refused.
    padding : str or None
        A token to pad short texts with, for `padded`. None: no padding.

    Raises
    ------
    ValueError
        If the text has no tokens, or the size leaves no room for any.
    TypeError
        If the tokens are not strings.

    Examples
    --------
    >>> vocabulary = Vocabulary(["the", "cat", "and", "the", "dog"], size=3)
    >>> list(vocabulary)
    ['<unk>', 'the', 'cat']
    >>> vocabulary.ids(["the", "dog"])
    array([1, 0])
    >>> vocabulary.tokens([1, 2])
    ['the', 'cat']
    """

    def __init__(
        self,
        tokens: Iterable[str],
        size: int | None = None,
        *,
        unknown: str | None = "<unk>",
        padding: str | None = None,
    ) -> None:
        if isinstance(tokens, Mapping):
            raise TypeError(
                "Vocabulary: expected the tokens of a text, one after the other, got a "
                f"{type(tokens).__name__}, whose counts would be lost; pass list(c.elements()) of "
                "a Counter c"
            )
        self.unknown, self.padding = unknown, padding
        special = [token for token in (unknown, padding) if token is not None]
        strings("Vocabulary", "unknown and padding", special)
        if len({*special}) < len(special):
            raise ValueError(
                f"Vocabulary: expected unknown and padding to be different, got {unknown!r} twice"
            )
        tokens = strings("Vocabulary", "tokens", tokens)
        counted = Counter(tokens)
        for token in special:
            counted.pop(token, None)
        if not counted:
            raise ValueError("Vocabulary: expected a text with at least one token, got none")
        if size is not None and count("Vocabulary", "size", size) <= len(special):
            raise ValueError(
                f"Vocabulary: expected size to be more than {len(special)}, because of "
                f"{' and '.join(special)}, got {size}"
            )
        room = None if size is None else size - len(special)
        self._tokens = [*special, *(token for token, _ in counted.most_common(room))]
        self._ids = {token: index for index, token in enumerate(self._tokens)}

    def ids(self, tokens: Iterable[str]) -> Array:
        """The ids of tokens, as an array (T,) of integers.

        Raises
        ------
        ValueError
            If a token is not in the vocabulary, and there is no unknown token.
        TypeError
            If the tokens are not strings, or a text is given in place of its words.
        """
        ordinary = (t for t in self._tokens if t not in (self.unknown, self.padding))
        # A text is a list of characters, but not of words.
        if isinstance(tokens, str) and any(len(token) > 1 for token in ordinary):
            raise TypeError(
                f"Vocabulary: expected a list of tokens, got the text {tokens[:20]!r}; "
                "cut it first: words(text)"
            )
        tokens = strings("Vocabulary", "tokens", tokens)
        other = -1 if self.unknown is None else self._ids[self.unknown]
        ids = np.array([self._ids.get(token, other) for token in tokens], np.int64)
        if other < 0 and (ids < 0).any():
            place = int((ids < 0).argmax())
            raise ValueError(
                f"Vocabulary: {tokens[place]!r} at position {place} is not one of its {len(self)} "
                "tokens, and there is no unknown token"
            )
        return ids

    def tokens(self, ids: ArrayLike) -> list[str]:
        """The tokens with the given ids (T,).

        Raises
        ------
        ValueError
            If an id is negative or too large, or they are not a row of integers.
        """
        array = numbers("Vocabulary", "ids", ids)
        if array.size and (array.ndim != 1 or array.dtype.kind not in "iu"):
            raise ValueError(
                f"Vocabulary: expected a row of integers as ids, "
                f"got shape {array.shape} of dtype {array.dtype}"
            )
        wrong = (array < 0) | (array >= len(self))
        if wrong.any():
            place = int(wrong.argmax())
            raise ValueError(
                f"Vocabulary: expected ids from 0 to {len(self) - 1}, "
                f"got {array[place]} at position {place}"
            )
        return [self._tokens[index] for index in array.tolist()]

    def __len__(self) -> int:
        return len(self._tokens)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, self._tokens[:5]))
        return f"<Vocabulary of {len(self):,} tokens: {shown}{', ...' * (len(self) > 5)}>"
