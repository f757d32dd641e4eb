"""Writing a file so that it is either the old one or the new one, and never half of one.

The bytes go to a temporary file beside it. Its name tells which file it is to become, and which
process of which machine writes it, so that the next write can remove what a killed process left::

    .handgrad-<hash of the file's name>-<hash of the machine's>-<process>-<random>.tmp
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from layers.core.describe import short

Path = str | os.PathLike[str]
CAN_ASK = os.name == "posix"
OLD = 24 * 60 * 60  # seconds without a write, after which no process is still writing
SCHEME = re.compile(r"\.handgrad-([0-9a-f]{16})-([0-9a-f]{8})-([0-9]{1,10})-[0-9a-f]{16}\.tmp")


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the place of `path` only once it is complete.

    When the block ends, the bytes are forced to the disk and the temporary file is renamed to
    `path` in one step: a reader finds the old file or the new one. When the block raises,
    KeyboardInterrupt included, the temporary file is removed and the old file stays.

    Parameters
    ----------
    path : str or path-like
        The file to write. A symbolic link is followed: the file that it points to is replaced.
        An old file passes on its permissions; a new one gets those that the umask leaves.

    Yields
    ------
    file
        An open binary file; the block writes into it and leaves it open.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    IsADirectoryError
        If `path` is a folder.
    TypeError, ValueError
        If `path` is not a path.
    OSError
        If `path` is neither a file nor free, such as a device, or if the disk refuses.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "notes.bin")
    ...     with atomic_write(path) as file:
    ...         size = file.write(b"new")
    ...     path.read_bytes()
    b'new'

    Notes
    -----
    A process that is killed outright cannot tidy up: it leaves the old file whole, and beside it
    a hidden file that ends in ``.tmp``, which the next write of the same file removes. The rename
    needs write access to the folder only, so a write-protected file is replaced as well.
    """
    target = _checked(path)
    _remove_leftovers(target)
    folder, name = os.path.split(target)
    # A hash, because the file's name may already be as long as the file system allows.
    words = f"{_hash(name, 8)}-{_machine()}-{os.getpid()}-{secrets.token_hex(8)}"
    temporary = os.path.join(folder, f".handgrad-{words}.tmp")
    try:
        with _opened(temporary, path) as file:
            with suppress(FileNotFoundError):  # before the first byte: a private file stays so
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):  # what went wrong first is what the caller should see
            os.unlink(temporary)
        raise
    with suppress(OSError):  # Windows cannot open a folder to force the rename to the disk too
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _opened(temporary: str, path: Path) -> BinaryIO:
    try:
        return open(temporary, "xb")
    except OSError as error:
        raise refused(error, os.fspath(path), "written") from error


def _checked(path: Path) -> str:
    """The file that `path` leads to, or a sentence on why it cannot be written."""
    text = path_text(path)
    target = os.path.realpath(text)
    folder = os.path.dirname(target)
    if os.path.isdir(target) or not os.path.basename(text):
        raise IsADirectoryError(
            f"{os.fspath(path)!r}: expected the name of a file to write, got that of a folder; "
            "add a file name to it"
        )
    if os.path.exists(target) and not os.path.isfile(target):
        raise OSError(
            f"{os.fspath(path)!r}: expected a file or a name that is free, got something that "
            "cannot be replaced, such as a device; choose another name"
        )
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            f"{os.fspath(path)!r}: expected a folder that exists, but there is no folder "
            f"{folder!r}; create it first"
        )
    return target


def path_text(path: object, owner: str = "", hint: str = "") -> str:
    """A path as text, with ``~`` for the user's folder.

    `owner` begins the message of an error, and `hint` ends it.

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
        raise TypeError(f"{owner}expected the path of a file, got {short(path)}{hint}")
    if not text or "\0" in text:
        raise ValueError(f"{owner}expected the name of a file, got {text!r}")
    return os.path.expanduser(text)


def refused(error: OSError, text: str, verb: str) -> OSError:
    """An error of the system as a message that names the file, not the temporary one."""
    why = error.strerror or type(error).__name__
    return type(error)(f"{text!r}: cannot be {verb}: {why[:1].lower()}{why[1:]}")


def _remove_leftovers(target: str) -> None:
    """Remove the temporary files of this file that no process writes any more.

    They are those of a process of this machine that has ended, and any without a write for a day.
    Files that cannot be removed are left.
    """
    folder, name = os.path.split(target)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            parts = SCHEME.fullmatch(entry.name)
            if parts and parts[1] == _hash(name, 8):
                has_ended = parts[2] == _machine() and _has_ended(int(parts[3]))
                with suppress(OSError):  # it may just have become the file itself
                    age = time.time() - entry.stat(follow_symlinks=False).st_mtime
                    if has_ended or age > OLD:
                        os.unlink(entry.path)


def _has_ended(process: int) -> bool:
    """Whether there is no such process; on Windows, where asking would end it, never."""
    if not CAN_ASK:
        return False
    try:
        os.kill(process, 0)
        # Linux tells whether it was killed and only waits for its parent to notice.
        with open(f"/proc/{process}/stat", "rb") as file:
            # The state follows the program's name, which is in parentheses and may hold some.
            return file.read().rpartition(b")")[2].split()[0] == b"Z"
    except (ProcessLookupError, OverflowError):
        return True
    except (OSError, IndexError):  # a process of another user, or a system without /proc
        return False


def _machine() -> str:
    return _hash(platform.node(), 4)


def _hash(words: str, size: int) -> str:
    return hashlib.blake2b(os.fsencode(words), digest_size=size).hexdigest()
