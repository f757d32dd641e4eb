"""Fetching a file once, so that it is either there and right, or not there."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from nets.interop.atomic import atomic_write

TIMEOUT = 30.0  # seconds without a byte
PIECE = 1 << 16  # bytes between two updates of the progress line


def download(
    url: str,
    target: str | os.PathLike[str],
    sha256: str,
    show: Callable[..., Any] = print,
) -> None:
    """Fetch a file, and put it in its place once its checksum is right.

    Parameters
    ----------
    url : str
        The address of the file.
    target : str or path-like
        Where it goes. Folders that do not exist are made, and a file that is there is replaced.
    sha256 : str
        The SHA-256 sum that the file must have, in hexadecimal digits.
    show : callable
        Takes a line that says what is fetched. `print` shows on a terminal how far it is instead.

    Raises
    ------
    ConnectionError
        If the file cannot be fetched, or not all of it.
    ValueError
        If its checksum is wrong. Either way nothing was written.
    OSError
        If the disk refuses.
    """
    content = _fetched(url, Path(target), show)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"{url}: expected a file with the SHA-256 sum {sha256}, got one with {found}; it was "
            "damaged or replaced on the way and is not kept: try again later"
        )
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(target) as file:
        file.write(content)


def _fetched(url: str, target: Path, show: Callable[..., Any]) -> bytes:
    """The file's bytes: in memory, so that there is nothing to tidy up until they are checked."""
    content = bytearray()
    try:
        with urlopen(url, timeout=TIMEOUT) as response:
            length = response.headers.get("Content-Length", "")
            total = int(length) if length.isdecimal() else 0
            with _progress(url, total, show) as update:
                while piece := response.read(PIECE):
                    content += piece
                    update(len(content))
        # A connection that breaks off looks like the end of the file to `read`.
        if len(content) < total:
            raise URLError(f"it broke off after {len(content)} of {total} bytes")
    except (OSError, HTTPException) as error:
        raise ConnectionError(
            f"{url}: the download failed ({_reason(error)}); try again, or fetch the file by "
            f"other means and save it as '{target}'"
        ) from error
    return bytes(content)


def _reason(error: Exception) -> str:
    """What went wrong, without the wrapping that urllib puts around it."""
    if isinstance(error, HTTPError):
        error.close()  # it holds the connection
        return str(error)
    cause = error.reason if isinstance(error, URLError) else error
    return str(cause) or type(cause).__name__


@contextmanager
def _progress(url: str, total: int, show: Callable[..., Any]) -> Iterator[Callable[[int], None]]:
    """Say what is fetched: a line that is updated on a terminal, elsewhere one that stays."""
    if show is not print or sys.stdout is None or not sys.stdout.isatty():
        show(f"downloading {url}" + (f" ({_size(total)})" if total else ""))
        yield lambda received: None
        return
    name, of_total = url.rpartition("/")[2], f" of {_size(total)}" if total else ""
    try:
        yield lambda received: print(f"\r{name}: {_size(received)}{of_total}", end="", flush=True)
    finally:
        print()


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
