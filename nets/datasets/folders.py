"""Where the files of a data set are looked for, and where a download puts them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from nets.datasets.data_paths import named_path, readable
from nets.datasets.sources import FILES, Source


def locate(source: Source, path: str | os.PathLike[str] | None = None) -> dict[str, Path]:
    """The four files of a data set, by name; they are downloaded if they are found nowhere.

    Parameters
    ----------
    source : Source
        The data set.
    path : str or path-like, optional
        The only folder to look into. Otherwise it is the folder in ``$HANDGRAD_DATA`` that is
        named after the data set, if it has all four, and else `cache_folder`.

    Raises
    ------
    FileNotFoundError
        If the folder `path` lacks a file.
    ConnectionError
        If the files are needed from the network and cannot be had.
    """
    if path is not None:
        return _all_in(named_path(path, source.name), source)
    if shared := os.environ.get("HANDGRAD_DATA"):
        files = _found(Path(shared).expanduser() / source.name)
        if len(files) == len(FILES):
            return files
    cache = cache_folder(source.name)
    _fetch_missing(source, cache)
    return _found(cache)


def cache_folder(name: str) -> Path:
    """The folder in the user's cache that keeps the data set `name`."""
    return _cache() / "handgrad" / name


def _cache() -> Path:
    """The folder of this system for files that can be fetched again."""
    if chosen := os.environ.get("XDG_CACHE_HOME"):
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path.home() / ".cache"


def _found(folder: Path) -> dict[str, Path]:
    """The files of the four that are in a folder, unpacked or compressed."""
    files = {}
    for name in FILES:
        # Compressed first, so that the unpacked one, which is faster to read, replaces it.
        for candidate in (folder / f"{name}.gz", folder / name):
            if candidate.is_file():
                files[name] = candidate
    return files


def _all_in(folder: Path, source: Source) -> dict[str, Path]:
    with readable(folder):
        files = _found(folder)
    missing = [name for name in FILES if name not in files]
    if missing:
        found = "they are not there" if folder.is_dir() else "there is no such folder"
        raise FileNotFoundError(
            f"{source.name}: expected the folder '{folder}' to hold {', '.join(missing)}, each "
            f"with or without .gz, but {found}; put the files there, or leave out path= to have "
            "them downloaded"
        )
    return files


def _fetch_missing(source: Source, folder: Path) -> None:
    from nets.datasets.download import download  # a tenth of what importing this library takes

    try:
        for name in FILES:
            if name not in _found(folder):
                packed = f"{name}.gz"
                download(source.url + packed, folder / packed, source.sha256[name])
    except ConnectionError as error:
        raise ConnectionError(
            f"{error}. The four files of {source.name}, {', '.join(f'{n}.gz' for n in FILES)}, "
            f"are at {source.url}; they belong in the folder '{folder}', or in any "
            "other whose name is passed as path="
        ) from error.__cause__
