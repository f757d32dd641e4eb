"""The files and folders of data that a user names."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nets.interop.atomic import path_text, refused

SQUEEZED = 1032  # how many times smaller deflate can make a file, at most
BUNDLED = {
    "from_file": "datasets.digits() and datasets.mnist() and datasets.fashion_mnist()",
    "labelled_text": "datasets.names()",
    "text_file": "datasets.names()",
}


def named_path(path: str | os.PathLike[str], function: str) -> Path:
    """A path with the home folder for ``~``; raise unless it can be the name of a file."""
    hint = (
        "; arrays that you have already need no file: pass them to fit(net, loss, optimizer, x, "
        "y, ...)"
    )
    return Path(path_text(path, f"{function}: ", hint))


def existing(
    path: str | os.PathLike[str], function: str, endings: tuple[str, ...] = (), folder: bool = False
) -> Path:
    """The path of an existing file, or of a folder if `folder`; raise if there is none.

    A file must have one of the `endings`, if they are given.
    """
    path = named_path(path, function)
    with readable(path):
        exists, is_folder = path.exists(), path.is_dir()
    if not exists:
        what = "file or folder" if folder else "file"
        bundled = BUNDLED.get(function) if not path.suffix else None
        hint = f"; the data that come with handgrad are {bundled}" if bundled else ""
        raise FileNotFoundError(f"{path}: there is no such {what}{hint}")
    if is_folder and not folder:
        raise ValueError(f"{path}: expected a file, got a folder; name the file in it")
    if endings and not is_folder and path.suffix.lower() not in endings:
        expected = f"{', '.join(endings[:-1])} or {endings[-1]}"
        also = "a folder, or " if folder else ""
        raise ValueError(f"{path}: expected {also}a file that ends in {expected}")
    return path


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Let an error of the system name the file, and say that it cannot be read."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise refused(error, str(path), "read") from None


def is_packed(path: Path) -> bool:
    """Whether a file begins as gzip's do, whatever its name."""
    with readable(path), open(path, "rb") as file:
        return file.read(2) == b"\x1f\x8b"


@contextmanager
def unpacked(path: Path, packed: bool) -> Iterator[BinaryIO]:
    """The bytes of a file, which gzip unpacks if they are `packed`; raise if they are damaged."""
    try:
        with readable(path), gzip.open(path) if packed else open(path, "rb") as file:
            yield file  # type: ignore[misc]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(
            f"{path}: expected a whole gzip file, got a damaged one ({error}); delete it and "
            "fetch it again, or drop .gz from the name of a file that is not compressed"
        ) from None
