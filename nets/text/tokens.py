"""Splitting a text into tokens: words or characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layers.core.checks import brief
from nets.arguments import strings

# A word with apostrophes inside, a punctuation mark, or the end of a line.
TOKEN = re.compile(r"\w+(?:['\u2019]\w+)*|[^\w\s]|\n")
BLANK_LINES = re.compile(r"\s*\n\s*")


def words(text: str) -> list[str]:
    r"""The words of a text in lower case, its punctuation marks, and its line ends.

    Parameters
    ----------
    text : str
        Any text; blank lines are ignored.

    Returns
    -------
    list of str
        Words, with apostrophes inside them, single marks, and ``"\n"`` between two lines.

    Examples
    --------
    >>> words("In the beginning, God's Spirit\n\nmoved.")
    ['in', 'the', 'beginning', ',', "god's", 'spirit', '\n', 'moved', '.']
    """
    return TOKEN.findall(BLANK_LINES.sub("\n", _text(text, "words").strip().lower()))


def characters(text: str) -> list[str]:
    """The characters of a text, unchanged.

    Examples
    --------
    >>> characters("No!")
    ['N', 'o', '!']
    """
    return list(_text(text, "characters"))


def sentence(tokens: Iterable[str]) -> str:
    r"""The text of words and marks, with spaces between them, but not before closing marks.

    Examples
    --------
    >>> sentence(["and", "god", "said", ",", "\n", "let", "there", "be", "light", ":"])
    'and god said,\nlet there be light:'
    """
    if isinstance(tokens, str):
        raise TypeError(f"sentence: expected a list of tokens, got the text {brief(tokens)}")
    tokens = strings("sentence", "tokens", tokens)
    text = re.sub(r" ([,.;:?!)\]}\n])", r"\1", " ".join(tokens))
    return re.sub(r"([(\[{\n]) ", r"\1", text)


def _text(text: object, owner: str) -> str:
    if not isinstance(text, str):
        hint = "; cut one text at a time" if isinstance(text, (list, tuple)) else ""
        raise TypeError(f"{owner}: expected a text, a string, got {brief(text)}{hint}")
    return text
