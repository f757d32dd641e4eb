"""Errors of the system as messages that say what to do."""

from __future__ import annotations

import errno
import os

PERMISSION = "you may not read or write it; change its permissions, or choose another place"
REMEDIES = {
    errno.ENOENT: "there is no such file or folder",
    errno.EACCES: PERMISSION,
    errno.EPERM: PERMISSION,
    errno.EROFS: "it is on a disk that is read-only; choose another place",
    errno.EISDIR: "expected a file, got a folder",
    errno.ENOTDIR: "a part of this path is a file, where a folder is expected",
    errno.EEXIST: "a file of this name is in the way; choose another name",
    errno.ENOSPC: "the disk is full; free some space, or choose another place",
    errno.EDQUOT: "your share of the disk is used up; free some space, or choose another place",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.ELOOP: "the links form a circle",
}


def message(error: BaseException) -> str:
    """What the command prints of an error."""
    if isinstance(error, OSError) and error.errno is not None:
        reason = REMEDIES.get(error.errno, error.strerror)
        return f"{os.fspath(error.filename)}: {reason}" if error.filename else str(reason)
    if isinstance(error, MemoryError):
        more = f" ({error})" if str(error) else ""
        return f"there is not enough memory{more}; make the net, the batches or the data smaller"
    return str(error) or type(error).__name__
