"""Temporary files: how they are named, and which of them a process left that was killed.

The name says which file it is to become, and which process of which machine writes it::

    .handgrad-<hash of the file's name>-<hash of the machine's>-<process>-<random>.tmp
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import time
from contextlib import suppress

CAN_ASK = os.name == "posix"
OLD = 24 * 60 * 60  # seconds without a write, after which nobody is still writing
SCHEME = re.compile(r"\.handgrad-([0-9a-f]{16})-([0-9a-f]{8})-([0-9]{1,10})-[0-9a-f]{16}\.tmp")


def temporary_name(target: str) -> str:
    """A free name beside a file, to write what will take its place."""
    folder, name = os.path.split(target)
    # A hash, because the file's name may already be as long as the file system allows.
    words = f".handgrad-{_hash(name, 8)}-{_machine()}-{os.getpid()}-{secrets.token_hex(8)}.tmp"
    return os.path.join(folder, words)


def remove_leftovers(target: str) -> None:
    """Remove the temporary files of this file that no process writes any more.

    They are those of a process of this machine that is gone, and those of any other that nobody
    has written to for a day. Files that cannot be removed are left.
    """
    folder, name = os.path.split(target)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            parts = SCHEME.fullmatch(entry.name)
            if parts and parts[1] == _hash(name, 8) and _is_left(entry, parts[2], int(parts[3])):
                _remove(entry.path)


def _is_left(entry: os.DirEntry[str], machine: str, process: int) -> bool:
    if machine == _machine() and _is_gone(process):
        return True
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > OLD
    except OSError:  # it has just become the file that it was written for
        return False


def _is_gone(process: int) -> bool:
    """Whether there is no such process; on Windows, where asking would end it, never."""
    if not CAN_ASK:
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:  # somebody else's
        return False
    return _is_zombie(process)


def _is_zombie(process: int) -> bool:
    """Whether a process was killed, and only waits for its parent to notice; Linux tells."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            # The state follows the program's name, which stands in parentheses and may hold some.
            return file.read().rpartition(b")")[2].split()[0] == b"Z"
    except (OSError, IndexError):
        return False


def _remove(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)


def _machine() -> str:
    return _hash(platform.node(), 4)


def _hash(words: str, size: int) -> str:
    return hashlib.blake2b(os.fsencode(words), digest_size=size).hexdigest()
