import re

import pytest

from nets.text import Vocabulary, padded

VOCABULARY = Vocabulary("abc", padding=".")


def test_short_texts_are_filled_up_in_front():
    assert padded(["c", "abc"], VOCABULARY).tolist() == [[1, 1, 4], [2, 3, 4]]
    assert padded(["c"], VOCABULARY, 2).tolist() == [[1, 4]]


def test_of_long_texts_the_beginning_is_kept():
    assert padded(["c", "abc"], VOCABULARY, 2).tolist() == [[1, 4], [2, 3]]


def test_texts_of_one_length_need_no_padding():
    plain = Vocabulary("abc")
    assert padded([["a", "b"], ["c", "d"]], plain).tolist() == [[1, 2], [3, 0]]
    message = "padded: expected texts of at least 2 tokens, got one of 1; make the vocabulary with"
    with pytest.raises(ValueError, match=re.escape(message)):
        padded(["a", "bc"], plain)


@pytest.mark.parametrize(
    ("texts", "found"),
    [([], "got none"), (["a", ""], "text 1 has none"), ([[]], "text 0 has none")],
)
def test_texts_without_tokens_are_refused(texts, found):
    message = f"padded: expected texts with at least one token each, {found}"
    with pytest.raises(ValueError, match="^" + re.escape(message) + "$"):
        padded(texts, VOCABULARY)


def test_the_length_is_a_count():
    with pytest.raises(ValueError, match="padded: expected length to be a positive integer"):
        padded(["a"], VOCABULARY, 0)
