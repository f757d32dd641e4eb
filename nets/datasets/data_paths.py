"""The files and folders that a user names."""

from __future__ import annotations

import os
from pathlib import Path

BUNDLED = {
    "from_file": ("digits", "mnist", "fashion_mnist"),
    "labelled_text": ("names",),
    "text_file": ("names",),
}


def existing(
    path: str | os.PathLike[str], function: str, endings: tuple[str, ...] = (), folder: bool = False
) -> Path:
    """The path, once it is sure that there is a file, or a folder where one will do.

    Raises
    ------
    TypeError
        If it is not a path at all.
    FileNotFoundError
        If there is nothing of that name.
    ValueError
        If it is a folder where a file is wanted, or its name ends otherwise.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(
            f"{function}: expected the path of a file, got {type(path).__name__}; arrays that you "
            "have already need no file: pass them to fit(net, loss, optimizer, x, y, ...)"
        )
    path = Path(path).expanduser()
    text = str(path)
    if (not path.name and not path.is_dir()) or "\0" in text:
        raise ValueError(f"{function}: expected the name of a file, got {os.fspath(path)!r}")
    if not path.exists():
        what = "file or folder" if folder else "file"
        raise FileNotFoundError(f"{path}: there is no such {what}{_hint(path, function)}")
    if path.is_dir() and not folder:
        raise ValueError(f"{path}: expected a file, got a folder; name the file in it")
    if endings and path.is_file() and path.suffix.lower() not in endings:
        wanted = f"{', '.join(endings[:-1])} or {endings[-1]}"
        also = "a folder, or " if folder else ""
        raise ValueError(f"{path}: expected {also}a file that ends in {wanted}")
    return path


def _hint(path: Path, function: str) -> str:
    if path.suffix or function not in BUNDLED:
        return ""
    found = " and ".join(f"datasets.{name}()" for name in BUNDLED.get(function, ()))
    return f"; the data that come with handgrad are {found}"
