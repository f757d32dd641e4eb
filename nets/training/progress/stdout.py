"""Standard output, whatever it is: what cannot be shown is left out, and training goes on."""

from __future__ import annotations

import contextlib
import os
from typing import Any


class Output:
    """Writes text to a stream until that fails, and then no more.

    The stream may be closed, a pipe that nobody reads any longer, None, or an object that has
    nothing but ``write``. Characters that it cannot encode become question marks.

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
        """Whether somebody looks on, so that a line may be drawn over."""
        try:
            return bool(self._stream.isatty())
        except Exception:  # closed, or without such a method
            return False

    def can_write(self, characters: str) -> bool:
        """Whether the stream has all of these characters, as far as it tells."""
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
        if not isinstance(encoding, str):  # as a StringIO, which takes any character
            return text
        try:
            return text.encode(encoding, "replace").decode(encoding)
        except LookupError:
            return text.encode("ascii", "replace").decode()

    def _discard(self) -> None:
        """Send what is still in the stream to nowhere, or Python fails to write it at its exit."""
        with contextlib.suppress(Exception):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
