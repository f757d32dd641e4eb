"""The files and folders of data that a user names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nets.interop.atomic import refused

BUNDLED = {
    "from_file": "datasets.digits() and datasets.mnist() and datasets.fashion_mnist()",
    "labelled_text": "datasets.names()",
    "text_file": "datasets.names()",
}


def named_path(path: str | os.PathLike[str], function: str) -> Path:
    """A path with the home folder for ``~``; raise if it is not one, or the name of no file."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(
            f"{function}: expected the path of a file, got {type(path).__name__}; arrays that you "
            "have already need no file: pass them to fit(net, loss, optimizer, x, y, ...)"
        )
    named = Path(path).expanduser()
    if not str(path) or "\0" in str(path):
        raise ValueError(f"{function}: expected the name of a file, got {os.fspath(path)!r}")
    return named


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
