import re
from collections import Counter

import numpy as np
import pytest

from nets.text import Vocabulary, words

TEXT = ["b", "a", "b", "c", "a", "b", "d"]


def test_the_most_frequent_tokens_come_first_and_equals_in_order_of_the_text():
    vocabulary = Vocabulary(TEXT)
    assert list(vocabulary) == ["<unk>", "b", "a", "c", "d"]
    assert len(vocabulary) == 5
    assert "d" in vocabulary
    assert "e" not in vocabulary


def test_the_size_counts_the_special_tokens():
    vocabulary = Vocabulary(TEXT, 4, padding="<pad>")
    assert list(vocabulary) == ["<unk>", "<pad>", "b", "a"]
    assert list(Vocabulary(TEXT, 2, unknown=None)) == ["b", "a"]
    assert len(Vocabulary(TEXT, 100)) == 5


def test_ids_and_tokens_are_inverse():
    vocabulary = Vocabulary(TEXT)
    ids = vocabulary.ids(TEXT)
    assert ids.dtype == np.int64
    assert ids.tolist() == [1, 2, 1, 3, 2, 1, 4]
    assert vocabulary.tokens(ids) == TEXT
    assert vocabulary.ids([]).shape == (0,)
    assert vocabulary.tokens([]) == []


def test_other_tokens_become_the_unknown_one():
    vocabulary = Vocabulary(TEXT, 3)
    assert vocabulary.ids(["a", "e", "<unk>"]).tolist() == [2, 0, 0]
    assert vocabulary.tokens([0]) == ["<unk>"]


def test_special_tokens_in_the_text_are_not_counted_twice():
    assert list(Vocabulary(["<unk>", "<unk>", "a"])) == ["<unk>", "a"]


def test_without_an_unknown_token_others_are_refused():
    vocabulary = Vocabulary("abc", unknown=None)
    message = "Vocabulary: 'é' at position 1 is not one of its 3 tokens, and there is no unknown"
    with pytest.raises(ValueError, match=re.escape(message)):
        vocabulary.ids("aé")


def test_a_text_is_one_of_characters_but_not_of_words():
    assert Vocabulary("abba").ids("ab").tolist() == [1, 2]
    message = "Vocabulary: expected a list of tokens, got the text 'one two'; cut it first"
    with pytest.raises(TypeError, match=re.escape(message)):
        Vocabulary(words("One, two.")).ids("one two")


@pytest.mark.parametrize("tokens", [[], "", ["<unk>"]])
def test_an_empty_text_is_refused(tokens):
    message = "Vocabulary: expected a text with at least one token, got none"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Vocabulary(tokens)


@pytest.mark.parametrize("tokens", [[1, 2], [b"a"], [["a"]], ["a", None]])
def test_tokens_are_strings(tokens):
    with pytest.raises(TypeError, match="Vocabulary: expected tokens to be strings, got"):
        Vocabulary(tokens)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (1, "Vocabulary: expected size to be more than 1, because of <unk>, got 1"),
        (0, "Vocabulary: expected size to be a positive integer, got 0"),
        (2.5, "Vocabulary: expected size to be a positive integer, got 2.5"),
    ],
)
def test_sizes_without_room_are_refused(size, message):
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        Vocabulary(TEXT, size)
    message = "expected size to be more than 2, because of <unk> and <pad>, got 2"
    with pytest.raises(ValueError, match=message):
        Vocabulary(TEXT, 2, padding="<pad>")


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([0, 5], "expected ids from 0 to 4, got 5 at position 1"),
        ([-1], "expected ids from 0 to 4, got -1 at position 0"),
        ([[1]], "expected a row of integers as ids, got shape (1, 1) of dtype int64"),
        ([1.0], "expected a row of integers as ids, got shape (1,) of dtype float64"),
        (3, "expected a row of integers as ids, got shape () of dtype int64"),
    ],
)
def test_ids_that_number_no_token_are_refused(ids, message):
    with pytest.raises(ValueError, match=re.escape("Vocabulary: " + message)):
        Vocabulary(TEXT).tokens(ids)


def test_repr():
    assert repr(Vocabulary("ab")) == "<Vocabulary of 3 tokens: '<unk>', 'a', 'b'>"
    shown = "<Vocabulary of 8 tokens: '<unk>', 'a', 'b', 'c', 'd', ...>"
    assert repr(Vocabulary("abcdefg")) == shown


def test_what_would_be_lost_or_mixed_up_is_refused():
    with pytest.raises(ValueError, match="expected unknown and padding to be different"):
        Vocabulary("abc", unknown=".", padding=".")
    with pytest.raises(TypeError, match=r"got a Counter, .*; pass list\(c.elements\(\)\)"):
        Vocabulary(Counter("aab"))
    with pytest.raises(TypeError, match="Vocabulary: expected tokens to be strings, got 2 at pos"):
        Vocabulary("abc").ids(["a", 2])
