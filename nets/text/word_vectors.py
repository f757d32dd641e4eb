"""Pretrained word vectors, from text files of word2vec and GloVe."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from layers.core.cast import floating_dtype
from layers.core.checks import Rng, brief, count, generator, numbers
from layers.core.params import Array
from nets import arguments
from nets.datasets.data_paths import existing, unpacked
from nets.text.vocabulary import Vocabulary

SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "  ": "several spaces"}


def read_vectors(
    path: str | os.PathLike[str],
    words: Collection[str] | None = None,
    *,
    dim: int | None = None,
    dtype: DTypeLike = np.float32,
) -> dict[str, Array]:
    r"""Read word vectors from a text file: in each line a word and its numbers, space-separated.

    This is the format of GloVe, and that of word2vec, with the number of words and their dimension
    in the first line. A file with a name that ends in ``.gz`` is unpacked.

    Parameters
    ----------
    path : str or path-like
        The file.
    words : collection of str, optional
        The words to keep, such as a `Vocabulary`. None: all.
    dim : int, optional
        The expected length of the vectors. None: that of the first one.
    dtype : dtype
        The dtype of the vectors, a floating one.

    Returns
    -------
    dict of str to ndarray (D,)
        The vectors by their words; for a word that appears twice, the first.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line has too few or too many numbers, or something else among them, or the file is
        empty, truncated, or not text in UTF-8; the message names the line.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "vectors.txt")
    ...     _ = path.write_text("2 3\nking 0.5 0.25 1\nqueen 0.5 0.75 1\n")
    ...     read_vectors(path)["queen"]
    array([0.5 , 0.75, 1.  ], dtype=float32)

    Notes
    -----
    Source: Mikolov et al., 2013 (word2vec); Pennington, Socher and Manning, 2014 (GloVe).
    """
    dtype, path = floating_dtype(dtype), existing(path, "read_vectors")
    if isinstance(words, str):
        raise TypeError(f"read_vectors: expected words to be a list of words, got {words!r}")
    kept = None if words is None else {*arguments.strings("read_vectors", "words", words)}
    width = None if dim is None else count("read_vectors", "dim", dim)
    vectors: dict[str, Array] = {}
    with unpacked(path, path.suffix == ".gz") as file:
        for where, word, fields in _entries(file, path, width):
            if word not in vectors and (kept is None or word in kept):
                vectors[word] = _vector(fields, dtype, where)
    return vectors


def vector_table(
    vocabulary: Vocabulary, vectors: Mapping[str, ArrayLike], rng: Rng = None
) -> Array:
    """Return the vectors of the tokens of a vocabulary, one per row: the W of an `Embedding`.

    Parameters
    ----------
    vocabulary : Vocabulary
        V tokens.
    vectors : mapping of str to ndarray (D,)
        Vectors by words, as `read_vectors` returns them.
    rng : None, int or numpy.random.Generator
        Draws the missing vectors from a normal distribution with the standard deviation of the
        given ones. The vector of the padding is 0.

    Returns
    -------
    ndarray (V, D)
        In the dtype of the vectors, but float16 becomes float32 and integers float64.

    Raises
    ------
    ValueError
        If no token has a vector, or the vectors differ in length.

    Examples
    --------
    >>> vocabulary = Vocabulary(["king", "queen"], padding="<pad>")
    >>> vector_table(vocabulary, {"king": np.array([1.0, 2.0])}, rng=0)[1:3]
    array([[0., 0.],
           [1., 2.]])
    """
    rng = generator("vector_table", rng)
    arguments.instance("vector_table", "vocabulary", vocabulary, Vocabulary)
    if not isinstance(vectors, Mapping):
        raise TypeError(
            "vector_table: expected vectors to be a dict of arrays, as read_vectors returns, "
            f"got {brief(vectors)}"
        )
    given = {token: vectors[token] for token in vocabulary if token in vectors}
    if not given:
        raise ValueError(
            f"vector_table: none of the {len(vocabulary)} tokens has a vector; "
            "do both spell words the same way, for example in lower case?"
        )
    found = [_row(token, vector) for token, vector in given.items()]
    if len(shapes := {vector.shape for vector in found}) > 1:
        raise ValueError(f"vector_table: expected vectors of one shape, got {sorted(shapes)}")
    rows = np.stack(found)
    shape = (len(vocabulary), rows.shape[1])
    table: Array = rng.normal(0, rows.std(), shape).astype(rows.dtype)
    if vocabulary.padding is not None:
        table[vocabulary.ids([vocabulary.padding])] = 0
    table[vocabulary.ids(given)] = rows
    return table


def _row(token: str, vector: ArrayLike) -> Array:
    """A vector as floating numbers; float16 becomes float32, and integers float64."""
    array = numbers("vector_table", f"the vector of {token!r}", vector)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise ValueError(
            f"vector_table: expected the vector of {token!r} to be a row of finite numbers, got "
            f"{brief(vector)} of shape {array.shape}"
        )
    return array.astype(np.result_type(array, np.float32))


def _entries(
    file: Iterable[bytes], path: Path, width: int | None
) -> Iterator[tuple[str, str, list[str]]]:
    """The place of each vector in the file, its word, and its numbers, always equally many."""
    size, entries = None, 0
    source = "the first vector has" if width is None else "dim is"
    for number, raw in enumerate(file, 1):
        where = f"{path}, line {number}"
        line = _text(raw, where, "utf-8-sig" if number == 1 else "utf-8")
        fields = line.split(" ")
        if number == 1 and len(fields) == 2 and all(map(str.isdecimal, fields)):
            size, announced = map(int, fields)
            if width not in (None, announced):
                raise ValueError(
                    f"{where}: expected vectors of {width} numbers, because dim is {width}, "
                    f"but this line says that they have {announced}"
                )
            width, source = announced, "the first line says"
            continue
        width = width or len(fields) - 1
        if len(fields) > width + 1 and not any(map(_is_number, fields[1:-width])):
            fields[:-width] = [" ".join(fields[:-width])]  # a word with blanks inside
        if len(fields) != width + 1 or not width:
            separator = next((name for mark, name in SEPARATORS.items() if mark in line), None)
            why = f"; {source} {width}" if width else ""
            if separator:
                why = f"; the line has {separator}, where single spaces are needed"
            raise ValueError(
                f"{where}: expected a word and {width or 'its'} numbers, "
                f"got {len(fields) - 1} of them{why}"
            )
        entries += 1
        yield where, fields[0], fields[1:]
    if not entries or size not in (None, entries):
        expected = "words and vectors" if size is None else f"{size} words, as its first line says"
        raise ValueError(f"{path}: expected {expected}, got {entries}; is the file truncated?")


def _text(line: bytes, where: str, encoding: str) -> str:
    try:
        return line.decode(encoding).rstrip()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{where}: expected text in UTF-8, got the byte 0x{line[error.start]:02x}; a file in "
            "another encoding has to be saved as UTF-8, and vectors in the binary form of "
            "word2vec as text"
        ) from None


def _vector(fields: list[str], dtype: np.dtype[Any], where: str) -> Array:
    try:
        with np.errstate(over="ignore"):
            vector = np.array([float(field) for field in fields], dtype)
    except ValueError:
        wrong = next(field for field in fields if not _is_number(field))
        raise ValueError(f"{where}: expected numbers, got {wrong!r}") from None
    if not np.isfinite(vector).all():
        wrong = fields[int(np.isfinite(vector).argmin())]
        raise ValueError(f"{where}: expected numbers that {dtype} can hold, got {wrong!r}")
    return vector


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
