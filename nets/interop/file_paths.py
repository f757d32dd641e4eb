"""The files that a user names, to write or to read."""

from __future__ import annotations

import os
from typing import Any

from layers.core.describe import short

Path = str | os.PathLike[str]


def path_text(path: Any) -> str:
    """A path as text, with ``~`` for the user's folder, or a sentence on why it is none.

    Raises
    ------
    TypeError
        If it is not a path.
    ValueError
        If it is empty, or holds a character that no name has.

    Examples
    --------
    >>> path_text("net.safetensors")
    'net.safetensors'
    """
    text = os.fspath(path) if isinstance(path, (str, os.PathLike)) else None
    if not isinstance(text, str):
        raise TypeError(
            f"expected the path of a file, such as 'net.safetensors', got {short(path)}"
        )
    if not text or "\0" in text:
        raise ValueError(f"expected the path of a file, such as 'net.safetensors', got {text!r}")
    return os.path.expanduser(text)


def refused(error: OSError, text: str, verb: str) -> OSError:
    """An error of the system as a sentence that names the file, not one beside it."""
    why = error.strerror or type(error).__name__
    return type(error)(f"{text!r}: cannot be {verb}: {why[:1].lower()}{why[1:]}")
