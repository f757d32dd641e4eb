"""Pretrained word vectors, from text files of word2vec and GloVe."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from layers.core.cast import floating_dtype
from layers.core.checks import brief, count, generator, numbers
from layers.core.params import Array
from nets import arguments
from nets.text.vocabulary import Vocabulary, known


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
    dtype, path = floating_dtype(dtype), arguments.path("read_vectors", path)
    kept = None if words is None else _kept(words)
    width = None if dim is None else count("read_vectors", "dim", dim)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file")
    vectors: dict[str, Array] = {}
    try:
        with _open(path) as file:
            for where, word, fields in _entries(file, path, width):
                if word not in vectors and (kept is None or word in kept):
                    vectors[word] = _vector(fields, dtype, where)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            f"{path}: cannot be unpacked by gzip: {error}; is it complete? Download it again, or "
            "drop .gz from the name of a file that is not compressed"
        ) from None
    return vectors


def _kept(words: Any) -> Collection[str]:
    if isinstance(words, str):
        raise TypeError(f"read_vectors: expected words to be a list of words, got {words!r}")
    return set(arguments.strings("read_vectors", "words", words))


def vector_table(vocabulary: Vocabulary, vectors: Mapping[str, Array], rng: Any = None) -> Array:
    """The vectors of the tokens of a vocabulary, one per row: the W of an `Embedding`.

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
    rng, vocabulary = generator("vector_table", rng), known(vocabulary, "vector_table")
    if not isinstance(vectors, Mapping):
        raise TypeError(
            "vector_table: expected vectors to be a dict of arrays, as read_vectors returns, "
            f"got {brief(vectors)}"
        )
    places = [place for place, token in enumerate(vocabulary) if token in vectors]
    found = [_row(token, vectors[token]) for token in vocabulary if token in vectors]
    if not found:
        raise ValueError(
            f"vector_table: none of the {len(vocabulary)} tokens has a vector; "
            "do both spell words the same way, for example in lower case?"
        )
    if len(shapes := {vector.shape for vector in found}) > 1:
        raise ValueError(f"vector_table: expected vectors of one shape, got {sorted(shapes)}")
    rows = np.stack(found)
    shape = (len(vocabulary), rows.shape[1])
    table: Array = rng.normal(0, rows.std(), shape).astype(rows.dtype)
    table[places] = rows
    if vocabulary.padding is not None and vocabulary.padding not in vectors:
        table[vocabulary.ids([vocabulary.padding])] = 0
    return table


def _row(token: str, vector: Any) -> Array:
    """A vector as floating numbers; float16 becomes float32, and integers float64."""
    owner = "vector_table"
    array = numbers(owner, f"the vector of {token!r}", vector)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise ValueError(
            f"{owner}: expected the vector of {token!r} to be a row of finite numbers, got "
            f"{brief(vector)} of shape {array.shape}"
        )
    return array.astype(np.result_type(array, np.float32))


def _open(path: Path) -> Any:
    return gzip.open(path) if path.suffix == ".gz" else open(path, "rb")


def _text(line: bytes, path: Path, number: int) -> str:
    """A line as text; the first may begin with a byte order mark."""
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}, line {number}: expected text in UTF-8, got the byte "
            f"0x{line[error.start]:02x}; a file in another encoding has to be saved as UTF-8, and "
            "vectors in the binary form of word2vec as text"
        ) from None


def _entries(
    file: Iterable[bytes], path: Path, width: int | None
) -> Iterator[tuple[str, str, list[str]]]:
    """The place of each vector in the file, its word, and its numbers, always equally many."""
    size, entries = None, 0
    source = "the first vector has" if width is None else "dim is"
    for number, raw in enumerate(file, 1):
        line = _text(raw, path, number).rstrip()
        fields = line.split(" ")
        if number == 1 and len(fields) == 2 and all(map(str.isdecimal, fields)):
            size = int(fields[0])
            if width not in (None, int(fields[1])):
                raise ValueError(
                    f"{path}, line 1: expected vectors of {width} numbers, because dim is {width}, "
                    f"but this line says that they have {fields[1]}"
                )
            width, source = int(fields[1]), "the first line says"
            continue
        width = width or len(fields) - 1
        if len(fields) > width + 1 and not any(map(_is_number, fields[1:-width])):
            fields[:-width] = [" ".join(fields[:-width])]  # a word with blanks inside
        if len(fields) != width + 1 or not width:
            raise ValueError(
                f"{path}, line {number}: expected a word and {width or 'its'} numbers, "
                f"got {len(fields) - 1} of them{_remedy(line, source, width)}"
            )
        entries += 1
        yield f"{path}, line {number}", fields[0], fields[1:]
    if not entries or size not in (None, entries):
        expected = "words and vectors" if size is None else f"{size} words, as its first line says"
        raise ValueError(f"{path}: expected {expected}, got {entries}; is the file truncated?")


def _remedy(line: str, source: str, width: int) -> str:
    """What separates the fields of a line if not a space, or why so many numbers are expected."""
    found = {"\t": "tabs", ";": "semicolons", ",": "commas", "  ": "several spaces"}
    name = next((name for mark, name in found.items() if mark in line), "")
    if name:
        return f"; the line has {name}, where single spaces are needed"
    return f"; {source} {width}" if width else ""


def _vector(fields: list[str], dtype: np.dtype[Any], where: str) -> Array:
    try:
        with np.errstate(over="ignore"):
            vector = np.array([float(field) for field in fields], dtype)
    except ValueError:
        wrong = next(field for field in fields if not _is_number(field))
        raise ValueError(f"{where}: expected numbers, got {wrong!r}") from None
    if not np.isfinite(vector).all():
        wrong = fields[int((~np.isfinite(vector)).argmax())]
        raise ValueError(f"{where}: expected numbers that {dtype} can hold, got {wrong!r}")
    return vector


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
