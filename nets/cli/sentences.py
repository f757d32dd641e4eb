"""What the command says where it cannot go on: sentences in place of numbers of errors."""

from __future__ import annotations

import errno
import os
import sys

REMEDIES = {
    errno.ENOENT: "there is no such file or folder",
    errno.EACCES: "you may not read or write it; change its permissions, or choose another place",
    errno.EPERM: "you may not read or write it; change its permissions, or choose another place",
    errno.EROFS: "it is on a disk that is read-only; choose another place",
    errno.EISDIR: "expected a file, got a folder",
    errno.ENOTDIR: "a part of this path is a file, where a folder is expected",
    errno.EEXIST: "there is a file of this name in the way; choose another name",
    errno.ENOSPC: "the disk is full; free some space, or choose another place",
    errno.EDQUOT: "your share of the disk is used up; free some space, or choose another place",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.ELOOP: "the links lead round in a circle",
}


def sentence(error: BaseException) -> str:
    """An error as a sentence."""
    if isinstance(error, OSError) and error.errno is not None:
        reason = REMEDIES.get(error.errno, error.strerror)
        return f"{os.fspath(error.filename)}: {reason}" if error.filename else str(reason)
    if isinstance(error, MemoryError):
        more = f" ({error})" if str(error) else ""
        return f"there is not enough memory{more}; make the net, the batches or the data smaller"
    return str(error) or type(error).__name__


def forgiving_output() -> None:
    """Let a terminal that lacks a character show its escape, and not stop the command."""
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def abandon_output() -> None:
    """Send to nowhere what is left for a reader that is gone, as `head` is after ten lines."""
    if sys.stdout is not None:
        try:
            descriptor = sys.stdout.fileno()
        except (OSError, ValueError):
            return
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
