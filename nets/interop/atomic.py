"""Writing a file so that it is either the old one or the new one, and never half of one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from nets.interop.file_paths import Path, path_text, refused
from nets.interop.leftovers import remove_leftovers, temporary_name


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes the place of `path` only once it is complete.

    The bytes go to a temporary file in the same folder. When the block ends they are forced to
    the disk and the temporary file is renamed to `path`, which is one step: whoever reads `path`
    finds the old file or the new one. When the block raises, KeyboardInterrupt included, the
    temporary file is removed and the old file stays.

    Parameters
    ----------
    path : str or path-like
        The file to write. A symbolic link is followed: the file that it points to is replaced. A
        file that is there hands on its permissions; a new one gets those that the umask leaves.

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
    a hidden file that ends in ``.tmp``, which the next write of the same file removes: see
    `nets.interop.leftovers`. The rename needs write access to the folder only, so a
    file that is write-protected in a folder that is not is replaced as well.
    """
    target = _checked(path)
    folder = os.path.dirname(target)
    remove_leftovers(target)
    temporary = temporary_name(target)
    try:
        with _opened(temporary, path) as file:
            _copy_mode(target, temporary)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):  # what went wrong first is what the caller should see
            os.unlink(temporary)
        raise
    _sync_folder(folder)


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


def _copy_mode(target: str, temporary: str) -> None:
    """Hand on the permissions before the first byte is written: a private file stays private."""
    with suppress(FileNotFoundError):
        os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))


def _sync_folder(folder: str) -> None:
    """Force the rename to the disk too, where a folder can be opened: Windows has no such call."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
