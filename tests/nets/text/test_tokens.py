import numpy as np
import pytest

from nets.text import characters, sentence, words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Let there be Light.", ["let", "there", "be", "light", "."]),
        ("God's son's, 'tis", ["god's", "son's", ",", "'", "tis"]),
        ("l\u2019été, naïve", ["l\u2019été", ",", "naïve"]),
        ("in 1611 -- (yes)!", ["in", "1611", "-", "-", "(", "yes", ")", "!"]),
        ("\n one \n\n  two\r\n\r\nthree \n", ["one", "\n", "two", "\n", "three"]),
        (" \n ", []),
        ("", []),
    ],
)
def test_words(text, tokens):
    assert words(text) == tokens


def test_characters_are_as_they_are():
    assert characters("No,\n x") == ["N", "o", ",", "\n", " ", "x"]
    assert characters("") == []


@pytest.mark.parametrize(
    "text",
    [
        "and god said, let there be light: and there was light.",
        "one (that is, two) three!\nfour; five?",
        "word",
        "",
    ],
)
def test_a_sentence_is_spelled_as_it_was(text):
    assert sentence(words(text)) == text


@pytest.mark.parametrize("cut", [words, characters])
@pytest.mark.parametrize("text", [None, 3, b"bytes", ["a", "b"]])
def test_only_a_text_is_cut(cut, text):
    with pytest.raises(TypeError, match=f"^{cut.__name__}: expected a text, a string, got "):
        cut(text)


@pytest.mark.parametrize("tokens", [None, 3, "abc", ["a", 3], np.ones(2)])
def test_only_tokens_are_joined(tokens):
    with pytest.raises(TypeError, match=r"^sentence: expected"):
        sentence(tokens)
