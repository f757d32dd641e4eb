"""Standard output of any kind: what cannot be written is left out, and training goes on."""

from __future__ import annotations

import contextlib
import os
from typing import Any


class Output:
    """Writes text to a stream until that fails, and then nothing more.

    The stream may be closed, a broken pipe, None, or an object with nothing but ``write``.
    Characters that it cannot encode become question marks.

    Examples
    --------
    >>> import io
    >>> stream = io.StringIO()
    >>> Output(stream).write("epoch 1")
    >>> stream.getvalue()
    'epoch 1'
    >>> stream.close()
    >>> Output(stream).write("epoch 2")
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @property
    def is_terminal(self) -> bool:
        """Whether the stream is a terminal, where a line can be drawn over."""
        try:
            return bool(self._stream.isatty())
        except Exception:  # closed, or without such a method
            return False

    def can_write(self, characters: str) -> bool:
        """Whether the stream is known to encode all of these characters."""
        known = isinstance(getattr(self._stream, "encoding", None), str)
        return known and self._encodable(characters) == characters

    def write(self, text: str) -> None:
        """Write and flush."""
        if self._stream is None:
            return
        try:
            self._stream.write(self._encodable(text))
            if flush := getattr(self._stream, "flush", None):
                flush()
        except Exception as error:
            if isinstance(error, BrokenPipeError):
                self._discard()
            self._stream = None

    def _encodable(self, text: str) -> str:
        encoding = getattr(self._stream, "encoding", None)
        if not isinstance(encoding, str):  # such as a StringIO, which takes any character
            return text
        try:
            return text.encode(encoding, "replace").decode(encoding)
        except LookupError:
            return text.encode("ascii", "replace").decode()

    def _discard(self) -> None:
        """Discard what is still buffered, which Python would fail to write at its exit."""
        with contextlib.suppress(Exception):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
