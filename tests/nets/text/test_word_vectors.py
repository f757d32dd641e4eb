import gzip
import os
import re
from pathlib import Path

import numpy as np
import pytest

from nets.text import Vocabulary, read_vectors, vector_table

GLOVE = "the 0.5 -1.25 3\ncat 1e-3 0 2\n"
DAMAGED = gzip.compress(GLOVE.encode())[:10] + b"\x05" * 20
DATA = Path(os.environ.get("HANDGRAD_DATA", "nowhere"))


@pytest.fixture
def file(tmp_path):
    def write(text, name="vectors.txt"):
        path = tmp_path / name
        content = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def same(found, expected):
    assert list(found) == list(expected)
    for word, vector in expected.items():
        np.testing.assert_array_equal(found[word], vector)


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.txt.gz"])
@pytest.mark.parametrize("header", ["", "2 3\n"])
@pytest.mark.parametrize("end", ["\n", " \n", "\r\n"])
def test_both_forms_are_read(file, name, header, end):
    vectors = read_vectors(file((header + GLOVE).replace("\n", end), name), dtype="float64")
    same(vectors, {"the": [0.5, -1.25, 3.0], "cat": [1e-3, 0.0, 2.0]})


def test_vectors_are_float32_unless_asked_otherwise(file):
    assert read_vectors(file(GLOVE))["cat"].dtype == np.float32
    assert read_vectors(file(GLOVE), dtype="float64")["cat"].dtype == np.float64
    with pytest.raises(TypeError, match="dtype: expected a floating dtype"):
        read_vectors(file(GLOVE), dtype=int)


def test_only_the_requested_words_are_kept(file):
    assert list(read_vectors(file(GLOVE), Vocabulary(["cat", "dog"]))) == ["cat"]
    assert read_vectors(file(GLOVE), []) == {}


def test_a_word_may_have_blanks_and_marks_inside(file):
    text = "a 1 2\n. . . 3 4\n\u00a0 5 6\nat x@y.org 7 8\n"
    vectors = read_vectors(file(text))
    assert list(vectors) == ["a", ". . .", "\u00a0", "at x@y.org"]
    assert vectors[". . ."].tolist() == [3, 4]


def test_of_a_word_that_is_there_twice_the_first_counts(file):
    assert read_vectors(file("a 1 2\na 3 4\n"))["a"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a 1 2\nb 3\n", ", line 2: expected a word and 2 numbers, got 1 of them"),
        ("a 1 2\nb 3 4 5\n", ", line 2: expected a word and 2 numbers, got 3 of them"),
        ("2 2\na 1 2\nb 3\n", ", line 3: expected a word and 2 numbers, got 1 of them"),
        ("1 3\na 1 2\n", ", line 2: expected a word and 3 numbers, got 2 of them"),
        ("a 1 2\n\nb 3 4\n", ", line 2: expected a word and 2 numbers, got 0 of them"),
        ("word\n", ", line 1: expected a word and its numbers, got 0 of them"),
        ("a 1 2\nb 3 x\n", ", line 2: expected numbers, got 'x'"),
        ("a 1 nan\n", ", line 1: expected numbers that float32 can hold, got 'nan'"),
        ("a 1 1e300\n", ", line 1: expected numbers that float32 can hold, got '1e300'"),
        (
            "3 2\na 1 2\nb 3 4\n",
            ": expected 3 words, as its first line says, got 2; is the file trunc",
        ),
        (
            "1 2\na 1 2\nb 3 4\n",
            ": expected 1 words, as its first line says, got 2; is the file trunc",
        ),
        ("", ": expected words and vectors, got 0; is the file truncated?"),
        (
            b"3 2\nthe \x9a\x99\x99>\x00",
            ", line 2: expected text in UTF-8, got the byte 0x9a; a file",
        ),
        (
            "m\u00e4nner 1\n".encode("latin-1"),
            ", line 1: expected text in UTF-8, got the byte 0xe4",
        ),
        (
            "a,1,2\n",
            ", line 1: expected a word and its numbers, got 0 of them; the line has commas",
        ),
        (
            "a 1 2\nb\t1\t2\n",
            ", line 2: expected a word and 2 numbers, got 0 of them; the line has",
        ),
        (
            "a 1 2\nb 3\n",
            ", line 2: expected a word and 2 numbers, got 1 of them; the first vector",
        ),
    ],
)
def test_invalid_files_are_refused(file, text, message):
    path = file(text)
    with pytest.raises(ValueError, match="^" + re.escape(f"{path}{message}")):
        read_vectors(path)


def test_a_wrong_dimension_is_refused(file):
    path = file(GLOVE)
    assert len(read_vectors(path, dim=3)) == 2
    message = f"{path}, line 1: expected a word and 50 numbers, got 3 of them; dim is 50"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        read_vectors(path, dim=50)
    with pytest.raises(ValueError, match="read_vectors: expected dim to be a positive integer"):
        read_vectors(path, dim=0)


def test_a_header_of_another_dimension_and_a_mark_in_front(file):
    with pytest.raises(ValueError, match="line 1: expected vectors of 3 numbers, because dim is 3"):
        read_vectors(file("1 2\na 1 2\n"), dim=3)
    assert [*read_vectors(file(b"\xef\xbb\xbfa 1 2\n"))] == ["a"]


@pytest.mark.parametrize("words", ["king", 3, [1, 2], None.__class__])
def test_requested_words_are_a_list_of_strings(file, words):
    with pytest.raises(TypeError, match="read_vectors: expected words to be"):
        read_vectors(file(GLOVE), words)


def test_a_table_of_integers_has_random_rows_that_are_not_cut_to_integers():
    vocabulary = Vocabulary(["king", "queen"])
    table = vector_table(vocabulary, {"king": np.array([1, 2])}, rng=0)
    assert table.dtype == np.float64
    assert (table[0] % 1 != 0).all()
    half = vector_table(vocabulary, {"king": np.array([1, 2], np.float16)}, rng=0)
    assert half.dtype == np.float32


@pytest.mark.parametrize("vector", [3.0, [1.0, np.nan], [[1.0]], ["a"], np.ma.masked_array([1.0])])
def test_invalid_vectors_are_refused(vector):
    with pytest.raises(
        (TypeError, ValueError), match="vector_table: expected the vector of 'king'"
    ):
        vector_table(Vocabulary(["king"]), {"king": vector})


def test_a_compressed_file_that_is_cut_short_or_not_compressed(tmp_path):
    path = tmp_path / "vectors.txt.gz"
    for content in (gzip.compress(GLOVE.encode() * 99)[:-9], GLOVE.encode(), DAMAGED):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"vectors\.txt\.gz: expected a whole gzip file"):
            read_vectors(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere: there is no such file"):
        read_vectors(tmp_path / "nowhere")


@pytest.mark.skipif(
    not (DATA / "glove").is_dir(), reason="HANDGRAD_DATA does not name a folder with glove/ in it"
)
def test_real_vectors_know_what_is_alike():
    vectors = read_vectors(DATA / "glove" / "glove.20k.100d.txt.gz", dim=100)
    assert len(vectors) == 20_000

    def alike(one, other):
        a, b = vectors[one], vectors[other]
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    assert alike("king", "queen") > 0.5 > alike("king", "table")


class TestTable:
    vectors = {"king": np.array([1.0, 2.0]), "queen": np.array([1.0, 4.0])}  # noqa: RUF012

    def test_each_token_has_its_vector_at_its_number(self):
        vocabulary = Vocabulary(["queen", "throne", "king", "queen"], padding="<pad>")
        table = vector_table(vocabulary, self.vectors, rng=0)
        assert table.shape == (5, 2)
        assert table.dtype == np.float64
        for word in ("king", "queen"):
            assert table[vocabulary.ids([word])[0]].tolist() == self.vectors[word].tolist()
        assert table[vocabulary.ids(["<pad>"])[0]].tolist() == [0, 0]

    def test_other_tokens_are_drawn_as_wide_as_these(self):
        vocabulary = Vocabulary([*map(str, range(4000)), "king", "queen"])
        table = vector_table(vocabulary, self.vectors, rng=0)
        drawn = np.delete(table, vocabulary.ids(["king", "queen"]), axis=0)
        assert drawn.mean() == pytest.approx(0, abs=0.05)
        assert drawn.std() == pytest.approx(np.std([1, 2, 1, 4]), abs=0.05)
        same = vector_table(vocabulary, self.vectors, rng=0)
        np.testing.assert_array_equal(table, same)

    def test_the_dtype_is_that_of_the_vectors(self):
        vectors = {"a": np.ones(2, np.float32)}
        assert vector_table(Vocabulary("ab"), vectors, rng=0).dtype == np.float32

    def test_no_vector_at_all_is_refused(self):
        message = (
            "vector_table: none of the 2 tokens has a vector; do both spell words the same way, "
            "for example in lower case?"
        )
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            vector_table(Vocabulary(["King"]), self.vectors)

    def test_vectors_of_several_lengths_are_refused(self):
        message = "vector_table: expected vectors of one shape, got [(2,), (3,)]"
        with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
            vector_table(Vocabulary("ab"), {"a": np.ones(3), "b": np.ones(2)})
