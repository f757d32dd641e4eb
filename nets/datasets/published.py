"""Where the files of published data sets are looked for, and where they are downloaded to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from nets.datasets.data_paths import named_path, readable

Files = TypeVar("Files")


def locate(
    name: str,
    path: str | os.PathLike[str] | None,
    find: Callable[[Path], Files],
    fetch: Callable[[Path], None],
) -> Files:
    """The files of the data set `name`; they are downloaded if they are found nowhere.

    They are looked for in `path` alone, if that is given; else in the folder of ``$HANDGRAD_DATA``
    with the name of the data set, and in `cache_folder`, into which they are downloaded.

    Parameters
    ----------
    name : str
        The name of the data set, and of its folders.
    path : str or path-like, optional
        The only folder to look in.
    find : callable
        Returns the files in a folder; raises FileNotFoundError if it lacks any.
    fetch : callable
        Downloads into a folder what it lacks.
    """
    if path is not None:
        folder = named_path(path, name)
        with readable(folder):
            return find(folder)
    cache = cache_folder(name)
    shared = os.environ.get("HANDGRAD_DATA")
    for folder in [Path(shared).expanduser() / name, cache] if shared else [cache]:
        with suppress(FileNotFoundError):
            return find(folder)
    fetch(cache)
    return find(cache)


def cache_folder(name: str) -> Path:
    """The folder that keeps the data set `name` among the files that can be fetched again."""
    caches: str | Path | None = os.environ.get("XDG_CACHE_HOME")
    if not caches and sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    if not caches:
        caches = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return Path(caches, "handgrad", name)


def incomplete(name: str, folder: Path, missing: str, hint: str = "") -> FileNotFoundError:
    """The error about a folder that lacks files of a data set."""
    found = "they are not there" if folder.is_dir() else "there is no such folder"
    return FileNotFoundError(
        f"{name}: expected the folder '{folder}' to hold {missing}, each with or without .gz, but "
        f"{found}{hint}; put the files there, or leave out path= to have them downloaded"
    )
