"""MNIST and Fashion-MNIST: where their four files are downloaded from, and where they are kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nets.datasets.data_paths import named_path, readable

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class Source:
    """A data set of four IDX files.

    A file has the address `url`, its name and ``.gz``, and, packed, the SHA-256 sum in `sha256`
    under its name: it is checked even if the address is not an https one.
    """

    name: str
    url: str
    sha256: Mapping[str, str]
    classes: tuple[str, ...]


MNIST = Source(
    name="mnist",
    url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    sha256={
        FILES[0]: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        FILES[1]: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        FILES[2]: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        FILES[3]: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    classes=tuple("0123456789"),
)

FASHION_MNIST = Source(
    name="fashion-mnist",
    url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    sha256={
        FILES[0]: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        FILES[1]: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        FILES[2]: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        FILES[3]: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
)


def locate(source: Source, path: str | os.PathLike[str] | None = None) -> dict[str, Path]:
    """The four files of a data set, by name; they are downloaded if they are found nowhere.

    They are looked for in `path` alone, if that is given; else in the folder of ``$HANDGRAD_DATA``
    with the name of the data set, if it has all four, and in `cache_folder`.

    Raises
    ------
    FileNotFoundError
        If the folder `path` lacks a file.
    ConnectionError
        If the download fails.
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
